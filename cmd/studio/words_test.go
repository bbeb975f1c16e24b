package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"studioide/internal/problem"
	"studioide/ui/src/words"
)

// ofPage tells a help that speaks of what only the page has.
var ofPage = regexp.MustCompile(`[Pp]ress (Run|Stop|Reset|Cancel|Connect)|Problems|the editor|top of the page|board menu|its menu|project menu|the console|Reload the page|Keep mine`)

// This package links all others: every problem of the program is defined here, each code with one class, and every
// sentence of a problem in the words file is one that is said, with the gaps that it is given.
func TestEveryProblemHasItsWords(t *testing.T) {
	kinds := problem.Kinds()
	said := map[string]bool{}
	class := map[string]problem.Class{}
	for _, k := range kinds {
		said[k.Key()] = true
		if c, ok := class[k.Code()]; ok && c != k.Class() {
			t.Errorf("%s is %s and %s", k.Code(), c, k.Class())
		}
		class[k.Code()] = k.Class()
		if !regexp.MustCompile(`^[a-z]+(\.[a-z0-9-]+)?$`).MatchString(k.Code()) {
			t.Errorf("%q is not how codes are written", k.Code())
		}
		next, ok := words.Find("next." + string(k.Step()))
		if !ok {
			t.Errorf("%s: there are no words for the step %q", k.Key(), k.Step())
		}
		e := k.Words()
		gaps := map[string]bool{}
		sentences := []string{e.Text, e.One, e.Help, e.CLI}
		if e.Help == "" {
			sentences = append(sentences, next.Text)
			if e.CLI == "" {
				sentences = append(sentences, next.CLI)
			}
		}
		if e.Text == "" {
			t.Errorf("%s has no text", k.Key())
		}
		for _, sentence := range sentences {
			for _, name := range words.Gaps(sentence) {
				gaps[name] = true
			}
		}
		given := map[string]bool{}
		for _, name := range k.Gaps() {
			given[name] = true
		}
		if !maps.Equal(gaps, given) {
			t.Errorf("%s is given %v and says %v", k.Key(), slices.Sorted(maps.Keys(given)), slices.Sorted(maps.Keys(gaps)))
		}
	}
	if len(kinds) < 200 {
		t.Errorf("only %d problems are linked into this test", len(kinds))
	}
	for key, e := range words.All() {
		if strings.HasPrefix(key, "problem.") && said[key] == (e.By == "page") {
			t.Errorf("%s: said by Go: %v, by the page: %v", key, said[key], e.By == "page")
		}
	}
}

// A code stands where its problem is defined, and nowhere else: nobody makes a problem of a literal, or reads meaning into
// a code where there is a class, a step or errors.Is.
func TestCodesStandInOnePlace(t *testing.T) {
	codes := map[string]bool{}
	for _, k := range problem.Kinds() {
		codes[k.Code()] = strings.Contains(k.Code(), ".") // "about", "http", "usage" are words, too
	}
	for _, dir := range []string{"../../internal", "."} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test") { // suites that several packages' tests share
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if s, err := strconv.Unquote(n.Value); err == nil && codes[s] && filepath.Base(path) != "problems.go" {
						t.Errorf("%s: %s outside of problems.go", set.Position(n.Pos()), s)
					}
				case *ast.CompositeLit:
					if n.Type != nil && types.ExprString(n.Type) == "problem.Problem" && len(n.Elts) > 0 {
						t.Errorf("%s: a problem that is not defined", set.Position(n.Pos()))
					}
				case *ast.CallExpr:
					f := types.ExprString(n.Fun)
					if strings.HasPrefix(f, "problem.Define") || strings.HasPrefix(f, "problem.Variant") {
						if filepath.Base(path) != "problems.go" {
							t.Errorf("%s: a definition outside of problems.go", set.Position(n.Pos()))
						}
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// No help on the command line speaks of what only the page has.
func TestNoWordsOfThePage(t *testing.T) {
	for _, k := range problem.Kinds() {
		if help := k.CommandLine(); ofPage.MatchString(help) {
			t.Errorf("%s: %s", k.Key(), help)
		}
	}
	for key, e := range words.All() {
		if help := e.CLI; ofPage.MatchString(help) {
			t.Errorf("%s: %s", key, help)
		}
	}
	if p := problem.Cancelled.CommandLine(); strings.Contains(p.Help, "button") || p.Text != problem.Cancelled.Text || !strings.Contains(problem.Cancelled.Help, "button") {
		t.Errorf("%+v of %+v", p, problem.Cancelled)
	}
}

// Progress says a size once.
func TestProgressInWords(t *testing.T) {
	for _, c := range []struct {
		text        string
		done, total int64
		want        string
	}{
		{"Writing 74 KB", 0, 75264, "Writing 74 KB: 0 %\n"},
		{"Sending www/led.html.", 1024, 2048, "Sending www/led.html: 50 % of 2.0 KB\n"},
		{"Type: udisksctl mount -b /dev/sda1", 0, 0, "Type: udisksctl mount -b /dev/sda1\n"},
		{"Starting the program.", 0, 0, "Starting the program.\n"},
	} {
		var b strings.Builder
		o := &output{err: &b}
		o.report("write", c.text, c.done, c.total)
		o.report("boot", c.text, c.done, c.total) // another phase with the same words
		if b.String() != c.want {
			t.Errorf("%q instead of %q", b.String(), c.want)
		}
	}
}
