package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// goName is an exported name of a package that programs import: what the editor proposes when somebody asks how to go on.
type goName struct {
	Name   string      `json:"name"`
	Kind   string      `json:"kind"`             // function, method, type, variable or constant
	Of     string      `json:"of,omitempty"`     // a method's type
	Type   string      `json:"type,omitempty"`   // a variable's or constant's type, where it is one of the package's own
	Params [][2]string `json:"params,omitempty"` // name and type of each, as a program writes them: board.Client
	Result string      `json:"result,omitempty"`
	Doc    string      `json:"doc,omitempty"` // its first sentence

	Example string `json:"example,omitempty"` // a statement of a template that uses it
}

// goNames makes the module "go:names" for the page: the exported names of board and machine, from their sources and
// comments in templates, so that what the editor proposes is what the runtime has.
func goNames(templates string) api.Plugin {
	return module("go:names", func() (string, error) {
		all := map[string][]goName{}
		for _, pkg := range []string{"board", "machine"} {
			names, err := namesOf(filepath.Join(templates, pkg), pkg)
			if err != nil {
				return "", err
			}
			all[pkg] = names
		}
		if err := addExamples(templates, all); err != nil {
			return "", err
		}
		text, err := json.Marshal(all)
		return string(text), err
	}, api.LoaderJSON)
}

// namesOf reads the sources of a package in dir. What has a variant for each chip is taken once.
func namesOf(dir, pkg string) ([]goName, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	found := map[string]goName{}
	add := func(n goName, comment *ast.CommentGroup) {
		n.Doc = new(doc.Package).Synopsis(comment.Text())
		key := n.Of + "." + n.Name
		if old, ok := found[key]; !ok || old.Doc == "" {
			found[key] = n
		}
	}
	fset := token.NewFileSet()
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(dir, e.Name()), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				n := goName{Name: d.Name.Name, Kind: "function"}
				if d.Recv != nil {
					n.Kind, n.Of = "method", strings.TrimPrefix(written(fset, d.Recv.List[0].Type, ""), "*")
				}
				if !d.Name.IsExported() || (n.Of != "" && !ast.IsExported(n.Of)) {
					continue
				}
				for _, p := range d.Type.Params.List {
					of := written(fset, p.Type, pkg)
					for _, name := range p.Names {
						n.Params = append(n.Params, [2]string{name.Name, of})
					}
				}
				if d.Type.Results != nil {
					var results []string
					for _, r := range d.Type.Results.List {
						results = append(results, written(fset, r.Type, pkg))
					}
					n.Result = strings.Join(results, ", ")
				}
				add(n, d.Doc)
			case *ast.GenDecl:
				of := "" // a list of constants has its type at the first
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() {
							add(goName{Name: s.Name.Name, Kind: "type"}, either(s.Doc, d.Doc))
						}
					case *ast.ValueSpec:
						kind := "variable"
						if d.Tok == token.CONST {
							kind = "constant"
						} else {
							of = ""
						}
						if s.Type != nil {
							of = written(fset, s.Type, "")
						} else if len(s.Values) > 0 {
							of = typeOf(s.Values[0])
						}
						for _, name := range s.Names {
							if name.IsExported() {
								add(goName{Name: name.Name, Kind: kind, Type: strings.TrimPrefix(of, "*")}, either(s.Doc, either(s.Comment, d.Doc)))
							}
						}
					}
				}
			}
		}
	}
	names := make([]goName, 0, len(found))
	for _, n := range found {
		names = append(names, n)
	}
	sort.Slice(names, func(i, k int) bool { return names[i].Of+"."+names[i].Name < names[k].Of+"."+names[k].Name })
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no exported names", dir)
	}
	return names, nil
}

func either(a, b *ast.CommentGroup) *ast.CommentGroup {
	if a != nil {
		return a
	}
	return b
}

// typeOf is the type that an expression shows: Pin for Pin(8), Pin{}, &Pin{}.
func typeOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		return typeOf(e.X)
	case *ast.CompositeLit:
		return typeOf(e.Type)
	case *ast.CallExpr:
		return typeOf(e.Fun)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// written is a type as a program of another package writes it: board.Client for Client. pkg "" leaves it as it is.
func written(fset *token.FileSet, e ast.Expr, pkg string) string {
	var b strings.Builder
	printer.Fprint(&b, fset, e) // a builder takes everything
	if pkg == "" {
		return b.String()
	}
	own := map[int]bool{}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			return false
		case *ast.Ident:
			if n.IsExported() {
				own[int(n.Pos()-e.Pos())] = true
			}
		}
		return true
	})
	text, shift := b.String(), 0
	for at := 0; at < b.Len(); at++ {
		if own[at] {
			text = text[:at+shift] + pkg + "." + text[at+shift:]
			shift += len(pkg) + 1
		}
	}
	return text
}

// maxExample is how many lines an example may have.
const maxExample = 8

// addExamples gives names the shortest statement of a template's program that uses them.
func addExamples(templates string, all map[string][]goName) error {
	programs, err := filepath.Glob(filepath.Join(templates, "*", "main.go"))
	if err != nil {
		return err
	}
	for _, program := range programs {
		content, err := os.ReadFile(program)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, program, content, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.ExprStmt, *ast.AssignStmt, *ast.IfStmt:
			default:
				return true
			}
			from, to := fset.Position(n.Pos()).Offset, fset.Position(n.End()).Offset
			text := string(content[from:to])
			if strings.Count(text, "\n") >= maxExample {
				return true
			}
			indent := strings.Repeat("\t", fset.Position(n.Pos()).Column-1)
			text = strings.ReplaceAll(text, "\n"+indent, "\n")
			ast.Inspect(n, func(inner ast.Node) bool {
				used, ok := inner.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				pkg, ok := used.X.(*ast.Ident)
				if !ok {
					return true
				}
				for i, name := range all[pkg.Name] {
					if name.Of == "" && name.Name == used.Sel.Name && (name.Example == "" || len(text) < len(name.Example)) {
						all[pkg.Name][i].Example = text
					}
				}
				return true
			})
			return true
		})
	}
	return nil
}
