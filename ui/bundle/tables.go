package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// module is a module of the page that has no file of its own: name, and how its text is made.
func module(name string, text func() (string, error), loader api.Loader) api.Plugin {
	return api.Plugin{Name: name, Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: "^" + regexp.QuoteMeta(name) + "$"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: name, Namespace: strings.ReplaceAll(name, ":", "-")}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: strings.ReplaceAll(name, ":", "-")}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			content, err := text()
			return api.OnLoadResult{Contents: &content, Loader: loader}, err
		})
	}}
}

// tables are the modules with what style sheets and scripts can say, for the page in dir.
func tables(dir string) []api.Plugin {
	return []api.Plugin{
		module("css:words", func() (string, error) {
			text, err := os.ReadFile(filepath.Join(dir, "..", "internal", "check", "css.txt"))
			return string(text), err
		}, api.LoaderText),
		module("ts:libs", func() (string, error) {
			libs, err := libraries(filepath.Join(dir, "node_modules", "typescript-js", "lib"))
			if err != nil {
				return "", err
			}
			text, err := json.Marshal(libs)
			return string(text), err
		}, api.LoaderJSON),
	}
}

var libReference = regexp.MustCompile(`(?m)^/// <reference lib="([\w.]+)" />`)

// windowName is a line that declares a variable or function of the browser's window, whose name scripts may use for their own.
var windowName = regexp.MustCompile(`^declare (?:var|const|function) .*;$`)

// libraries are TypeScript's declarations of the language and of the browser, by their files' names. What lib.dom.d.ts
// declares of the window, line by line, is a file of its own, window.d.ts, of which the editor leaves out what a script
// has itself.
func libraries(folder string) (map[string]string, error) {
	libs := map[string]string{}
	var add func(name string) error
	add = func(name string) error {
		if _, ok := libs[name]; ok {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return fmt.Errorf("TypeScript's declarations are missing, run `npm ci` in ui/ first: %w", err)
		}
		libs[name] = string(text)
		for _, m := range libReference.FindAllStringSubmatch(libs[name], -1) {
			if err := add("lib." + m[1] + ".d.ts"); err != nil {
				return err
			}
		}
		return nil
	}
	for _, name := range []string{"lib.es2024.d.ts", "lib.dom.d.ts"} {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	libs["lib.dom.d.ts"], libs["window.d.ts"] = withoutWindow(libs["lib.dom.d.ts"])
	return libs, nil
}

// withoutWindow takes the lines that declare the window's names, and the comments before them, out of lib.dom.d.ts.
func withoutWindow(dom string) (rest, window string) {
	var kept, taken, comment strings.Builder
	for line := range strings.Lines(dom) {
		bare := strings.TrimRight(line, "\r\n")
		switch {
		case windowName.MatchString(bare):
			taken.WriteString(comment.String())
			taken.WriteString(line)
			comment.Reset()
		case strings.HasPrefix(bare, "/**") || strings.HasPrefix(bare, " *"):
			comment.WriteString(line)
		default:
			kept.WriteString(comment.String())
			kept.WriteString(line)
			comment.Reset()
		}
	}
	return kept.String() + comment.String(), taken.String()
}
