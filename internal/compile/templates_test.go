package compile_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"studio"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/check"
	"studioide/internal/compile"
	"studioide/internal/project"
)

// Every template becomes a project whose program builds with the real runtime, and whose files have no mistakes.
func TestTemplatesBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it builds many programs")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("Go is not installed")
	}
	virtual, ok := board.Find("virtual")
	if !ok {
		t.Fatal("no virtual board in the catalogue")
	}
	store, err := project.OpenStore(t.TempDir(), studio.Templates())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	templates, err := store.Templates()
	if err != nil || len(templates) < 3 {
		t.Fatalf("templates %v, %v", templates, err)
	}
	b := compile.New(t.TempDir())
	for _, template := range templates {
		p, err := store.Create(template.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		files, err := p.List()
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, f := range files {
			paths = append(paths, f.Path)
		}
		for _, f := range files {
			content, _, err := p.Read(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range check.FileIn(f.Path, content, paths) {
				if found.Severity == api.SeverityError {
					t.Errorf("%s: %s:%d: %s", template.ID, f.Path, found.Line, found.Text)
				}
			}
		}
		if template.Example { // test/e2e builds and runs them
			p.Close()
			continue
		}
		r, err := b.Build(context.Background(), compile.Request{Dir: p.Dir, Program: p.Meta().Title, Board: virtual,
			Pack: func(program []byte) ([]byte, error) { return program, nil }})
		p.Close()
		if err != nil {
			t.Errorf("%s: %v\n%+v", template.ID, err, r)
			continue
		}
		t.Logf("%s: %d bytes in %v", template.ID, r.Size, r.Duration)
	}
}

// The runtime that Studio carries holds no tests and nothing of the templates.
func TestRuntimeHoldsSourcesOnly(t *testing.T) {
	fs.WalkDir(studio.Runtime(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s is carried along", name)
		}
		return nil
	})
}

// BenchmarkRebuild is what a changed constant costs: Builder next to the bare command in the same workspace.
func BenchmarkRebuild(b *testing.B) {
	virtual, _ := board.Find("virtual")
	dir := filepath.Join(b.TempDir(), "led")
	if err := project.Create(studio.Templates(), "led", dir); err != nil {
		b.Fatal(err)
	}
	main := filepath.Join(dir, "main.go")
	source, err := os.ReadFile(main)
	if err != nil {
		b.Fatal(err)
	}
	builder := compile.New(b.TempDir())
	request := compile.Request{Dir: dir, Program: "LED", Board: virtual, Pack: func(p []byte) ([]byte, error) { return p, nil }}
	report, err := compile.Compare(context.Background(), builder, request, 5, func(n int) error {
		return os.WriteFile(main, append(source[:len(source):len(source)], fmt.Sprintf("\nconst benchmark = %d\n", n)...), 0o644)
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(report.Builder.Seconds()*1000, "ms/builder")
	b.ReportMetric(report.Bare.Seconds()*1000, "ms/bare")
	b.ReportMetric(report.Unchanged.Seconds()*1000, "ms/unchanged")
	b.ReportMetric(report.Ratio(), "ratio")
}

// The real runtime's own names are suggested.
func TestSuggestionsFromTheRuntime(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("Go is not installed")
	}
	virtual, _ := board.Find("virtual")
	dir := t.TempDir()
	b := compile.New(t.TempDir())
	for line, help := range map[string]string{
		"board.led.High()":  "Capital and small letters matter in Go.",
		"board.LED.on()":    "Did you mean board.LED.High?",
		"board.LED.Togle()": "Did you mean board.LED.Toggle?",
		"from.Send(msg)":    "Did you mean from.SendText?",
		"board.Brodcast(1)": "Did you mean board.Broadcast?",
		"OnText(nil)":       "Write board.OnText.",
		"from.sendtext(1)":  "Did you mean from.SendText?",
	} {
		source := "package main\n\nimport \"studio/board\"\n\nfunc main() {\n\tboard.OnText(func(from *board.Client, msg string) {\n\t\t" + line + "\n\t})\n\tboard.Serve()\n}\n"
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := b.Build(context.Background(), compile.Request{Dir: dir, Program: "x", Board: virtual, Pack: func(p []byte) ([]byte, error) { return p, nil }})
		if err == nil || len(r.Problems) == 0 || r.Problems[0].Help != help || r.Problems[0].Line != 7 || r.Problems[0].Fix == nil {
			t.Errorf("%s: %v %+v", line, err, r)
		}
	}
}
