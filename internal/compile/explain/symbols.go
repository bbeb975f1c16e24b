package explain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// Package is what a package offers: enough to find the name that was meant.
type Package struct {
	Names   []string            // exported functions, types, variables and constants
	Methods map[string][]string // by type, without *: methods and fields
}

// ReadPackage reads the exported names of the Go files in a folder. Files that cannot be read count as empty.
func ReadPackage(from fs.FS, dir string) Package {
	p := Package{Methods: map[string][]string{}}
	entries, err := fs.ReadDir(from, dir)
	if err != nil {
		return p
	}
	seen := map[string]bool{}
	add := func(name string) {
		if ast.IsExported(name) && !seen[name] {
			seen[name] = true
			p.Names = append(p.Names, name)
		}
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		content, err := fs.ReadFile(from, path.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		file, _ := parser.ParseFile(token.NewFileSet(), e.Name(), content, parser.SkipObjectResolution)
		if file == nil || file.Name.Name == "main" && path.Base(dir) != "main" {
			continue
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					add(d.Name.Name)
				} else if t := receiver(d); t != "" && d.Name.IsExported() {
					p.Methods[t] = append(p.Methods[t], d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						add(s.Name.Name)
						if st, ok := s.Type.(*ast.StructType); ok {
							for _, f := range st.Fields.List {
								for _, n := range f.Names {
									if n.IsExported() {
										p.Methods[s.Name.Name] = append(p.Methods[s.Name.Name], n.Name)
									}
								}
							}
						}
					case *ast.ValueSpec:
						for _, n := range s.Names {
							add(n.Name)
						}
					}
				}
			}
		}
	}
	return p
}

func receiver(d *ast.FuncDecl) string {
	if len(d.Recv.List) != 1 {
		return ""
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// imports that beginners use without saying so.
var wellKnown = map[string]string{
	"board": "studio/board", "machine": "machine", "fmt": "fmt", "strconv": "strconv", "strings": "strings", "time": "time", "math": "math",
	"rand": "math/rand", "errors": "errors", "sort": "sort", "slices": "slices", "maps": "maps", "bytes": "bytes", "unicode": "unicode",
	"utf8": "unicode/utf8", "bufio": "bufio", "io": "io", "sync": "sync", "json": "encoding/json", "hex": "encoding/hex", "binary": "encoding/binary",
	"base64": "encoding/base64", "bits": "math/bits", "os": "os", "log": "log", "context": "context", "atomic": "sync/atomic", "runtime": "runtime",
	"image": "image", "color": "image/color", "cmp": "cmp", "sha256": "crypto/sha256",
}

// standardRoots are the first parts of the paths of Go's standard packages.
var standardRoots = strings.Fields(`archive arena bufio builtin bytes cmp compress container context crypto database debug embed encoding errors
	expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv
	strings structs sync syscall testing text time unicode unique unsafe weak C`)

// IsStandard says whether an import path looks like one of Go's own packages.
func IsStandard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	for _, root := range standardRoots {
		if first == root {
			return true
		}
	}
	return false
}
