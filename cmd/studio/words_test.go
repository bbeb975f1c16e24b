package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"studioide/internal/problem"
)

// pageOnly are problems that only what the page does can have.
var pageOnly = map[string]bool{
	"board.virtual": true, "flash.cannot-erase": true, "flash.replug": true, "socket.closed": true, "socket.send": true,
	"socket.timeout": true, "socket.refused": true, "board.timeout": true, "board.broken-answer": true, "board.unreachable": true, "pins.real": true,
	"file.no-version": true, "http": true, "http.bad-request": true, "http.bad-json": true, "settings.bad": true,
}

// No help on the command line speaks of what only the page has.
func TestNoWordsOfThePage(t *testing.T) {
	seen := map[string]bool{}
	for _, dir := range []string{"../../internal", "."} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 3 {
					return true
				}
				code, help := literals(call.Args[0]), literals(call.Args[2])
				seen[code] = true
				if p := commandLineHelp(problem.New(code, "", help)); ofPage.MatchString(p.Help) && !pageOnly[code] && strings.Contains(code, ".") {
					t.Errorf("%s: %s says %q", path, code, p.Help)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for code, help := range onCommandLine {
		if ofPage.MatchString(help) {
			t.Errorf("%s: %q", code, help)
		}
		if !seen[code] {
			t.Errorf("there is no problem %s any more", code)
		}
	}
}

// literals joins the string literals of an expression.
func literals(e ast.Expr) (text string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			s, _ := strconv.Unquote(l.Value)
			text += s
		}
		return true
	})
	return text
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

func TestInWords(t *testing.T) {
	if p := commandLineHelp(problem.Cancelled); strings.Contains(p.Help, "button") || p.Text != problem.Cancelled.Text || !strings.Contains(problem.Cancelled.Help, "button") {
		t.Errorf("%+v of %+v", p, problem.Cancelled)
	}
	for _, p := range []*problem.Problem{
		problem.New("program.crashed", "A list has 3 entries.", "Check the index."), // what fits both stays
		problem.New("some.code", "x", "Press Run."),
	} {
		if q := commandLineHelp(p); q.Help != p.Help {
			t.Errorf("%+v became %+v", p, q)
		}
	}
}
