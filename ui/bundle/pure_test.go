package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"studioide/internal/board"
	"studioide/ui/src/words"
)

// TestPure runs src/**/*.test.ts, the tests of what the page does without a browser.
func TestPure(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("NOT TESTED: there is no node to run the page's own tests with")
	}
	var tests []string
	err = filepath.WalkDir(filepath.Join("..", "src"), func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".test.ts") {
			tests = append(tests, name)
		}
		return err
	})
	if err != nil || len(tests) < 2 {
		t.Fatalf("%d tests, %v", len(tests), err)
	}
	for _, name := range tests {
		t.Run(filepath.Base(name), func(t *testing.T) {
			script := filepath.Join(t.TempDir(), "pure.mjs")
			r := api.Build(api.BuildOptions{EntryPoints: []string{name}, Bundle: true, Format: api.FormatESModule, Platform: api.PlatformNode,
				Target: api.ES2022, Outfile: script, Write: true, LogLevel: api.LogLevelError,
				Plugins: append(tables(".."), goReference(templatesDir), goNames(templatesDir)),
				Banner:  map[string]string{"js": "import{createRequire}from'node:module';const require=createRequire(import.meta.url),__filename='pure.mjs';"}})
			if len(r.Errors) > 0 {
				t.Fatal("the tests do not compile")
			}
			if out, err := exec.Command(node, script).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// sources returns the page's own code as one text.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(filepath.Join("..", "src"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !regexp.MustCompile(`\.tsx?$`).MatchString(path) {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// TestWords finds sentences of the page that nothing says; that none is missing is a matter of types. What Go says is held
// to its definitions by cmd/studio's tests, and has a function each (package say), of which make lint finds unused ones.
func TestWords(t *testing.T) {
	code := sources(t)
	for word, w := range words.All() {
		if strings.HasPrefix(word, "next.") || strings.HasPrefix(word, "part.") || strings.HasPrefix(word, "say.") || strings.HasPrefix(word, "rule.") || strings.HasPrefix(word, "problem.") && w.By != "page" {
			continue
		}
		if w.Text == "" {
			t.Errorf("%s has no text", word)
		}
		group := word[:strings.LastIndex(word, ".")+1]
		if said := strings.TrimPrefix(word, "problem."); !strings.Contains(code, "'"+said+"'") && !strings.Contains(code, `"`+said+`"`) && !strings.Contains(code, "`"+group+"${") {
			t.Errorf("nothing says %s", word)
		}
	}
}

// TestPictures: every board of the catalogue has its drawing.
func TestPictures(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "src", "board", "pictures.tsx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range board.All() {
		if !strings.Contains(string(text), "\n  "+b.Picture+": {") {
			t.Errorf("there is no drawing %q for %s", b.Picture, b.ID)
		}
	}
}

// TestPhrases: what the editor's own parts say, by name, on the screen and to screen readers, has its sentence among the words.
func TestPhrases(t *testing.T) {
	ours, err := os.ReadFile(filepath.Join("..", "src", "editor", "codemirror.ts"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, part := range []string{"autocomplete", "commands", "language", "lint", "search", "view"} {
		code, err := os.ReadFile(filepath.Join("..", "node_modules", "@codemirror", part, "dist", "index.js"))
		if err != nil {
			t.Skip("NOT TESTED: the page's libraries are missing; run `npm ci` in ui/ first")
		}
		// The panel that searches is ours: findpanel.ts.
		code = regexp.MustCompile(`(?s)\nclass SearchPanel \{.*?\n\}`).ReplaceAll(code, nil)
		for _, call := range regexp.MustCompile(`\bphrase\(([^;\n]*)`).FindAllSubmatch(code, -1) {
			said, _, _ := strings.Cut(string(call[1]), ")") // its arguments
			for _, m := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(said, -1) {
				found++
				if text := string(ours); !strings.Contains(text, "'"+m[1]+"':") && !strings.Contains(text, "\n  "+m[1]+":") {
					t.Errorf("@codemirror/%s says %q, which is not among the phrases in codemirror.ts", part, m[1])
				}
			}
		}
	}
	if found < 15 {
		t.Errorf("%d phrases found: they are written otherwise now", found)
	}
}
