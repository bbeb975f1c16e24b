package project

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFilesComeBackFromTheTrash(t *testing.T) {
	p := testProject(t)
	page := read(t, p, "www/led.html")
	if err := p.Remove("www"); err != nil { // a folder: its files come back one by one
		t.Fatal(err)
	}
	list := p.Trash()
	if len(list) != 2 || list[0].Path != "www/img/dot.png" || list[1].Path != "www/led.html" || time.Since(time.UnixMilli(list[0].Time)) > time.Minute {
		t.Fatalf("%+v", list)
	}
	if err := p.RestoreTrashed(list[1].ID, "www/led.html"); err != nil {
		t.Fatal(err)
	}
	if read(t, p, "www/led.html") != page {
		t.Error("it is another one")
	}
	if _, there := p.State().File("www/led.html"); !there {
		t.Error("the state does not have it")
	}
	wantCode(t, p.RestoreTrashed(list[1].ID, "www/led.html"), "trash.missing")
	// Something has taken its place: that is kept, and the trash is empty then.
	write(t, p, "www/img/dot.png", "another picture")
	if err := p.RestoreTrashed(list[0].ID, "www/img/dot.png"); err != nil {
		t.Fatal(err)
	}
	entries, _ := p.Snapshots()
	if b, err := p.ReadSnapshot(entries[0].ID, "www/img/dot.png"); err != nil || string(b) != "another picture" {
		t.Errorf("what was replaced: %q, %v", b, err)
	}
	if left := p.Trash(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	if entries, _ := os.ReadDir(filepath.Join(p.Dir, trashDir)); len(entries) != 0 {
		t.Errorf("empty folders are left: %v", entries)
	}
}

// What a trash says of itself leads nowhere else.
func TestHostileTrash(t *testing.T) {
	p := testProject(t)
	secret := filepath.Join(t.TempDir(), "secret")
	os.WriteFile(secret, []byte("secret"), 0o600)
	stamp := "20260101-000000-aaaa"
	dir := filepath.Join(p.Dir, trashDir, stamp)
	os.MkdirAll(filepath.Join(dir, "www"), 0o755)
	os.Symlink(secret, filepath.Join(dir, "www", "a.html"))
	os.Symlink(filepath.Dir(secret), filepath.Join(dir, "out"))
	os.Symlink("../../..", filepath.Join(dir, "up"))
	os.MkdirAll(filepath.Join(dir, ".git"), 0o755)
	os.WriteFile(filepath.Join(dir, ".git", "config"), nil, 0o644)
	if list := p.Trash(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	for _, c := range [][2]string{{stamp, "www/a.html"}, {stamp, "out/secret"}, {stamp, "up/main.go"}, {"../..", "main.go"}, {"", "main.go"}, {stamp, "x"}} {
		wantCode(t, p.RestoreTrashed(c[0], c[1]), "trash.missing")
	}
	wantCode(t, p.RestoreTrashed(stamp, ".git/config"), "name.bad")
	wantCode(t, p.RestoreTrashed(stamp, "../x"), "name.bad")
	// The whole trash a link: it is not followed, and nothing of it removed.
	os.RemoveAll(filepath.Join(p.Dir, trashDir))
	os.MkdirAll(filepath.Join(filepath.Dir(secret), stamp, "www"), 0o755)
	os.WriteFile(filepath.Join(filepath.Dir(secret), stamp, "www", "b.html"), []byte("theirs"), 0o644)
	os.Symlink(filepath.Dir(secret), filepath.Join(p.Dir, trashDir))
	if list := p.Trash(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	p.sweepTrashLocked(time.Now().AddDate(1, 0, 0))
	if _, err := os.Stat(filepath.Join(filepath.Dir(secret), stamp, "www", "b.html")); err != nil {
		t.Error("what lies elsewhere was removed")
	}
}

// A trash is emptied of what is old, and of the oldest of what is too much; of nothing else.
func TestTrashIsBounded(t *testing.T) {
	p := testProject(t)
	put := func(at time.Time, size int) string {
		stamp := at.UTC().Format(stampForm) + "-" + randomName()[:4]
		os.MkdirAll(filepath.Join(p.Dir, trashDir, stamp), 0o755)
		f, _ := os.Create(filepath.Join(p.Dir, trashDir, stamp, "x.bin"))
		f.Truncate(int64(size))
		f.Close()
		return stamp
	}
	now := time.Now()
	old := put(now.AddDate(0, 0, -TrashDays-1), 1)
	third, second, first := put(now.Add(-3*time.Hour), MaxTrash/2), put(now.Add(-2*time.Hour), MaxTrash/2), put(now.Add(-time.Hour), MaxTrash/3)
	os.MkdirAll(filepath.Join(p.Dir, trashDir, "mine"), 0o755)
	p.mu.Lock()
	p.sweepTrashLocked(now)
	p.mu.Unlock()
	for stamp, want := range map[string]bool{old: false, third: false, second: true, first: true, "mine": true} {
		if _, err := os.Stat(filepath.Join(p.Dir, trashDir, stamp)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", stamp, err == nil, want)
		}
	}
}

func TestProjectsComeBackFromTheTrash(t *testing.T) {
	s := testStore(t)
	p, err := s.Create("led", "My lamp")
	if err != nil {
		t.Fatal(err)
	}
	write(t, p, "main.go", "mine")
	if err := p.SetMark(strings.Repeat("ab", 16)); err != nil {
		t.Fatal(err)
	}
	before, _ := p.Identity()
	p.Close()
	if _, err := s.Remove(p.Name); err != nil {
		t.Fatal(err)
	}
	if list, _ := s.List(); len(list) != 0 {
		t.Fatal("it is still there")
	}
	list := s.Trash()
	if len(list) != 1 || list[0].Title != "My lamp" || list[0].Name != "My-lamp" || time.Since(time.UnixMilli(list[0].Time)) > time.Minute {
		t.Fatalf("%+v", list)
	}
	other, err := s.Create("led", "My lamp") // its name is taken meanwhile
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
	name, err := s.RestoreTrashed(list[0].ID)
	if err != nil || name != "My-lamp-2" {
		t.Fatal(name, err)
	}
	back, err := s.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	after, _ := back.Identity()
	if read(t, back, "main.go") != "mine" || after.Number != before.Number || after.Mark != before.Mark {
		t.Error("it is not the same project")
	}
	for _, id := range []string{list[0].ID, "../My-lamp-20260101-000000-aaaa", "x", ".", "My-lamp"} {
		_, err := s.RestoreTrashed(id)
		wantCode(t, err, "trash.missing")
	}
}

func TestProjectTrashIsBounded(t *testing.T) {
	s := testStore(t)
	elsewhere := t.TempDir()
	os.WriteFile(filepath.Join(elsewhere, "main.go"), []byte("package main"), 0o644)
	trash := filepath.Join(s.Dir, projectTrash)
	os.MkdirAll(trash, 0o755)
	now := time.Now()
	name := func(days int) string {
		return fmt.Sprintf("led-%s-%s", now.AddDate(0, 0, -days).UTC().Format(stampForm), randomName()[:4])
	}
	old, young, link := name(TrashDays+1), name(TrashDays-1), name(TrashDays+2)
	for _, dir := range []string{old, young, "kept by hand"} {
		os.MkdirAll(filepath.Join(trash, dir, "www"), 0o755)
		os.WriteFile(filepath.Join(trash, dir, "main.go"), []byte("x"), 0o644)
	}
	os.Symlink(elsewhere, filepath.Join(trash, link))
	s.EmptyTrash(now)
	for dir, want := range map[string]bool{old: false, young: true, "kept by hand": true, link: false} {
		if _, err := os.Lstat(filepath.Join(trash, dir)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", dir, err == nil, want)
		}
	}
	if _, err := os.Stat(filepath.Join(elsewhere, "main.go")); err != nil {
		t.Error("the folder that a link led to was emptied")
	}
}

func TestTheTrashIsCleared(t *testing.T) {
	s := testStore(t)
	p, err := s.Create("led", "")
	if err != nil {
		t.Fatal(err)
	}
	write(t, p, "notes.txt", "x")
	for _, name := range []string{"www/led.html", "notes.txt"} {
		if err := p.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	own := filepath.Join(p.Dir, trashDir, "of somebody")
	if err := os.MkdirAll(own, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := p.ClearTrash(); err != nil || len(p.Trash()) != 0 {
		t.Errorf("%v, left: %v", err, p.Trash())
	}
	if entries, _ := os.ReadDir(filepath.Dir(own)); len(entries) != 1 {
		t.Errorf("what Studio has not put there stays, and nothing else: %v", entries)
	}
	p.Close()
	elsewhere := t.TempDir()
	kept := filepath.Join(elsewhere, "main.go")
	if err := os.WriteFile(kept, []byte("package main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	linked := os.Symlink(elsewhere, filepath.Join(s.Dir, "linked")) == nil
	for _, name := range []string{p.Name, "linked"} {
		if name == "linked" && !linked {
			continue // a system that makes no links for everybody
		}
		if _, err := s.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ClearTrash(); err != nil || len(s.Trash()) != 0 {
		t.Errorf("%v, left: %v", err, s.Trash())
	}
	if _, err := os.Stat(kept); err != nil {
		t.Errorf("a folder of elsewhere has to stay: %v", err)
	}
}
