package studio

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRuntimeHasSourcesOnly(t *testing.T) {
	seen := map[string]bool{}
	err := fs.WalkDir(Runtime(), ".", func(name string, d fs.DirEntry, err error) error {
		seen[name] = true
		if strings.Contains(name, "_test.go") || strings.Contains(name, "testdata") {
			t.Errorf("%s is in it", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"board/board.go", "board/store/store.go", "board/chip/flash_rp2.go", "link/pipe.go", "host/pins.go", "machine/machine.go", "wifi.mod", "wifi.sum"} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
	if len(RuntimeHash()) != 16 {
		t.Error(RuntimeHash())
	}
}

func TestTemplates(t *testing.T) {
	ids := []string{"led", "echo", "blink", "sensor", "drive"}
	examples, err := fs.Glob(Templates(), "_examples/*/template.json")
	if err != nil || len(examples) < 12 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	for _, name := range examples {
		ids = append(ids, path.Dir(name))
	}
	for _, id := range ids {
		b, err := fs.ReadFile(Templates(), id+"/template.json")
		if err != nil {
			t.Fatal(err)
		}
		var about struct {
			Title, About string
			Order        int
			Open         []string
		}
		if err := json.Unmarshal(b, &about); err != nil || about.Title == "" || about.About == "" || about.Order == 0 || len(about.Open) == 0 {
			t.Errorf("%s: %v %+v", id, err, about)
		}
		for _, name := range append(about.Open, "transcript.json") {
			if _, err := fs.Stat(Templates(), id+"/"+name); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
}

// A template's comments are read in an editor of 70 columns, so none of them is wider.
func TestTemplateCommentsFit(t *testing.T) {
	comment := regexp.MustCompile(`(^|\s)(//|/\*|<!--)`)
	lines := 0
	err := fs.WalkDir(Templates(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !regexp.MustCompile(`\.(go|html|js|css)$`).MatchString(name) {
			return err
		}
		text, err := fs.ReadFile(Templates(), name)
		for i, line := range strings.Split(string(text), "\n") {
			if !comment.MatchString(line) {
				continue
			}
			lines++
			if n := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")); n > 70 {
				t.Errorf("%s:%d has %d columns: %s", name, i+1, n, line)
			}
		}
		return err
	})
	if err != nil || lines < 50 {
		t.Errorf("%d lines with comments, %v", lines, err)
	}
}

// linkedWhenUsed are files of the runtime that a program gets only when it calls board.OnRequest or board.JSON.
var linkedWhenUsed = map[string]bool{"board/json.go": true, "board/request.go": true, "board/routes.go": true, "board/serverequest.go": true, "board/values.go": true}

// The runtime's own packages must stay small on a microcontroller.
func TestNoHeavyImports(t *testing.T) {
	for _, dir := range []string{"board", "board/store", "link"} {
		entries, _ := fs.ReadDir(Runtime(), dir)
		for _, e := range entries {
			b, _ := fs.ReadFile(Runtime(), dir+"/"+e.Name())
			if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || strings.HasPrefix(string(b), "//go:build !tinygo\n") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), e.Name(), b, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range file.Imports {
				name := strings.Trim(i.Path.Value, `"`)
				if linkedWhenUsed[dir+"/"+e.Name()] && (name == "strings" || name == "strconv") {
					continue
				}
				for _, bad := range []string{"fmt", "reflect", "net/http", "crypto", "encoding", "log", "strconv", "strings", "bytes", "bufio"} {
					if name == bad || strings.HasPrefix(name, bad+"/") {
						t.Errorf("%s/%s imports %s", dir, e.Name(), name)
					}
				}
			}
		}
	}
}
