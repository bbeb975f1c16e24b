//go:build unix

package project

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A project of somebody else comes with a .studio of its own. Links in it, or in
// its place, are never followed: opening, saving, keeping versions, cleaning up
// and removing leave the project's files alone, and all of it works.
func TestLinksBelowStudioAreNotFollowed(t *testing.T) {
	link := func(to string) func(string) error {
		return func(path string) error { return os.Symlink(to, path) }
	}
	for _, c := range []struct {
		name, path string
		put        func(path string) error
	}{
		{"tmp leads to www", ".studio/tmp", link("../www")},
		{"tmp leads to the project", ".studio/tmp", link("..")},
		{"tmp leads out of the project", ".studio/tmp", link("/tmp")},
		{"tmp leads nowhere", ".studio/tmp", link("nowhere")},
		{"tmp leads to itself", ".studio/tmp", link("tmp")},
		{"tmp is a file", ".studio/tmp", func(path string) error { return os.WriteFile(path, []byte("theirs"), 0o600) }},
		{"objects lead to www", ".studio/objects", link("../www")},
		{"one folder of objects leads to www", ".studio/objects/ab", link("../../www")},
		{"snapshots lead to www", ".studio/snapshots", link("../www")},
		{"trash leads to www", ".studio/trash", link("../www")},
		{".studio leads to www", ".studio", link("www")},
		{".studio leads to the project", ".studio", link(".")},
		{".studio leads out", ".studio", link("/tmp")},
		{".gitignore leads to main.go", ".studio/.gitignore", link("../main.go")},
		{"tmp is a pipe", ".studio/tmp", func(path string) error { return mkfifo(path) }},
		{".studio is a pipe", ".studio", func(path string) error { return mkfifo(path) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "p")
			files := map[string]string{"main.go": "package main\n", "studio.json": `{"title":"P","board":"virtual"}`, "www/led.html": "<p>led</p>", "www/a.txt": "a",
				"www/" + strings.Repeat("a", 64): "named like an object", "www/0000000000001-abcdef.json": "{}"}
			for name, content := range files {
				os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(dir, c.path)
			os.MkdirAll(filepath.Dir(path), 0o755)
			if err := c.put(path); err != nil {
				t.Fatal(err)
			}
			p, err := OpenDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if p.ReadOnly() {
				t.Error("the project is read-only")
			}
			_, hash, err := p.Read("www/a.txt")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Write("www/a.txt", []byte("a"), hash); err != nil {
				t.Error("saving:", err)
			}
			if _, err := p.Write("www/new.txt", []byte("new"), IfNew); err != nil {
				t.Error("saving a new file:", err)
			}
			if err := p.Remove("www/new.txt"); err != nil {
				t.Error("removing:", err)
			}
			kept, err := p.Snapshot(Reason{Why: WhyRun})
			if err != nil {
				t.Fatal("keeping a version:", err)
			}
			var old []Snapshot // more than are kept, so that what is not theirs is cleaned up
			for i := range MaxSnapshots {
				old = append(old, Snapshot{ID: fmt.Sprintf("%013d-aaaaaa", MaxSnapshots-i)})
			}
			p.pruneLocked(append([]Snapshot{kept}, old...))
			if content, err := p.ReadSnapshot(kept.ID, "www/led.html"); err != nil || string(content) != files["www/led.html"] {
				t.Errorf("the kept version has %q, %v", content, err)
			}
			if _, err := p.Restore(kept.ID); err != nil {
				t.Error("going back:", err)
			}
			for name, want := range files {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
					t.Errorf("%s is now %q, %v", name, got, err)
				}
			}
			here, err := os.ReadDir(filepath.Join(dir, "www"))
			if err != nil || len(here) != 4 {
				t.Errorf("www has %d files now, want 4 (%v)", len(here), err)
			}
		})
	}
}

// A link inside of the project makes nothing that is Studio's own a file of the user's.
func TestLinksToStudioAreNotFollowed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "p")
	for name, content := range map[string]string{"main.go": "package main\n", "www/led.html": "<p>", "www/real/a.html": "a", ".studio/id": "mark", ".studio/trash/x": "x"} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"own": "../.studio", "mark": "../.studio/id", "twice": "own/trash", "top": "..", "good": "real"} {
		if err := os.Symlink(to, filepath.Join(dir, "www", name)); err != nil {
			t.Fatal(err)
		}
	}
	p, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, name := range []string{"www/own/id", "www/mark", "www/twice/x", "www/own/new", "www/twice/new/deep"} {
		if _, _, err := p.Read(name); err == nil {
			t.Errorf("%s is read", name)
		}
		if _, err := p.Write(name, []byte("theirs"), Always); err == nil {
			t.Errorf("%s is written", name)
		}
		if name == "www/mark" {
			continue // it is moved and removed itself
		}
		if p.Rename(name, "www/taken.html") == nil || p.Rename("www/led.html", name) == nil {
			t.Errorf("%s is renamed", name)
		}
		if p.Remove(name) == nil {
			t.Errorf("%s is removed", name)
		}
	}
	for _, name := range []string{"www/good/a.html", "www/top/main.go", "www/top/www/good/a.html"} {
		if _, _, err := p.Read(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, ".studio/id")); err != nil || string(b) != "mark" {
		t.Errorf("the mark is %q, %v", b, err)
	}
}

// What is no plain file in place of a project's files is told, not waited for.
func TestNoPipeIsWaitedFor(t *testing.T) {
	for _, name := range []string{"main.go", "studio.json", "www/led.html", ".studio/snapshots/0000000000001-abcdef.json", ".studio/tmp/x"} {
		dir := filepath.Join(t.TempDir(), "p")
		for _, n := range []string{"main.go", "studio.json", "www/led.html", name} {
			path := filepath.Join(dir, n)
			os.MkdirAll(filepath.Dir(path), 0o755)
			os.WriteFile(path, []byte("{}"), 0o644)
		}
		os.Remove(filepath.Join(dir, name))
		if err := mkfifo(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() {
			p, err := OpenDir(dir)
			if err != nil {
				ended <- err
				return
			}
			defer p.Close()
			p.List()
			p.Meta()
			p.Snapshots()
			p.Snapshot(Reason{Why: WhyRun})
			_, _, err = p.Read(name)
			_, werr := p.Write(name, []byte("x"), Always)
			if err == nil || werr == nil {
				err = fmt.Errorf("reading and writing %s: %w, %w; want both refused", name, err, werr)
			} else {
				err = nil
			}
			ended <- err
		}()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(name, err)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("a pipe in place of %s is waited for", name)
		}
	}
}

// A store's trash that is a link does not swallow another project's files.
func TestTrashOfTheStoreIsNoLink(t *testing.T) {
	dir := t.TempDir()
	s, err := OpenStore(dir, os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range []string{"one", "two"} {
		os.MkdirAll(filepath.Join(dir, name), 0o755)
		if err := os.WriteFile(filepath.Join(dir, name, "main.go"), []byte("package main\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("two", filepath.Join(dir, ".trash")); err != nil {
		t.Fatal(err)
	}
	where, err := s.Remove("one")
	if err != nil {
		t.Fatal(err)
	}
	if here, err := os.ReadDir(filepath.Join(dir, "two")); err != nil || len(here) != 1 {
		t.Errorf("the other project has %d files now (%v)", len(here), err)
	}
	if _, err := os.Stat(filepath.Join(where, "main.go")); err != nil {
		t.Error(err)
	}
}

func mkfifo(path string) error { return syscall.Mkfifo(path, 0o600) }
