// Package docs checks that what the documentation names exists.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"studioide/internal/board"
)

var (
	symbolLink = regexp.MustCompile("\\[`([a-z]+)\\.([A-Z][A-Za-z]*)`\\]\\(([^)]+\\.go)\\)")
	fieldRow   = regexp.MustCompile("(?m)^\\| (`[A-Z]\\w*`(?:, `[A-Z]\\w*`)*) \\|")
	fileLink   = regexp.MustCompile(`\]\(([^):#]+)(#[^)]*)?\)`)
)

func documents(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(docs, "../../README.md", "../../CHANGELOG.md")
}

func TestSymbolsExist(t *testing.T) {
	n := 0
	for _, doc := range documents(t) {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range symbolLink.FindAllStringSubmatch(string(text), -1) {
			n++
			file := filepath.Join(filepath.Dir(doc), m[3])
			if !declares(t, file, m[1], m[2]) {
				t.Errorf("%s names %s.%s in %s; there is none", doc, m[1], m[2], m[3])
			}
		}
	}
	if n < 10 {
		t.Errorf("found %d links to symbols; the pattern no longer fits the documents", n)
	}
}

func TestLinkedFilesExist(t *testing.T) {
	for _, doc := range documents(t) {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fileLink.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(doc), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
	}
}

// The page about adding a board explains every field of an entry, and no others.
func TestBoardFieldsAreExplained(t *testing.T) {
	text, err := os.ReadFile("../../docs/adding-a-board.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, row := range fieldRow.FindAllStringSubmatch(string(text), -1) {
		for _, name := range strings.Split(row[1], ", ") {
			explained[strings.Trim(name, "`")] = true
		}
	}
	entry := reflect.TypeFor[board.Board]()
	for i := range entry.NumField() {
		name := entry.Field(i).Name
		if !explained[name] {
			t.Errorf("the field %s is not explained", name)
		}
		delete(explained, name)
	}
	for name := range explained {
		t.Errorf("a field %s is explained; there is none", name)
	}
}

func declares(t *testing.T, file, pkg, name string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Error(err)
		return false
	}
	if f.Name.Name != pkg {
		return false
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == name {
				return true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.Name == name {
					return true
				}
				if vs, ok := s.(*ast.ValueSpec); ok && strings.Contains(" "+join(vs.Names)+" ", " "+name+" ") {
					return true
				}
			}
		}
	}
	return false
}

func join(names []*ast.Ident) string {
	var s []string
	for _, n := range names {
		s = append(s, n.Name)
	}
	return strings.Join(s, " ")
}

var quoted = regexp.MustCompile(`“([^”]+)”`)

// What the page about troubles quotes is what Studio says: people search for it.
func TestQuotedTextsExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, dir := range []string{"../../cmd", "../../internal", "../../ui/src", "../../firmware-templates"} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".json" {
				return err
			}
			text, err := os.ReadFile(path)
			said.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, m := range quoted.FindAllStringSubmatch(string(page), -1) {
		for _, part := range strings.Split(m[1], "…") { // names and numbers stand there
			n++
			if part = strings.Trim(part, " ."); !strings.Contains(said.String(), part) {
				t.Errorf("Studio does not say “%s” (of “%s”)", part, m[1])
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d texts are quoted", n)
	}
}
