package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// names are the paths of a project's files.
func names(t *testing.T, p *Project) (list []string) {
	t.Helper()
	files, err := p.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		list = append(list, f.Path)
	}
	return list
}

func TestStore(t *testing.T) {
	s := testStore(t)
	list, err := s.Templates()
	if err != nil || len(list) != 3 || list[0].ID != "led" || list[1].ID != "echo" || list[2].Title != "Blink" {
		t.Fatalf("templates %v, %v", list, err)
	}
	p, err := s.Create("led", "")
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "LED-over-WebSocket" || p.Meta() != (Meta{Title: "LED over WebSocket", Board: "virtual"}) || p.ReadOnly() {
		t.Errorf("made %q, %+v", p.Name, p.Meta())
	}
	if files, _ := p.List(); len(files) != 4 {
		t.Errorf("files %v", files)
	}
	p.Close()
	q, err := s.Create("led", "led over websocket")
	if err != nil || q.Name != "led-over-websocket-2" {
		t.Fatalf("second: %v, %v", q, err)
	}
	q.Close()
	for _, title := range []string{"a\nb", strings.Repeat("x", 300)} {
		if _, err := s.Rename(q.Name, title); err == nil {
			t.Errorf("title %q accepted", title)
		}
	}
	name, err := s.Rename(q.Name, "Second/LED")
	if err != nil || name != "Second-LED" {
		t.Fatalf("renamed to %q, %v", name, err)
	}
	if name, err := s.Rename(name, "second led"); err != nil || name != "second-led" {
		t.Fatalf("renamed to %q, %v", name, err)
	}
	for _, bad := range []string{"../x", "none", "", "CON", "a/b", ".trash"} {
		if _, err := s.Open(bad); err == nil {
			t.Errorf("opened %q", bad)
		}
		if _, err := s.Remove(bad); err == nil {
			t.Errorf("removed %q", bad)
		}
	}
	own, err := s.CreateWith("echo", "Pin.High", "package main\n")
	if err != nil {
		t.Fatal(err)
	}
	if text, _, err := own.Read("main.go"); err != nil || string(text) != "package main\n" {
		t.Errorf("its program is %q, %v", text, err)
	}
	plain, err := s.Create("echo", "")
	if err != nil {
		t.Fatal(err)
	}
	if a, b := names(t, own), names(t, plain); strings.Join(a, " ") != strings.Join(b, " ") || len(a) < 2 {
		t.Errorf("with a program of its own it has %v, without %v", a, b)
	}
	own.Close()
	plain.Close()
	for _, p := range []*Project{own, plain} {
		if _, err := s.Remove(p.Name); err != nil {
			t.Fatal(err)
		}
	}

	_, err = s.Create("nothing", "x")
	wantCode(t, err, "template.missing")
	_, err = s.Create("../led", "x")
	wantCode(t, err, "template.missing")

	os.Mkdir(filepath.Join(s.Dir, "not-a-project"), 0o755)
	os.WriteFile(filepath.Join(s.Dir, "file"), nil, 0o644)
	projects, err := s.List()
	if err != nil || len(projects) != 2 || projects[0].Title != "LED over WebSocket" || projects[1].Name != "second-led" || projects[0].Modified == 0 {
		t.Fatalf("list %+v, %v", projects, err)
	}
	where, err := s.Remove("second-led")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(where, "main.go")); err != nil {
		t.Errorf("the removed project is not in the trash: %v", err)
	}
	if projects, _ := s.List(); len(projects) != 1 {
		t.Errorf("still listed: %v", projects)
	}
}

func TestCreateInFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "blinky")
	if err := Create(testTemplates, "blink", dir); err != nil {
		t.Fatal(err)
	}
	p, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Meta().Title != "blinky" {
		t.Errorf("title %q", p.Meta().Title)
	}
	wantCode(t, Create(testTemplates, "blink", dir), "project.exists")
	wantCode(t, Create(testTemplates, "none", dir+"2"), "template.missing")
	wantCode(t, Create(testTemplates, "blink", dir+"."), "name.bad")
	empty := t.TempDir()
	if err := Create(testTemplates, "blink", empty); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	if e, _ := os.ReadDir(empty); len(e) != 2 {
		t.Errorf("the empty folder holds %v now", e)
	}
	_, err = OpenDir(t.TempDir())
	wantCode(t, err, "project.missing")
	_, err = OpenDir(filepath.Join(empty, "main.go"))
	wantCode(t, err, "project.missing")
}

// fourNames are the files of a project that has four names in its folder.
var fourNames = []madeFile{{path: metaFile, content: []byte("{}")}, {path: "main.go", content: []byte("package main\n")}, {path: "www/a.html"}, {path: "zz/b"}}

// halfFilled is a folder in which it waits to be moved out.
func halfFilled(t *testing.T) (dir string, root *os.Root) {
	t.Helper()
	dir = t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	if err := makeProject(root, madeWhole, fourNames); err != nil {
		t.Fatal(err)
	}
	return dir, root
}

