package project

import (
	"fmt"
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

// Of a project with too many files those that count are there, and the first one that is not is named.
func TestTooManyFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "led")
	if err := Create(studio.Templates(), "led", dir); err != nil {
		t.Fatal(err)
	}
	fill := func(folder string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		for i := range MaxFiles {
			if err := os.WriteFile(filepath.Join(dir, folder, fmt.Sprintf("f%04d.txt", i)), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	state := func() *State {
		t.Helper()
		p, err := OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		s, err := p.Refresh()
		if err != nil {
			t.Fatal(err)
		}
		again, err := p.Refresh()
		if err != nil || again != s {
			t.Errorf("another state, and nothing has happened: %v", err)
		}
		return s
	}
	fill("assets")
	s := state()
	if _, ok := s.File("www/led.html"); !ok || len(s.Files) != MaxFiles {
		t.Errorf("led.html is there: %v, of %d files", ok, len(s.Files))
	}
	if len(s.LeftOut) != 0 {
		t.Errorf("left out of www/: %v", s.LeftOut)
	}
	fill("www/more")
	s = state()
	if _, ok := s.File("www/led.html"); !ok || len(s.Files) != MaxFiles {
		t.Errorf("led.html is there: %v, of %d files", ok, len(s.Files))
	}
	if len(s.LeftOut) != 1 || s.LeftOut[0].Why.Code != "project.full" {
		t.Errorf("left out of www/: %v", s.LeftOut)
	}
}
