package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// runtimeLayers are the folders of the module studio, from the top down. A
// folder may import only what stands below its own line; README.md in
// firmware-templates says what is in each.
var runtimeLayers = [][]string{
	{"led", "echo", "blink", "sensor", "drive"},
	{"board"},
	{"board/devlink"},
	{"board/crash", "board/netif"},
	{"board/web"},
	{"board/chip"},
	{"board/loop", "board/store", "board/chars", "board/sizes", "machine"},
	{"link", "host", "interrupt", "volatile", "quiet", "rfc6455"},
}

// templates are what pupils begin with: of the runtime they see package board alone.
var templates = runtimeLayers[0]

// runtimeArrows finds imports in the runtime's sources that do not lead
// downwards. It reads the files for every chip: go list sees those of one.
func runtimeArrows(from fs.FS) (complaints []string, err error) {
	err = fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Dir(name) == "." || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		content, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly)
		if err != nil {
			return err
		}
		mine := runtimeLayer(path.Dir(name))
		if strings.HasPrefix(name, "_examples/") {
			mine = runtimeLayer("led") // a template as any other
		}
		if mine < 0 {
			complaints = append(complaints, path.Dir(name)+" has no layer: add it to test/imports")
			return nil
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			to, ours := strings.CutPrefix(imported, "studio/")
			switch theirs := runtimeLayer(to); {
			case !ours:
			case theirs < 0:
				complaints = append(complaints, fmt.Sprintf("%s imports %s, which has no layer: add it to test/imports", name, imported))
			case theirs <= mine:
				complaints = append(complaints, fmt.Sprintf("%s imports %s, which does not lie below it", name, imported))
			case slices.Contains(templates, path.Dir(name)) && to != "board":
				complaints = append(complaints, fmt.Sprintf("%s imports %s: programs see package board alone", name, imported))
			}
		}
		return nil
	})
	slices.Sort(complaints)
	return slices.Compact(complaints), err
}

func runtimeLayer(folder string) int {
	return slices.IndexFunc(runtimeLayers, func(line []string) bool { return slices.Contains(line, folder) })
}

// runtimeComplaints looks at the runtime of this tree.
func runtimeComplaints(root string) ([]string, error) { return runtimeArrows(os.DirFS(root)) }
