package project

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"studio"
)

// What a board cannot take because of its name is named; what is hidden is not.
func TestLeftOut(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: Windows keeps no such names")
	}
	dir := filepath.Join(t.TempDir(), "led")
	if err := Create(studio.Templates(), "led", dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a:b.html", "what?.css", ".hidden", "ok.html", "end. ", "con.js"} {
		if err := os.WriteFile(filepath.Join(dir, "www", name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "www", "bad|folder", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(t.TempDir(), "elsewhere"), filepath.Join(dir, "www", "link.html")); err != nil {
		t.Fatal(err)
	}
	p, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	got := map[string]bool{}
	for _, u := range p.LeftOut() {
		got[u.Path] = true
		if u.Why == nil || u.Why.Text == "" {
			t.Errorf("%s: no reason", u.Path)
		}
	}
	for _, name := range []string{"www/a:b.html", "www/what?.css", "www/end. ", "www/con.js", "www/bad|folder", "www/link.html"} {
		if !got[name] {
			t.Errorf("%s is left out without a word", name)
		}
	}
	if len(got) != 6 {
		t.Errorf("left out are said to be %v", got)
	}
}
