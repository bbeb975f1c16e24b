package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func inTrash(t *testing.T, p *Project, name string) []string {
	t.Helper()
	found, err := fs.Glob(p.root.FS(), ".studio/trash/*/"+name)
	if err != nil {
		t.Fatal(err)
	}
	var contents []string
	for _, f := range found {
		b, err := p.root.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		contents = append(contents, string(b))
	}
	return contents
}

func TestListAndRead(t *testing.T) {
	p := testProject(t)
	os.Mkdir(filepath.Join(p.Dir, ".git"), 0o755)
	os.WriteFile(filepath.Join(p.Dir, ".git/config"), []byte("x"), 0o644)
	os.WriteFile(filepath.Join(p.Dir, "www/con.txt"), []byte("x"), 0o644)
	files, err := p.List()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, fmt.Sprintf("%s %d %v", f.Path, f.Size, f.Text))
		content, hash, err := p.Read(f.Path)
		if err != nil || hash != f.Hash || Hash(content) != f.Hash || len(f.Hash) != 32 {
			t.Errorf("%s: read gives hash %s, list %s (%v)", f.Path, hash, f.Hash, err)
		}
	}
	want := "main.go 29 true\nstudio.json 58 true\nwww/img/dot.png 9 false\nwww/led.html 35 true"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
}

func TestWriteNeedsTheHash(t *testing.T) {
	p := testProject(t)
	_, hash, _ := p.Read("main.go")
	second, err := p.Write("main.go", []byte("package main // mine"), hash)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Write("main.go", []byte("package main // late"), hash)
	wantCode(t, err, "file.conflict")
	if content, _, _ := p.Read("main.go"); string(content) != "package main // mine" {
		t.Fatalf("a refused save changed the file to %q", content)
	}
	beside, err := p.WriteBeside("main.go", []byte("package main // late"))
	if err != nil || beside != "main-mine.go.txt" {
		t.Fatalf("kept beside as %q, %v", beside, err)
	}
	if again, err := p.WriteBeside("main.go", []byte("package main // later")); err != nil || again != "main-mine-2.go.txt" {
		t.Fatalf("kept beside as %q, %v", again, err)
	}
	if _, err := p.Write("main.go", []byte("package main // late"), Always); err != nil {
		t.Fatal(err)
	}
	if kept := inTrash(t, p, "main.go"); len(kept) != 1 || kept[0] != "package main // mine" {
		t.Fatalf("trash holds %q", kept)
	}
	if _, err := p.Write("main.go", []byte("package main // late"), second); err != nil {
		t.Errorf("saving what is there already: %v", err)
	}
	_, err = p.Write("main.go", []byte("x"), IfNew)
	wantCode(t, err, "file.exists")
	_, err = p.Write("www/none.html", []byte("x"), second)
	wantCode(t, err, "file.conflict")
	_, err = p.Write("www/LED.HTML", []byte("x"), IfNew)
	wantCode(t, err, "name.case")
	_, err = p.Write("WWW/new.html", []byte("x"), IfNew)
	wantCode(t, err, "name.case")
	_, err = p.Write("www/big.bin", make([]byte, MaxFile+1), IfNew)
	wantCode(t, err, "file.too-large")
	_, err = p.Write("../x", nil, Always)
	wantCode(t, err, "name.bad")
	_, err = p.Write("main.go/x", nil, IfNew)
	wantCode(t, err, "file.kind")
	_, err = p.Write("www", []byte("x"), Always)
	wantCode(t, err, "file.kind")
	if _, err := p.Write("www/deep/er/x.html", nil, IfNew); err != nil {
		t.Error(err)
	}
}

