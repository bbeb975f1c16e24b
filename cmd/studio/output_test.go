package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"studioide/internal/problem"
)

// What boards and projects call things never steers the terminal.
func TestOutputShowsAndDoesNotObey(t *testing.T) {
	var b strings.Builder
	o := &output{out: &b, err: &b}
	o.event("file", nil, "www/\x1b]0;title\a\u009b31m.html\t1 B\nline two\r\u202exe")
	o.problem(&problem.Problem{Code: "x", Text: "no \x1b[2J", Help: "help \x1b[H"})
	o.report("push", "Sending \x1bc.", 1, 2)
	if got := b.String(); strings.ContainsAny(got, "\x1b\a\r\u009b\u202e") || !strings.Contains(got, "\t1 B\nline two") {
		t.Errorf("%q", got)
	}
}

func TestColumnsStayApart(t *testing.T) {
	var c column
	long := "/dev/serial/by-id/usb-Raspberry_Pi_Pico_E66118604B-if00"
	for _, s := range []string{"virtual:", long, "größer"} {
		c.fit(s)
	}
	if got := c.pad(long) + "|"; got != long+"  |" {
		t.Errorf("%q", got)
	}
	for _, s := range []string{"virtual:", "größer", ""} {
		if got := utf8.RuneCountInString(c.pad(s)); got != len(long)+2 {
			t.Errorf("%q takes %d of %d", s, got, len(long)+2)
		}
	}
}

// Events and their fields are written in one way, as in the API, and an event is made in one place where several commands
// tell it: what reads the output need not know which command it was.
func TestNamesOfEvents(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	written := regexp.MustCompile(`^[a-z]+([A-Z0-9][a-z0-9]*)*$`)
	names := 0
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		name := func(n ast.Expr) {
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != token.STRING {
				return
			}
			names++
			if s, err := strconv.Unquote(l.Value); err != nil || !written.MatchString(s) {
				t.Errorf("%s: %s is not how names are written", set.Position(n.Pos()), l.Value)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "event" && len(n.Args) > 0 {
					name(n.Args[0])
				}
			case *ast.CompositeLit:
				if f, ok := n.Type.(*ast.Ident); ok && f.Name == "fields" {
					for _, e := range n.Elts {
						name(e.(*ast.KeyValueExpr).Key)
					}
				}
			}
			return true
		})
	}
	if names < 100 {
		t.Errorf("only %d names were found", names)
	}
	var b strings.Builder
	(&output{out: &b, json: true}).leftOut("www/a", errNoPage)
	if got := b.String(); !strings.HasPrefix(got, `{"event":"leftOut","path":"www/a","why":{"code":"board.no-page"`) {
		t.Error(got)
	}
}
