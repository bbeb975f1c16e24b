package main

import (
	"encoding/json"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"

	"studioide/internal/reference"
)

// goReference makes the module "go:reference" for the page: what is said of package board, from its sources (package reference).
func goReference(templates string) api.Plugin {
	return module("go:reference", func() (string, error) {
		all, err := reference.Of(filepath.Join(templates, "board"))
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(all)
		return string(text), err
	}, api.LoaderJSON)
}
