package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// budget is the page weight that was promised: compressed JavaScript before an editor is usable.
const budget = 300 * 1024

// comparison is in the scripts of @codemirror/merge: it is loaded when two texts are compared, and not before.
var comparison = []byte("scanLimit")

// lookedUp is in the reference, which is loaded when somebody looks something up.
var lookedUp = []byte("There is one such function; the one that is set last counts")

func TestBundle(t *testing.T) {
	if _, err := os.Stat("../node_modules/preact"); err != nil {
		t.Skip("NOT TESTED: the page's libraries are missing; run `npm ci` in ui/ first")
	}
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "README"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "old.js"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := bundle("..", out)
	if err != nil {
		t.Fatal(err)
	}
	if r.Critical == 0 || r.Critical > budget {
		t.Errorf("%d bytes of JavaScript before the editor is usable; the budget is %d", r.Critical, budget)
	}
	if _, err := os.Stat(filepath.Join(out, "old.js")); err == nil {
		t.Error("a file of an earlier bundle was kept")
	}
	if _, err := os.Stat(filepath.Join(out, "README")); err != nil {
		t.Error("the checked-in README is gone")
	}
	page, err := os.ReadFile(filepath.Join(out, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	parts := regexp.MustCompile(`(?:src|href)="/([^"]+)"`).FindAllSubmatch(page, -1)
	// Browsers load six files at a time, so a start of dozens of scripts is a slow one.
	if kinds := regexp.MustCompile(`<(?:script async|script type="module"|link rel="stylesheet"|link rel="modulepreload")`).FindAll(page, -1); len(parts) != 4 || len(kinds) != 4 {
		t.Fatalf("the page does not begin with the early script, a style sheet, the editor's library and its own script:\n%s", page)
	}
	if styles, err := filepath.Glob(filepath.Join(out, "assets", "*.css")); err != nil || len(styles) != 1 {
		t.Errorf("the style sheets are %q, %v", styles, err)
	}
	if own := sources(t); strings.Contains(own, "Intl.Segmenter") || strings.Contains(own, "Subword") {
		t.Error("the page uses what bundle leaves out of the editor's library")
	}
	for _, p := range parts {
		if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(string(p[1])))); err != nil {
			t.Errorf("the page asks for %s, which is not there", p[1])
		}
		if text, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(string(p[1])))); err == nil && bytes.Contains(text, []byte("Segmenter")) {
			t.Errorf("%s makes a segmenter when it starts", p[1])
		} else if err == nil && bytes.Contains(text, comparison) {
			t.Errorf("%s loads with the page, with the comparison of two texts in it", p[1])
		} else if err == nil && bytes.Contains(text, lookedUp) {
			t.Errorf("%s loads with the page, with the reference in it", p[1])
		}
	}
	scripts, err := filepath.Glob(filepath.Join(out, "assets", "*.js*"))
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	texts := map[string][]byte{} // of scripts, by their names; of the largest only the compressed form is there
	for _, path := range scripts {
		name, packed := strings.CutSuffix(filepath.Base(path), ".gz")
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if packed {
			z, err := gzip.NewReader(bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			if content, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		texts[name] = content
	}
	reached := map[string]bool{}
	for left := [][]byte{page}; len(left) > 0; left = left[1:] {
		for name, text := range texts {
			if !reached[name] && bytes.Contains(left[0], []byte("/"+name)) {
				reached[name], left = true, append(left, text)
			}
		}
	}
	for name := range texts {
		if !reached[name] {
			t.Errorf("%s is in the program, and nothing asks for it", name)
		}
	}
	compares, tells := false, false
	for name, text := range texts {
		if strings.HasPrefix(name, "worker-") {
			continue
		}
		if bytes.Contains(text, []byte(`"note":`)) || bytes.Contains(text, []byte(`,note:"`)) {
			t.Errorf("%s carries notes for translators", name)
		}
		compares = compares || bytes.Contains(text, comparison)
		tells = tells || bytes.Contains(text, lookedUp)
		if bytes.Contains(text, []byte("createLanguageService")) {
			t.Errorf("%s has TypeScript's language service, which runs in a worker", name)
		}
	}
	// The language service is there once, compressed, and only what is loaded with the first edit of a script names it.
	workers, err := filepath.Glob(filepath.Join(out, "assets", "worker-*"))
	if err != nil || len(workers) != 1 || filepath.Ext(workers[0]) != ".gz" {
		t.Fatalf("the workers are %q, %v", workers, err)
	}
	for _, p := range parts {
		text, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(string(p[1]))))
		if err != nil || bytes.Contains(text, []byte(strings.TrimSuffix(filepath.Base(workers[0]), ".gz"))) {
			t.Errorf("%s loads with the page and names the worker, %v", p[1], err)
		}
	}
	if !compares {
		t.Error("no script compares texts, or it is known by another word")
	}
	if !tells {
		t.Error("no script has the reference, or it is known by another sentence")
	}
	licences, err := os.ReadFile(filepath.Join(out, "licences.txt"))
	for _, wanted := range []string{"==== preact ====", "==== typescript-js ====", "Creative Commons Attribution"} {
		if err != nil || !bytes.Contains(licences, []byte(wanted)) {
			t.Errorf("licence texts are missing: %s, %v", wanted, err)
		}
	}
}
