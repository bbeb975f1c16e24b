package docs

import (
	"bytes"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "draw the picture of the rooms anew")

// The picture of the rooms in docs/architecture.md is what the imports make of it.
func TestPictureOfTheRooms(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```mermaid\nflowchart TD\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatal("there is no picture")
	}
	all := imports(t)
	want := picture(all)
	if *update {
		text = bytes.Replace(text, found[1], []byte(want), 1)
		if err := os.WriteFile("../../docs/architecture.md", text, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(found[1]) != want {
		t.Errorf("run make generate; the picture has to be\n%s", want)
	}
	if len(all) < 30 {
		t.Errorf("only %d packages have been found", len(all))
	}
}

func TestPicture(t *testing.T) {
	got := picture(map[string]map[string]bool{
		"top":    {"middle": true, "low": true, "side": true}, // the second goes over middle
		"middle": {"low": true}, "side": {"low": true}, "low": {},
	})
	if want := "  top --> middle & side\n  middle --> low\n  side --> low\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// imports are the packages of Studio and what they import of each other. Those
// of internal are named without it; the runtime below board counts as board. What
// only tests import, what makes sources, and the templates are not in it.
func imports(t *testing.T) map[string]map[string]bool {
	t.Helper()
	all := map[string]map[string]bool{}
	named := func(folder string) string {
		folder = filepath.ToSlash(folder)
		if strings.HasPrefix(folder, "firmware-templates/board/") {
			return "firmware-templates/board"
		}
		return strings.TrimPrefix(folder, "internal/")
	}
	for _, root := range []string{"cmd", "internal", "ui", "firmware-templates"} {
		err := filepath.WalkDir(filepath.Join("../..", root), func(name string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules") {
				return filepath.SkipDir
			}
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(filepath.Dir(name), "test") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			folder, err := filepath.Rel("../..", filepath.Dir(name))
			if err != nil || file.Name.Name == "main" && folder != filepath.FromSlash("cmd/studio") {
				return err
			}
			from := named(folder)
			if all[from] == nil {
				all[from] = map[string]bool{}
			}
			for _, spec := range file.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				to, ours := strings.CutPrefix(path, "studioide/")
				if rest, runtime := strings.CutPrefix(path+"/", "studio/"); runtime {
					to, ours = strings.TrimSuffix("firmware-templates/"+rest, "/"), true
				}
				if to = named(to); ours && to != from && !strings.HasSuffix(to, "test") {
					all[from][to] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, standIn := range []string{"interrupt", "machine", "quiet", "rfc6455", "volatile"} {
		delete(all, "firmware-templates/"+standIn)
	}
	return all
}

// picture has an arrow for each import, from the top down, except for those
// that go over others.
func picture(all map[string]map[string]bool) string {
	below := map[string]map[string]bool{} // all that can be reached
	depth := map[string]int{}
	var look func(from string) map[string]bool
	look = func(from string) map[string]bool {
		if below[from] == nil {
			below[from] = map[string]bool{}
			for to := range all[from] {
				below[from][to] = true
				maps.Copy(below[from], look(to))
			}
		}
		return below[from]
	}
	var sink func(from string, to int)
	sink = func(from string, to int) {
		if depth[from] = max(depth[from], to); depth[from] == to {
			for next := range all[from] {
				sink(next, to+1)
			}
		}
	}
	for from := range all {
		look(from)
		sink(from, 0)
	}
	var lines strings.Builder
	for _, from := range slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		if depth[a] != depth[b] {
			return depth[a] - depth[b]
		}
		return strings.Compare(a, b)
	}) {
		var next []string
		for _, to := range slices.Sorted(maps.Keys(all[from])) {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(all[from])), func(other string) bool { return other != to && below[other][to] }) {
				next = append(next, to)
			}
		}
		if len(next) > 0 {
			fmt.Fprintf(&lines, "  %s --> %s\n", from, strings.Join(next, " & "))
		}
	}
	return lines.String()
}
