package main

import (
	"encoding/json"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"

	"studioide/internal/reference"
)

// goReference makes the module "go:reference" for the page: what is said of package board, from its sources (package reference).
func goReference(templates string) api.Plugin {
	return api.Plugin{Name: "go:reference", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^go:reference$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: "go:reference", Namespace: "go-reference"}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "go-reference"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			all, err := reference.Of(filepath.Join(templates, "board"))
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text, err := json.Marshal(all)
			content := string(text)
			return api.OnLoadResult{Contents: &content, Loader: api.LoaderJSON}, err
		})
	}}
}
