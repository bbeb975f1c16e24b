package main

import (
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// pageCircles finds modules of the page that import each other, also through others and when they are needed only
// later: which of them runs first is then a matter of luck, and neither can be read or tested alone.
func pageCircles(dir, entry string) ([]string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	r := api.Build(api.BuildOptions{AbsWorkingDir: dir, EntryPoints: []string{entry}, Bundle: true, Metafile: true, Outdir: "out",
		Format: api.FormatESModule, Splitting: true, Packages: api.PackagesExternal, External: []string{"go:names"},
		JSX: api.JSXAutomatic, JSXImportSource: "preact", Loader: map[string]api.Loader{".css": api.LoaderEmpty}})
	if len(r.Errors) > 0 {
		return nil, errors.New(r.Errors[0].Text)
	}
	var meta struct {
		Inputs map[string]struct {
			Imports []struct {
				Path     string
				External bool
			}
		}
	}
	if err := json.Unmarshal([]byte(r.Metafile), &meta); err != nil {
		return nil, err
	}
	imports := map[string][]string{}
	for name, in := range meta.Inputs {
		for _, i := range in.Imports {
			if !i.External {
				imports[name] = append(imports[name], i.Path)
			}
		}
	}
	return circles(imports), nil
}

// circles gives each group of names that reach each other as one line (Tarjan's strongly connected components).
func circles(imports map[string][]string) (found []string) {
	index, low, on := map[string]int{}, map[string]int{}, map[string]bool{}
	var stack []string
	var visit func(string)
	visit = func(name string) {
		index[name] = len(index) + 1
		low[name] = index[name]
		stack, on[name] = append(stack, name), true
		for _, to := range imports[name] {
			if index[to] == 0 {
				visit(to)
				low[name] = min(low[name], low[to])
			} else if on[to] {
				low[name] = min(low[name], index[to])
			}
		}
		if low[name] != index[name] {
			return
		}
		at := slices.Index(stack, name)
		group := slices.Clone(stack[at:])
		for _, member := range group {
			on[member] = false
		}
		stack = stack[:at]
		if len(group) > 1 || slices.Contains(imports[name], name) {
			slices.Sort(group)
			found = append(found, strings.Join(group, ", ")+" import each other in a circle")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		if index[name] == 0 {
			visit(name)
		}
	}
	return found
}
