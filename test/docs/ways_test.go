package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	method   = regexp.MustCompile("`([A-Za-z]+)\\.([a-zA-Z]+)`")
	tsMethod = regexp.MustCompile(`(?m)^  (?:private )?(?:async )?(\w+)\(`)
)

// TestWaysAreRealSymbols holds the lists of docs/architecture.md to the code: every `Type.method` that they name exists.
func TestWaysAreRealSymbols(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, ways, _ := strings.Cut(string(text), "## The way data takes")
	ways, _, ok := strings.Cut(ways, "\n## ")
	if !ok {
		t.Fatal("there are no ways")
	}
	known := map[string]bool{}
	for _, root := range []string{"../../internal", "../../firmware-templates"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
					on := f.Recv.List[0].Type
					if star, ok := on.(*ast.StarExpr); ok {
						on = star.X
					}
					if kind, ok := on.(*ast.Ident); ok {
						known[kind.Name+"."+f.Name.Name] = true
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for class, name := range map[string]string{"Doc": "document.ts", "Saving": "saving.ts"} {
		text, err := os.ReadFile(filepath.Join("../../ui/src/editor", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range tsMethod.FindAllStringSubmatch(string(text), -1) {
			known[class+"."+m[1]] = true
		}
	}
	named := 0
	for _, m := range method.FindAllStringSubmatch(ways, -1) {
		if m[2] == "go" || m[2] == "ts" || strings.ToLower(m[1]) == m[1] && !known[m[1]+"."+m[2]] && ast.IsExported(m[2]) {
			continue // a file, or an exported symbol of a package: the other tests look at those
		}
		named++
		if !known[m[1]+"."+m[2]] {
			t.Errorf("there is no %s.%s", m[1], m[2])
		}
	}
	if named < 15 {
		t.Errorf("only %d methods were found in the ways", named)
	}
}
