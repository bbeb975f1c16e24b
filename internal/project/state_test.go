package project

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"studioide/internal/api"
)

// seen is what somebody knows of a project who hears of every change, his own and others'.
type seen struct {
	sync.Mutex
	files map[string]string // path → hash
}

// took looks at what was told, as it is by now.
func (s *seen) took(p *Project, list []Change) {
	s.Lock()
	defer s.Unlock()
	now := p.State()
	for _, c := range list {
		if f, there := now.File(c.Path); there {
			s.files[c.Path] = f.Hash
		} else {
			delete(s.files, c.Path)
		}
	}
}

func hashes(files []api.File) map[string]string {
	m := map[string]string{}
	for _, f := range files {
		m[f.Path] = f.Hash
	}
	return m
}

// tellSources is what a build would read, in words.
func tellSources(t *testing.T, s Sources) (lines []string) {
	t.Helper()
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := s.ReadDir(dir)
		if err != nil {
			return // not looked into: in www/ with a name that cannot be
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			line := name + " " + e.Type().String()
			if strings.HasSuffix(name, ".go") && e.Type().IsRegular() {
				b, err := s.ReadFile(name)
				line += fmt.Sprintf(" %s %v", Hash(b), err)
			}
			lines = append(lines, line)
			if e.IsDir() {
				walk(name)
			}
		}
	}
	walk(".")
	return lines
}

// Whatever this Studio and other programs do to a project in whatever order, its
// state becomes what somebody finds who looks for the first time, and who was told of the changes knows the same.
func TestStateFollowsTheDisk(t *testing.T) {
	p := testProject(t)
	page := &seen{files: map[string]string{}}
	stop, err := p.Watch(func(list []Change) { page.took(p, list) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	page.files = hashes(p.State().Files)
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewSource(seed))
	names := []string{"main.go", "extra.go", "www/a.html", "www/b.css", "www/sub/c.js", "www/sub/deep/d.txt", "lib/lib.go", "www/a?.txt", "studio.json", "www/.hidden", "odd*/o.go"}
	folders := []string{"www/sub", "www/sub/deep", "lib", "www/two", "www/x:y", "odd*"}
	pick := func(list []string) string { return list[r.Intn(len(list))] }
	at := func(name string) string { return filepath.Join(p.Dir, filepath.FromSlash(name)) }
	content := func() []byte { return []byte(fmt.Sprintf("// %d\npackage main\n", r.Intn(10))) } // often of the same size
	for step := range 400 {
		name, folder := pick(names), pick(folders)
		switch r.Intn(14) {
		case 0, 1, 2:
			if hash, err := p.Write(name, content(), Always); err == nil {
				page.took(p, []Change{{name, hash}})
			}
		case 3:
			if p.Remove(name) == nil {
				page.took(p, []Change{{Path: name}})
			}
		case 4, 5:
			os.WriteFile(at(name), content(), 0o644) // in place
		case 6:
			os.MkdirAll(filepath.Dir(at(name)), 0o755)
			temp := at(name) + ".tmp"
			os.WriteFile(temp, content(), 0o644)
			os.Rename(temp, at(name))
		case 7:
			if name != "main.go" {
				os.Remove(at(name))
			}
		case 8:
			os.MkdirAll(at(folder), 0o755)
			os.WriteFile(at(folder+"/f.go"), content(), 0o644)
		case 9:
			os.RemoveAll(at(folder))
		case 10: // another folder with the same name
			os.Rename(at(folder), at(folder)+".old")
			os.MkdirAll(at(folder), 0o755)
			os.WriteFile(at(folder+"/g.html"), content(), 0o644)
			os.RemoveAll(at(folder) + ".old")
		case 11:
			to := pick(folders)
			os.Rename(at(folder), at(to))
		case 12:
			if os.Symlink("main.go", at("www/link.html")) != nil {
				os.Remove(at("www/link.html"))
			}
		case 13:
			if _, err := p.Refresh(); err != nil {
				t.Fatal(err)
			}
		}
		if step%25 == 24 {
			agree(t, p, page, seed)
		}
	}
}

// agree waits until the state is what is on the disk.
func agree(t *testing.T, p *Project, page *seen, seed int64) {
	t.Helper()
	var diff string
	for wait := time.Millisecond; wait < 20*time.Second; wait *= 2 {
		time.Sleep(wait)
		fresh, err := OpenDir(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		want, err := fresh.Refresh()
		if err != nil {
			t.Fatal(err)
		}
		got := p.State()
		page.Lock()
		told := maps.Clone(page.files)
		page.Unlock()
		diff = cmp.Diff(want.Files, got.Files) + cmp.Diff(want.LeftOut, got.LeftOut) + cmp.Diff(want.Meta, got.Meta) +
			cmp.Diff(tellSources(t, want.Sources), tellSources(t, got.Sources)) + cmp.Diff(hashes(want.Files), told)
		fresh.Close()
		if diff == "" {
			return
		}
	}
	t.Fatalf("seed %d: what is known differs from the disk:\n%s", seed, diff)
}

// What was saved by another program and not told yet is never overwritten.
func TestNotYetToldIsNotOverwritten(t *testing.T) {
	p := testProject(t)
	stop, err := p.Watch(func([]Change) {})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for n := range 50 {
		f, _ := p.State().File("www/led.html")
		theirs := fmt.Appendf(nil, "theirs %02d", n)
		if err := os.WriteFile(filepath.Join(p.Dir, "www/led.html"), theirs, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write("www/led.html", []byte("mine"), f.Hash); !errors.Is(err, ErrConflict) {
			t.Fatalf("round %d: %v", n, err)
		}
		if b, err := os.ReadFile(filepath.Join(p.Dir, "www/led.html")); err != nil || string(b) != string(theirs) {
			t.Fatalf("round %d: %q %v", n, b, err)
		}
		if s, err := p.Refresh(); err != nil {
			t.Fatal(err)
		} else if f, _ := s.File("www/led.html"); f.Hash != Hash(theirs) {
			t.Fatalf("round %d: a look does not find what was saved", n)
		}
	}
}

// A state is what was at its moment: who reads it is not told of later contents.
func TestStateStays(t *testing.T) {
	p := testProject(t)
	before := p.State()
	_, hash, _ := p.Read("main.go")
	if _, err := p.Write("main.go", []byte("package main // 2"), hash); err != nil {
		t.Fatal(err)
	}
	p.Write("extra.go", []byte("package main"), IfNew)
	b, err := before.Sources.ReadFile("main.go")
	if err != nil || Hash(b) != hash {
		t.Errorf("%q %v", b, err)
	}
	if _, err := before.Sources.ReadFile("extra.go"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a later file is there: %v", err)
	}
	after := p.State()
	if b, err := after.Sources.ReadFile("main.go"); err != nil || string(b) != "package main // 2" {
		t.Errorf("%q %v", b, err)
	}
	if p.State() != after {
		t.Error("the same state is made twice")
	}
	if _, there := after.File("extra.go"); !there || slices.ContainsFunc(before.Files, func(f api.File) bool { return f.Path == "extra.go" }) {
		t.Error("the list of files")
	}
}
