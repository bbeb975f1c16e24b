package project

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"studioide/internal/problem"
)

// A project may lie elsewhere, with a link to it among the projects.
func TestLinkedProject(t *testing.T) {
	s := testStore(t)
	elsewhere := t.TempDir()
	real := filepath.Join(elsewhere, "Real")
	secret := filepath.Join(elsewhere, "secret.txt")
	for name, text := range map[string]string{
		filepath.Join(real, "main.go"): "package main\n\nfunc main() {}\n", filepath.Join(real, "www", "led.html"): "page", secret: "secret",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, at string) {
		t.Helper()
		if err := os.Symlink(to, at); err != nil {
			t.Skip("this user may not make links: " + err.Error()) // Windows without developer mode
		}
	}
	link(real, filepath.Join(s.Dir, "Lamp"))
	link(secret, filepath.Join(real, "www", "out.txt"))
	link(elsewhere, filepath.Join(real, "www", "all"))
	link(elsewhere, filepath.Join(s.Dir, "NoProject"))
	link(secret, filepath.Join(s.Dir, "AFile"))
	link(filepath.Join(elsewhere, "unplugged"), filepath.Join(s.Dir, "Stick"))
	link("Loop", filepath.Join(s.Dir, "Loop"))

	list, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, p := range list {
		got += p.Name
		if p.Gone {
			got += " gone"
		}
		got += ","
	}
	if got != "Lamp,Loop gone,Stick gone," {
		t.Errorf("listed: %s", got)
	}
	for _, name := range []string{"Stick", "Loop"} {
		var told *problem.Problem
		if _, err := s.Open(name); !errors.As(err, &told) || told.Code != "project.link" || !strings.Contains(told.Text, name+" is a link to ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Open("AFile"); err == nil {
		t.Error("a file was opened as a project")
	}

	p, err := s.Open("Lamp")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	files, err := p.List()
	if err != nil || p.Name != "Lamp" {
		t.Fatal(p.Name, err)
	}
	names := ""
	for _, f := range files {
		names += f.Path + ","
	}
	if names != "main.go,www/led.html," {
		t.Errorf("files: %s", names)
	}
	for _, name := range []string{"www/out.txt", "www/all/secret.txt"} {
		if content, _, err := p.Read(name); err == nil {
			t.Errorf("%s leads out: %q", name, content)
		}
		if _, err := p.Write(name, []byte("x"), Always); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if _, err := p.Write("www/new.html", []byte("new"), IfNew); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(real, "www", "new.html")); err != nil || string(b) != "new" {
		t.Errorf("%q %v", b, err)
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "secret" {
		t.Errorf("outside: %q %v", b, err)
	}

	// What other programs do there is seen.
	seen := make(chan []Change, 10)
	stop, err := p.Watch(func(c []Change) { seen <- c })
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(real, "www", "led.html"), []byte("changed"), 0o644)
	select {
	case c := <-seen:
		if len(c) != 1 || c[0].Path != "www/led.html" {
			t.Errorf("%v", c)
		}
	case <-time.After(time.Minute):
		t.Error("a change was not seen")
	}
	stop()

	// Removing it removes the link.
	p.Close()
	if _, err := s.Remove("Lamp"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(real, "main.go")); err != nil {
		t.Error(err)
	}
}
