package project

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Whoever puts a project into the store, fills it bit by bit, renames or removes it, it is told.
func TestStoreWatch(t *testing.T) {
	s := testStore(t)
	there, err := s.Create("led", "There")
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	if err := os.Mkdir(filepath.Join(s.Dir, "Empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	news := make(chan struct{}, 100)
	stop := s.Watch(func() { news <- struct{}{} })
	defer stop()
	told := func(what string, projects int, title string) {
		t.Helper()
		for late := time.After(time.Minute); ; {
			select {
			case <-news:
			case <-late:
				t.Fatal("never told: " + what)
			}
			list, err := s.List()
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				if len(list) == projects && (p.Title == title || title == "") {
					return
				}
			}
		}
	}
	put := func(name, content string) {
		t.Helper()
		full := filepath.Join(s.Dir, filepath.FromSlash(name))
		os.MkdirAll(filepath.Dir(full), 0o755)
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("Copied/www/a.html", "a")
	time.Sleep(2 * storeSettle) // a slow copy: the program comes later, and its title last
	put("Copied/main.go", "package main\n")
	told("a folder that was copied", 2, "")
	put("Copied/studio.json", `{"title":"Copied lamp"}`)
	told("its title", 2, "Copied lamp")
	put("Empty/main.go", "package main\n")
	told("a folder that was empty", 3, "Empty")
	if err := os.Rename(filepath.Join(s.Dir, "Copied"), filepath.Join(t.TempDir(), "away")); err != nil {
		t.Fatal(err)
	}
	told("a project that was taken out", 2, "")
	if _, err := s.Create("blink", "Made here"); err != nil {
		t.Fatal(err)
	}
	told("a project that was made here", 3, "Made here")
	stop()
	put("Late/main.go", "package main\n")
	select {
	case <-news:
		t.Error("told after its end")
	case <-time.After(3 * storeSettle):
	}
}