func TestRenameAndRemove(t *testing.T) {
	p := testProject(t)
	if err := p.Rename("www/led.html", "www/page.html"); err != nil {
		t.Fatal(err)
	}
	if err := p.Rename("www/page.html", "www/Page.html"); err != nil {
		t.Errorf("changing capital letters: %v", err)
	}
	wantCode(t, p.Rename("www/led.html", "www/x.html"), "file.missing")
	wantCode(t, p.Rename("main.go", "x.go"), "file.needed")
	p.Write("www/b.html", []byte("b"), IfNew)
	wantCode(t, p.Rename("www/b.html", "www/Page.html"), "file.exists")
	wantCode(t, p.Rename("www", "www/in"), "file.kind")
	wantCode(t, p.Remove("main.go"), "file.needed")
	wantCode(t, p.Remove("www/none"), "file.missing")
	if err := p.Remove("www/b.html"); err != nil {
		t.Fatal(err)
	}
	p.Write("www/b.html", []byte("second"), IfNew)
	if err := p.Remove("www/b.html"); err != nil {
		t.Fatal(err)
	}
	if kept := inTrash(t, p, "www/b.html"); len(kept) != 2 {
		t.Errorf("trash holds %q, want both", kept)
	}
	if err := p.Remove("www"); err != nil {
		t.Fatal(err)
	}
	if files, _ := p.List(); len(files) != 2 {
		t.Errorf("left: %v", files)
	}
}

func TestLinksLeadNowhere(t *testing.T) {
	p := testProject(t)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	os.WriteFile(secret, []byte("secret"), 0o644)
	if err := os.Symlink(secret, filepath.Join(p.Dir, "www/link.html")); err != nil {
		t.Skip("no symbolic links here")
	}
	os.Symlink(outside, filepath.Join(p.Dir, "www/out"))
	_, _, err := p.Read("www/link.html")
	wantCode(t, err, "file.outside")
	_, _, err = p.Read("www/out/secret")
	wantCode(t, err, "file.outside")
	_, err = p.Write("www/out/new", []byte("x"), IfNew)
	wantCode(t, err, "file.outside")
	_, err = p.Write("www/link.html", []byte("x"), Always)
	wantCode(t, err, "file.outside")
	os.Symlink("loop", filepath.Join(p.Dir, "www/loop"))
	_, _, err = p.Read("www/loop")
	wantCode(t, err, "file.outside")
	files, _ := p.List()
	for _, f := range files {
		if strings.Contains(f.Path, "link") || strings.Contains(f.Path, "out") {
			t.Errorf("%s is listed", f.Path)
		}
	}
	if b, _ := os.ReadFile(secret); string(b) != "secret" {
		t.Error("the file outside was changed")
	}
	if e, _ := os.ReadDir(outside); len(e) != 1 {
		t.Error("a file was made outside")
	}
	if err := p.Remove("www/out"); err != nil {
		t.Errorf("removing the link itself: %v", err)
	}
	if _, err := os.Stat(secret); err != nil {
		t.Error("removing the link removed its target")
	}
}

// A save that fails at any step leaves the old content and no temporary file, and says why.
func TestFailedSaves(t *testing.T) {
	for _, step := range []string{"create", "write", "sync", "rename"} {
		for errno, code := range map[error]string{syscall.ENOSPC: "disk.full", syscall.EROFS: "folder.read-only", syscall.EACCES: "folder.read-only", syscall.EIO: "file.failed"} {
			p := testProject(t)
			_, hash, _ := p.Read("main.go")
			p.fault = func(at string) error {
				if at == step {
					return &fs.PathError{Op: at, Path: "main.go", Err: errno}
				}
				return nil
			}
			_, err := p.Write("main.go", []byte("new"), hash)
			wantCode(t, err, code)
			if _, now, _ := p.Read("main.go"); now != hash {
				t.Errorf("%s at %s: the file changed", code, step)
			}
			if e, _ := fs.ReadDir(p.root.FS(), tmpDir); len(e) != 0 {
				t.Errorf("%s at %s: %d temporary files left", code, step, len(e))
			}
			p.fault = func(string) error { return nil }
			if _, err := p.Write("main.go", []byte("new"), hash); err != nil {
				t.Errorf("saving again after %s: %v", code, err)
			}
		}
	}
}

// Of two writers with the same hash one wins and the other is told.
func TestConcurrentWriters(t *testing.T) {
	p := testProject(t)
	for round := range 20 {
		_, hash, _ := p.Read("main.go")
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() { _, errs[i] = p.Write("main.go", fmt.Appendf(nil, "%d %d", round, i), hash) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, ErrConflict) {
				t.Fatal(err)
			}
		}
		if won != 1 {
			t.Fatalf("%d writers won", won)
		}
	}
}
