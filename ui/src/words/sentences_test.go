package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A sentence that stands in Go code is one that no translation can reach, and that nobody who reads the words file sees.
// What counts is a string with two words beside each other.
var sentence = regexp.MustCompile(`[\p{L}’']{2,}[,;:.…)”"]* [(“"]*[\p{L}’']+|^[A-Z][a-z]+[.…]$`)

// notSaid are calls whose strings nobody is told: they are looked for, go into the log, are causes of problems, which only
// the log has, or end in a terminal's help (verb makes a subcommand).
var notSaid = regexp.MustCompile(`^(strings|bytes|regexp|slog|log|errors|path|filepath|os|exec|lazyregexp|http|json|slices|sort|template)\.` +
	`|^(panic|on|says|verb|fmt\.Errorf)$|[hH]eader\(?\)?\.|\.(Debug|Info|Warn|Error)$|[fF]lags\(\)|[fF]lags?\.|VarP?$`)

// exceptions are strings of two words that are not said to people, or are not words of any language, by file or folder:
// a part of the string, all of them where it is empty, and why.
var exceptions = []struct{ in, part, why string }{
	{"internal/board/catalogue.go", "", "names of boards and what is printed on them; what more there is, docs/boards.md has as well"},
	{"internal/board/kind.go", "", "the same"},
	{"internal/check/cssgen", "", "a program that makes a table"},
	{"internal/flasher/flashertest", "", "tests"},
	{"internal/port/porttest", "", "tests"},
	{"internal/reference", "", "Go, and what those are told who build Studio"},
	{"internal/devfs/devfstest", "", "tests"},
	{"internal/virtual/virtualtest", "", "tests"},
	{"internal/flasher/uf2/format.go", "", "names of chips"},
	{"internal/gopls", "", "errors of the protocol, which the page's editor reads"},
	{"internal/compile/view.go", "replace studio", "go.mod"},
	{"internal/compile/view.go", "function main is undeclared", "Go's own words"},
	{"internal/flasher/esp/chip.go", "Bluetooth LE", "a name"},
	{"internal/workbench/ports.go", "Virtual ESP32-C3", "a name"},
	{"cmd/studio/computer.go", "Virtual ESP32-C3", "a name"},
	{"internal/workbench/workbench.go", "LED over WebSocket", "a project's title, which is its user's from then on"},
	{"internal/bridge", "; charset=", "HTTP"},
	{"internal/bridge", "Upgrade: websocket", "HTTP"},
	{"internal/bridge", "<script", "HTML"},
	{"internal/bridge/worker.go", "use strict", "JavaScript"},
	{"internal/server", "; charset=", "HTTP"},
	{"internal/server", "-src ", "HTTP"},
	{"internal/server", "<", "HTML"},
	{"internal/server/answer.go", "request failed", "a line of the log"},
	{"internal/server/sessions.go", "studio resume", "what is signed"},
	{"internal/home/running.go", "studio proof", "what is signed"},
	{"cmd/studio/open.go", "<", "HTML"},
	{"internal/lan/door.go", "<", "HTML"},
	{"internal/lan/door.go", "-src ", "HTTP"},
	{"internal/lan/door.go", "; charset=", "HTTP"},
	{"internal/lan/listener.go", "\r\n", "HTTP"},
	{"internal/lan/devices.go", "", "names of systems and browsers"},
	{"internal/lan/certificate.go", " KEY", "PEM"},
	{"internal/check/borrowed.go", "else if", "JavaScript"},
	{"internal/check/borrowed.go", "for (let", "JavaScript"},
	{"internal/check/borrowed.go", "function name", "JavaScript"},
	{"internal/check/misuse.go", "width height", "CSS"},
	{"internal/check/css.go", "inherit initial", "CSS"},
	{"internal/check/css.go", "px em rem", "CSS"},
	{"internal/check/css.go", "after backdrop", "CSS"},
	{"internal/check/css.go", "active any-link", "CSS"},
	{"internal/check/css.go", "animate circle", "CSS"},
	{"internal/check/page.go", "area base br", "HTML"},
	{"internal/check/page.go", "html head body", "HTML"},
	{"internal/check/page.go", "address article", "HTML"},
	{"internal/check/page.go", "a abbr acronym", "HTML"},
	{"internal/check/pageshape.go", "async autofocus", "HTML"},
	{"internal/check/tags.go", "abbr accesskey", "HTML"},
	{"internal/check/tags.go", "<", "HTML"},
	{"internal/check/page.go", "<!DOCTYPE", "HTML"},
	{"internal/check/slips.go", "<link", "HTML"},
	{"internal/check/slips.go", "a button form", "HTML"},
	{"internal/check/slips.go", "a b button", "HTML"},
	{"internal/child/group_unix.go", "while read", "shell"},
	{"internal/compile/explain/compiler.go", "other declaration of", "Go's own words"},
	{"internal/compile/explain/compiler.go", "func main", "Go"},
	{"internal/compile/explain/foreign.go", "else if", "Go"},
	{"internal/compile/explain/syntax.go", "else if", "Go"},
	{"internal/compile/explain/syntax.go", "for range", "Go"},
	{"internal/compile/explain/values.go", " range $x", "Go"},
	{"internal/compile/explain/borrowed.go", "board.Client", "Go"},
	{"internal/compile/explain/borrowed.go", "line string", "Go"},
	{"internal/compile/explain/panic.go", "stack overflow", "Go's own words"},
	{"internal/compile/explain/rules.go", "invalid character", "Go's own words"},
	{"internal/compile/explain/rulesource.go", "package main", "Go"},
	{"internal/compile/libraries.go", "package ws2812", "Go"},
	{"internal/compile/tinygo.go", "go:build", "Go"},
	{"internal/compile/workspace.go", "module ", "go.mod"},
	{"internal/compile/toolchainfailure.go", "", "compilers' own words"},
	{"internal/devlink/call.go", "link: request", "a line of the log"},
	{"internal/flasher/image/recognise.go", "SQLite format", "the beginning of files"},
	{"internal/flasher/image/recognise.go", "version https", "the beginning of files"},
	{"internal/sandbox/child.go", "fatal error", "Go's own words"},
	{"internal/session/bootscanner.go", "", "the boot ROM's own words"},
	{"internal/virtual/boot.go", "SPI", "the boot ROM's own words"},
	{"internal/virtual/loader.go", "waiting for download", "the boot ROM's own words"},
	{"internal/virtual/image.go", "invalid ", "the boot ROM's own words"},
	{"internal/virtual/image.go", "longer than the flash", "the boot ROM's own words"},
	{"internal/virtual/image.go", "Checksum failed", "the boot ROM's own words"},
	{"internal/virtual/image.go", "SHA-256", "the boot ROM's own words"},
	{"internal/virtual/image.go", "STUDIO VIRTUAL", "a mark"},
}

