package main

import (
	"archive/zip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/home"
	"studioide/internal/problem"
	"studioide/internal/project"
)

// A project goes out as a zip and as a link, and comes back from both and from its folder; none of what comes is trusted.
func TestExportAndImportCommands(t *testing.T) {
	t.Setenv("STUDIO_HOME", t.TempDir())
	dir := t.TempDir()
	led := filepath.Join(dir, "led")
	for _, args := range [][]string{{"new", "led", led}, {"export", led, "-o", filepath.Join(dir, "led.zip")}, {"export", led, "--link"}} {
		if code := run(context.Background(), args); code != 0 {
			t.Fatalf("%q: %d", args, code)
		}
	}
	p, err := project.OpenDir(led)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	link, err := p.Link()
	if err != nil {
		t.Fatal(err)
	}
	h, err := home.Open()
	if err != nil {
		t.Fatal(err)
	}
	for to, from := range map[string]string{"of-zip": filepath.Join(dir, "led.zip"), "of-link": linkBase + link, "of-folder": led} {
		made := filepath.Join(dir, to)
		if code := run(context.Background(), []string{"import", from, made}); code != 0 {
			t.Fatalf("%s: %d", to, code)
		}
		q, err := project.OpenDir(made)
		if err != nil {
			t.Fatal(err)
		}
		if _, trusted := h.Trust().Of(q); trusted || len(q.State().Files) != len(p.State().Files) {
			t.Errorf("%s: trusted %v, %d files", to, trusted, len(q.State().Files))
		}
		q.Close()
	}
	if code := run(context.Background(), []string{"import", filepath.Join(dir, "led.zip")}); code != 0 {
		t.Error("into the folder of projects:", code)
	}
	if made, _ := filepath.Glob(filepath.Join(h.Projects, "*", "main.go")); len(made) != 1 {
		t.Errorf("%q", made)
	}
	evil := filepath.Join(dir, "evil.zip")
	f, _ := os.Create(evil)
	z := zip.NewWriter(f)
	for _, name := range []string{"main.go", "../../escaped"} {
		w, _ := z.Create(name)
		w.Write([]byte("x"))
	}
	z.Close()
	f.Close()
	for _, args := range [][]string{{"import", evil, filepath.Join(dir, "evil")}, {"import", filepath.Join(dir, "none.zip")}, {"import", led, led}} {
		if code := run(context.Background(), args); code == 0 {
			t.Errorf("%q was done", args)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*escaped*")); len(left) != 0 {
		t.Error("it has written outside")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Errorf("left over: %s", strings.Join(left, ", "))
	}
}

// What cannot be read is told as that, whatever it is called; what is too large is told as that.
func TestImportOfWhatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.zip")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, project.MaxZip+1); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		filepath.Join(dir, "more than one.zip"): "files.unreadable",
		large:                                   "import.too-large",
	} {
		_, err := readBundle(from)
		if got := problem.Of(err); err == nil || got.Code != want {
			t.Errorf("%s: %v, want %s", filepath.Base(from), err, want)
		}
	}
}
