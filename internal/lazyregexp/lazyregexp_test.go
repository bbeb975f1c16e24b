package lazyregexp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

func TestNew(t *testing.T) {
	defer func(was bool) { inTest = was }(inTest)
	if !inTest {
		t.Error("a test is not known as one: mistakes in patterns stay hidden")
	}
	inTest = false
	r := New(`^a+$`)
	if first := r(); first != r() || !first.MatchString("aaa") {
		t.Error("it is compiled more than once, or wrong")
	}
	wrong := New(`(`) // not compiled yet
	for range 2 {
		if !panics(func() { wrong() }) {
			t.Error("a pattern with a mistake is taken")
		}
	}
	inTest = true
	if !panics(func() { New(`(`) }) {
		t.Error("a test does not find a pattern with a mistake")
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

// No package of Studio compiles a pattern while it starts.
func TestNoneIsCompiledAtStart(t *testing.T) {
	files := 0
	for _, dir := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.Name() == "testdata" {
				if err == nil && d.IsDir() {
					err = fs.SkipDir
				}
				return err
			}
			if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			if f.Name.Name == "main" && dir == "../../internal" {
				return nil // a generator
			}
			files++
			for _, call := range compiledAtStart(f) {
				t.Errorf("%s: this is compiled at each start: use lazyregexp.New", set.Position(call.Pos()))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 200 {
		t.Errorf("only %d files were looked at", files)
	}
}

// compiledAtStart finds the calls of regexp.MustCompile in package-level variables and in init functions.
func compiledAtStart(f *ast.File) (calls []*ast.CallExpr) {
	for _, d := range f.Decls {
		function, isFunction := d.(*ast.FuncDecl)
		if isFunction && (function.Recv != nil || function.Name.Name != "init") {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if _, later := n.(*ast.FuncLit); later {
				return false
			}
			if call, ok := n.(*ast.CallExpr); ok {
				if s, ok := call.Fun.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "regexp" && strings.Contains(s.Sel.Name, "Compile") {
						calls = append(calls, call)
					}
				}
			}
			return true
		})
	}
	return calls
}

func TestCompiledAtStart(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x
var a = regexp.MustCompile("1")
var (
	b = []struct{ r *regexp.Regexp }{{regexp.MustCompilePOSIX("2")}}
	c = func() *regexp.Regexp { return regexp.MustCompile("") }
)
func init() { d = regexp.MustCompile("3") }
func e() { regexp.MustCompile("") }
`, 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(compiledAtStart(f)); n != 3 {
		t.Errorf("found %d, want 3", n)
	}
}
