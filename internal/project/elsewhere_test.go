package project

import (
	"os"
	"path/filepath"
	"testing"
)

func outside(t *testing.T, files ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "My lamp")
	for _, name := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("content of "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFolderOfElsewhereIsOpenedInItsPlace(t *testing.T) {
	s := testStore(t)
	dir := outside(t, "main.go", ".git/config", "www/a.html")
	name, err := s.Adopt(dir)
	if err != nil || name != "My-lamp" {
		t.Fatal(name, err)
	}
	if again, err := s.Adopt(dir + "/"); err != nil || again != name {
		t.Errorf("a second time: %q, %v", again, err)
	}
	p, err := s.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	write(t, p, "main.go", "changed")
	p.Close()
	if b, _ := os.ReadFile(filepath.Join(dir, "main.go")); string(b) != "changed" {
		t.Error("the folder itself was not changed")
	}
	if _, err := s.Remove(name); err != nil { // the link goes, the folder stays
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "main.go")); err != nil {
		t.Error("the folder is gone")
	}
	if back, err := s.RestoreTrashed(s.Trash()[0].ID); err != nil || back != name {
		t.Errorf("back: %q, %v", back, err)
	}
	own, err := s.Create("led", "Own")
	if err != nil {
		t.Fatal(err)
	}
	own.Close()
	if name, err := s.Adopt(own.Dir); err != nil || name != "Own" {
		t.Errorf("a project of the store: %q, %v", name, err)
	}
}

func TestFoldersThatAreNotOpened(t *testing.T) {
	s := testStore(t)
	file := filepath.Join(outside(t, "main.go"), "main.go")
	for what, c := range map[string][2]string{
		"nothing":              {"", "folder.not-whole"},
		"relative":             {"led", "folder.not-whole"},
		"not there":            {filepath.Join(s.Dir, "..", "none"), "folder.missing"},
		"a file":               {file, "folder.missing"},
		"the store":            {s.Dir, "folder.own"},
		"around the store":     {filepath.Dir(s.Dir), "folder.own"},
		"a trash of the store": {trashOf(t, s), "folder.own"},
		"neither":              {outside(t, "notes.txt", "code.py"), "project.missing"},
		"pages only":           {outside(t, "code.py", "data/index.html"), "folder.pages"},
	} {
		_, err := s.Adopt(c[0])
		t.Run(what, func(t *testing.T) { wantCode(t, err, c[1]) })
	}
}

func trashOf(t *testing.T, s *Store) string {
	dir := filepath.Join(s.Dir, projectTrash, "led-20260101-000000-aaaa")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A folder with pages becomes a project with a program that serves them; the folder stays as it is.
func TestPagesOfElsewhereGetAProgram(t *testing.T) {
	s := testStore(t)
	dir := outside(t, "sketch.ino", "data/index.html", "data/img/a.png", "data/.DS_Store")
	os.Symlink("/etc", filepath.Join(dir, "data", "etc"))
	b, err := s.ReadElsewhere(dir)
	if err != nil || !b.Pages || b.Title != "My lamp" {
		t.Fatalf("%+v, %v", b, err)
	}
	p, err := s.Import(b, "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if read(t, p, "main.go") != pagesProgram || read(t, p, "www/img/a.png") != "content of data/img/a.png" {
		t.Error("not what was wanted")
	}
	if n := len(p.State().Files); n != 4 {
		t.Errorf("%d files: %+v", n, p.State().Files)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("the folder was changed: %v", entries)
	}
}
