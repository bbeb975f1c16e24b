package workbench

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/api"
	"studioide/internal/library"
	"studioide/internal/project"
)

func libraryProject(t *testing.T, files map[string]string) (*Workbench, *project.Project) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := project.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	for name, text := range files {
		if _, err := p.Write(name, []byte(text), project.Always); err != nil {
			t.Fatal(err)
		}
	}
	return &Workbench{project: p}, p
}

func text(t *testing.T, p *project.Project, name string) string {
	t.Helper()
	content, _, err := p.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A fetched file lies in www/, and everything that loaded it from the internet loads it from there.
func TestLibraryIsPutIntoPlace(t *testing.T) {
	const address = "https://cdn.example.com/chart.js"
	w, p := libraryProject(t, map[string]string{
		"main.go":            "package main\n",
		"www/index.html":     "<!DOCTYPE html>\n<script integrity=\"sha384-x\" src='" + address + "' crossorigin></script>\n<a href=\"" + address + "\">where from</a>\n",
		"www/sub/page.html":  "<script src=" + address + "></script><script>\n// " + address + "\nvar s = '" + address + "';\n</script>",
		"www/sub/module.js":  "import Chart from '" + address + "';\n",
		"www/chart.js":       "something else",
		"www/untouched.html": "<script src=\"https://cdn.example.com/other.js\"></script>",
		"www/style/a.css":    "p { color: red }",
	})
	w.pageProblem("www/index.html", api.Diagnostic{Path: "www/index.html", Code: "page.internet", Text: "x", Library: address})
	said, err := w.putLibrary(context.Background(), p, address, []library.File{{Name: "chart.js", Content: []byte("var Chart")}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"www/chart-2.js":     "var Chart",
		"www/chart.js":       "something else",
		"www/index.html":     "<!DOCTYPE html>\n<script integrity=\"sha384-x\" src='chart-2.js' crossorigin></script>\n<a href=\"" + address + "\">where from</a>\n",
		"www/sub/page.html":  "<script src=../chart-2.js></script><script>\n// " + address + "\nvar s = '" + address + "';\n</script>",
		"www/sub/module.js":  "import Chart from '../chart-2.js';\n",
		"www/untouched.html": "<script src=\"https://cdn.example.com/other.js\"></script>",
	} {
		if got := text(t, p, name); got != want {
			t.Errorf("%s\ngot  %q\nwant %q", name, got, want)
		}
	}
	if list := w.findings.about(w.state()); len(list) != 0 {
		t.Errorf("still accused: %+v", list)
	}
	if !strings.Contains(said, "chart-2.js") || !strings.Contains(said, "9 B") {
		t.Error(said)
	}
}

// A style sheet that was changed no longer fits its integrity attribute, wherever that stands.
func TestLibraryThatWasChanged(t *testing.T) {
	const address = "https://cdn.example.com/look.css"
	for before, want := range map[string]string{
		"<link integrity=\"sha384-x\" rel=stylesheet href=\"" + address + "\">": "<link integrity=\"\" rel=stylesheet href=\"look.css\">",
		"<link rel=stylesheet href=\"" + address + "\" integrity='sha384-x'>":   "<link rel=stylesheet href=\"look.css\" integrity=''>",
	} {
		if got := useLibrary("www/index.html", []byte(before), address, "look.css", true); string(got) != want {
			t.Errorf("%s\n%s", before, got)
		}
	}
	if useLibrary("www/index.html", []byte("<p>"), address, "look.css", true) != nil {
		t.Error("nothing to change")
	}
}

// Only what stands in a file of the project is fetched.
func TestLibraryHasToBeWanted(t *testing.T) {
	w, p := libraryProject(t, map[string]string{"www/index.html": "<script src=https://cdn.example.com/a.js></script><script>fetch('https://api.example.com/x')</script>"})
	if got, err := wantedLibrary(p, "www/index.html", "https://cdn.example.com/a.js"); err != nil || got.Kind != "script" {
		t.Error(got, err)
	}
	for _, address := range []string{"https://cdn.example.com/b.js", "https://api.example.com/x", "http://127.0.0.1/", ""} {
		if _, err := wantedLibrary(p, "www/index.html", address); err == nil {
			t.Errorf("%s is fetched", address)
		}
	}
	// A page that is opened says what it needs; once that has failed, it is said once.
	w.pageLoaded("www/index.html")
	list := w.findings.about(w.state())
	if len(list) != 2 || list[0].Library != "https://cdn.example.com/a.js" || list[0].Severity != api.SeverityWarning {
		t.Errorf("%+v", list)
	}
	w.pageProblem("www/index.html", api.Diagnostic{Path: "www/index.html", Line: 1, Code: "page.internet", Text: "a.js could not be loaded.", Library: "https://cdn.example.com/a.js", Severity: api.SeverityError})
	if list := w.findings.about(w.state()); len(list) != 2 || list[1].Severity != api.SeverityError {
		t.Errorf("%+v", list)
	}
}