func TestSentencesAreInTheWordsFile(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	used := make([]bool, len(exceptions))
	except := func(name, text string) (found bool) {
		for i, e := range exceptions {
			if (name == e.in || strings.HasPrefix(name, e.in+"/")) && strings.Contains(text, e.part) {
				used[i], found = true, true
			}
		}
		return found
	}
	files := 0
	for _, top := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name, _ := filepath.Rel(root, path)
			name = filepath.ToSlash(name)
			if d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			files++
			for _, found := range sentencesIn(t, path) {
				if except(name, found.text) {
					continue
				}
				t.Errorf("%s:%d says %q: it belongs into ui/src/words/words.en.json, as say.AREA.NAME or rule.AREA.NAME", name, found.line, found.text)
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
	for i, e := range exceptions {
		if !used[i] {
			t.Errorf("%q of %s is no exception: it is not there", e.part, e.in)
		}
	}
}

type said struct {
	line int
	text string
}

// sentencesIn finds the strings of a Go file that are sentences, or parts of one.
func sentencesIn(t *testing.T, path string) (found []said) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if ast.IsGenerated(file) {
		return nil
	}
	var look func(n ast.Node) bool
	inside := func(list ...ast.Node) {
		for _, n := range list {
			ast.Inspect(n, look)
		}
	}
	look = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.StructType, *ast.InterfaceType:
			return false
		case *ast.CaseClause: // what is compared with
			for _, s := range n.Body {
				inside(s)
			}
			return false
		case *ast.BinaryExpr:
			return n.Op != token.EQL && n.Op != token.NEQ
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				switch key.Name {
				case "Use", "Short", "Long", "Example": // a command's help, which flags' belong to as well
					return false
				}
			}
			inside(n.Value) // a key is looked up
			return false
		case *ast.CallExpr:
			if notSaid.MatchString(called(n.Fun)) {
				return false
			}
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				return true
			}
			if text, _ := strconv.Unquote(n.Value); sentence.MatchString(text) {
				found = append(found, said{set.Position(n.Pos()).Line, text})
			}
		}
		return true
	}
	inside(file)
	return found
}

// called is a function's name as it is written: strings.Contains, c.log.Warn.
func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return called(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		return called(e.Fun) + "()"
	case *ast.IndexExpr:
		return called(e.X)
	}
	return ""
}

// The check sees a sentence wherever it may stand in a file, and nothing in what is not said.
func TestWhatIsASentence(t *testing.T) {
	dir := t.TempDir()
	for code, wanted := range map[string]int{
		`var x = "The board is gone."`:                                      1,
		`func f() string { return "in line " + "x" + " of the file" }`:      2,
		`func f() { report("build", "Stopped.") }`:                          1,
		`var x = map[string]string{"no such key": "no such word"}`:          1,
		`func f(s string) bool { return strings.Contains(s, "no answer") }`: 0,
		`func f(s string) bool { return s == "it is gone" }`:                0,
		`func f() { s.log.Warn("the port is gone") }`:                       0,
		`func f() error { return fmt.Errorf("the port is gone") }`:          0,
		`const x = "content-type"`:                                          0,
	} {
		path := filepath.Join(dir, "x.go")
		if err := os.WriteFile(path, []byte("package x\n\n"+code+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if found := sentencesIn(t, path); len(found) != wanted {
			t.Errorf("%s: %v, want %d", code, found, wanted)
		}
	}
}