// An empty folder becomes a project whole, or stays empty.
func TestFillEmptyFolder(t *testing.T) {
	left := func(dir string) (names []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	for fails := range 5 {
		dir, root := halfFilled(t)
		n, no := 0, errors.New("no")
		err := moveOut(root, func(from, to string) error {
			if n++; n > fails {
				return no
			}
			if to == metaFile && n != 4 || to == "main.go" && n != 3 {
				t.Errorf("%s comes as number %d", to, n)
			}
			return root.Rename(from, to)
		})
		if names := left(dir); fails < 4 && (!errors.Is(err, no) || len(names) > 0) || fails == 4 && (err != nil || len(names) != 4) {
			t.Errorf("number %d fails: %v, and there is %q", fails+1, err, names)
		}
	}
	// Nothing but what an import has left that was killed: the folder is empty all the same.
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, halfMade+"whole", "www"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Create(testTemplates, "blink", dir); err != nil || len(left(dir)) != 2 {
		t.Errorf("%v, and there is %q", err, left(dir))
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "mine"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	wantCode(t, Create(testTemplates, "blink", other), "project.exists")
}

// Killed at any point while it fills an empty folder, an import leaves a project that is whole when it is opened, or what the
// next import takes away.
func TestFillEmptyKilled(t *testing.T) {
	const all = "[main.go studio.json www zz]"
	names := func(dir string) string {
		entries, _ := os.ReadDir(dir)
		var list []string
		for _, e := range entries {
			if e.Name() != ours { // the history's
				list = append(list, e.Name())
			}
		}
		return fmt.Sprint(list)
	}
	killedAfter := func(moves int) string {
		dir, root := halfFilled(t)
		n := 0
		func() {
			defer func() { recover() }()
			moveOut(root, func(from, to string) error {
				if n++; n > moves {
					panic("killed")
				}
				return root.Rename(from, to)
			})
		}()
		return dir
	}
	for moves := range 5 {
		dir := killedAfter(moves)
		p, err := OpenDir(dir)
		if isOne := moves >= 3; isOne != (err == nil) || isOne && names(dir) != all {
			t.Errorf("opened after %d moves: %v, %s", moves, err, names(dir))
		}
		if err == nil {
			p.Close()
		}
		dir = killedAfter(moves)
		if err := fillEmpty(dir, fourNames); moves < 3 && (err != nil || names(dir) != all) || moves >= 3 && !errors.Is(err, errExistsFolder) {
			t.Errorf("filled again after %d moves: %v, %s", moves, err, names(dir))
		}
		dir = killedAfter(moves)
		mine := filepath.Join(dir, "www", "a.html")
		os.MkdirAll(filepath.Dir(mine), 0o755)
		os.WriteFile(mine, []byte("mine"), 0o644)
		later := time.Now().Add(time.Minute)
		os.Chtimes(mine, later, later)
		err = fillEmpty(dir, fourNames)
		if content, _ := os.ReadFile(mine); !errors.Is(err, errExistsFolder) || string(content) != "mine" {
			t.Errorf("filled again after %d moves and a change: %v, %q", moves, err, content)
		}
	}
	// Beside a new folder, too, nothing stays.
	parent := t.TempDir()
	left := filepath.Join(parent, halfMade+randomName())
	os.Mkdir(left, 0o755)
	then := time.Now().Add(-time.Hour)
	os.Chtimes(left, then, then)
	if err := Create(testTemplates, "blink", filepath.Join(parent, "new")); err != nil || names(parent) != "[new]" {
		t.Errorf("%v, and there is %s", err, names(parent))
	}
}

func TestMetaKeepsWhatItDoesNotKnow(t *testing.T) {
	p := testProject(t)
	os.WriteFile(filepath.Join(p.Dir, metaFile), []byte(`{"title":"A","board":"pico","mine":[1,2]}`), 0o644)
	m := p.Meta()
	m.Title = "B"
	if err := p.SetMeta(m); err != nil {
		t.Fatal(err)
	}
	b, _, _ := p.Read(metaFile)
	if !strings.Contains(string(b), `"mine"`) || p.Meta() != (Meta{Title: "B", Board: "pico"}) {
		t.Errorf("now %s", b)
	}
	for _, damaged := range []string{"", "{", "null", "[]", `{"title":5}`} {
		os.WriteFile(filepath.Join(p.Dir, metaFile), []byte(damaged), 0o644)
		if m := p.Meta(); m.Title == "" || m.Board == "" {
			t.Errorf("%q gives %+v", damaged, m)
		}
		if err := p.SetMeta(Meta{Title: "C", Board: "virtual"}); err != nil {
			t.Fatalf("%q: %v", damaged, err)
		}
		if m := p.Meta(); m.Title != "C" {
			t.Errorf("%q: not saved: %+v", damaged, m)
		}
	}
	if err := p.SetMeta(Meta{Title: " "}); err == nil {
		t.Error("an empty title was accepted")
	}
}
