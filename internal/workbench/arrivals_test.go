package workbench

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"studioide/internal/api"
	"studioide/internal/home"
	"studioide/internal/project"
)

// What comes from elsewhere is open afterwards, and nobody vouches for it; a copy of what is the user's own is his.
func TestWhatArrivesIsAStranger(t *testing.T) {
	b := open(t)
	first := must(b.Project())
	if _, err := b.WriteFile("page", first.Name, "www/a.html", []byte("a"), ""); err != nil {
		t.Fatal(err)
	}
	var zip bytes.Buffer
	if err := b.ExportProject(first.Name, &zip); err != nil {
		t.Fatal(err)
	}
	link, err := b.LinkProject(first.Name)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, "main.go"), []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	bundle := func(b *project.Bundle, err error) *project.Bundle {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, way := range []struct {
		what    string
		arrive  func() (api.Project, error)
		trusted bool
		page    string // what is in www/a.html
	}{
		{"a zip", func() (api.Project, error) {
			return b.ImportProject(bundle(project.ReadZip("x.zip", zip.Bytes())), "Zipped")
		}, false, "a"},
		{"a link", func() (api.Project, error) { return b.ImportProject(bundle(project.ReadLink(link)), "Linked") }, false, "a"},
		{"a folder's copy", func() (api.Project, error) { return b.CopyFolder(elsewhere) }, false, ""},
		{"a folder in its place", func() (api.Project, error) { return b.OpenFolder(elsewhere) }, false, ""},
		{"a copy of one's own", func() (api.Project, error) { return b.DuplicateProject(first.Name, "Again") }, true, "a"},
	} {
		made, err := way.arrive()
		if err != nil {
			t.Errorf("%s: %v", way.what, err)
			continue
		}
		p := must(b.Project())
		if content, _, _ := p.Read("www/a.html"); p.Name != made.Name || string(content) != way.page {
			t.Errorf("%s: %q is open, with %q", way.what, p.Name, content)
		}
		if s := b.Snapshot(); s.Project.Trust.Trusted != way.trusted {
			t.Errorf("%s: trust %+v", way.what, s.Project.Trust)
		}
	}
	_, err = b.OpenFolder(filepath.Join(elsewhere, "nowhere"))
	wantProblem(t, "a folder that is not there", err, "folder.missing")
	_, err = b.DuplicateProject("nowhere", "")
	wantProblem(t, "a copy of nothing", err, "project.missing")
	if list := must(b.TrustedProjects()); len(list) != 2 {
		t.Errorf("%+v", list)
	}
	if err := b.TrustProject(first.Name, false); err != nil {
		t.Fatal(err)
	}
	if list := must(b.TrustedProjects()); len(list) != 1 || list[0].How != string(home.Made) {
		t.Errorf("%+v", list)
	}
}

// Replacing is an entry of the history, leaves alone what has changed since, and can be taken back.
func TestReplaceInFiles(t *testing.T) {
	b := open(t)
	p := must(b.Project())
	for name, text := range map[string]string{"www/a.txt": "one two one\n", "www/b.txt": "one\n", "www/c.txt": "none? two\n"} {
		if _, err := b.WriteFile("page", "", name, []byte(text), ""); err != nil {
			t.Fatal(err)
		}
	}
	one := api.Query{Text: "one", With: "1", Word: true, Case: true}
	paths := []string{"www/a.txt", "www/b.txt", "www/c.txt", "www/gone.txt"}
	found, err := b.Search(t.Context(), api.SearchFiles{Query: one, Paths: paths, Most: 100, Drafts: []api.Draft{{Path: "www/c.txt", Text: "one in a draft"}}})
	if err != nil || len(found.Files) != 3 || len(found.Files[0].Places) != 2 || found.More || found.Files[2].Hash != "" {
		t.Fatalf("%+v %v", found, err)
	}
	if few := must(b.Search(t.Context(), api.SearchFiles{Query: one, Paths: paths, Most: 1})); !few.More || len(few.Files) != 1 {
		t.Errorf("%+v", few)
	}
	if _, err := b.WriteFile("other", "", "www/b.txt", []byte("one more\n"), found.Files[1].Hash); err != nil {
		t.Fatal(err)
	}
	before := len(must(p.Snapshots()))
	done, err := b.Replace(t.Context(), api.ReplaceFiles{Query: one, Keep: true, Files: []api.ReplaceFile{
		{Path: "www/a.txt", Hash: found.Files[0].Hash}, {Path: "www/b.txt", Hash: found.Files[1].Hash}}})
	if err != nil || len(done.Files) != 2 || done.Files[0].Places != 2 {
		t.Fatalf("%+v %v", done, err)
	}
	wantProblem(t, "a file that has changed since", done.Files[1].Problem, "file.conflict")
	for name, want := range map[string]string{"www/a.txt": "1 two 1\n", "www/b.txt": "one more\n"} {
		if content, _, _ := p.Read(name); string(content) != want {
			t.Errorf("%s: %q", name, content)
		}
	}
	kept := must(p.Snapshots())
	if len(kept) != before+1 {
		t.Fatalf("%d entries of the history, %d before", len(kept), before)
	}
	if err := b.RestoreSnapshot("", kept[0].ID, "www/a.txt"); err != nil {
		t.Fatal(err)
	}
	if content, _, _ := p.Read("www/a.txt"); string(content) != "one two one\n" {
		t.Errorf("%q", content)
	}
	if _, err := b.ReplaceFile("", "www/a.txt", []byte("of the board")); err != nil {
		t.Fatal(err)
	}
	if content, _, _ := p.Read("www/a.txt"); string(content) != "of the board" {
		t.Errorf("%q", content)
	}
	_, err = b.Search(t.Context(), api.SearchFiles{Query: api.Query{Text: "(", Regexp: true}, Paths: paths, Most: 1})
	if err == nil {
		t.Error("an expression that is none")
	}
}

// What was removed comes back, until the trash is emptied.
func TestTrash(t *testing.T) {
	b := open(t)
	p := must(b.Project())
	if _, err := b.WriteFile("page", "", "www/a.txt", []byte("a"), ""); err != nil {
		t.Fatal(err)
	}
	if err := b.RemoveFile("page", "", "www/a.txt"); err != nil {
		t.Fatal(err)
	}
	gone := p.Trash()
	if len(gone) != 1 {
		t.Fatalf("%+v", gone)
	}
	wantProblem(t, "for another project", b.RestoreTrashedFile("other", gone[0].ID, gone[0].Path), "project.other")
	if err := b.RestoreTrashedFile("", gone[0].ID, gone[0].Path); err != nil {
		t.Fatal(err)
	}
	if content, _, _ := p.Read("www/a.txt"); string(content) != "a" {
		t.Errorf("%q", content)
	}
	if err := b.RemoveProject(p.Name); err != nil {
		t.Fatal(err)
	}
	removed := b.TrashedProjects()
	if len(removed) != 1 {
		t.Fatalf("%+v", removed)
	}
	if err := b.RestoreProject(removed[0].ID); err != nil {
		t.Fatal(err)
	}
	if content, _, _ := must(b.Project()).Read("www/a.txt"); string(content) != "a" {
		t.Errorf("%q", content)
	}
	if err := b.RemoveFile("page", "", "www/a.txt"); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, "of another project", b.ClearTrash("other"), "project.other")
	if err := b.ClearTrash(must(b.Project()).Name); err != nil {
		t.Fatal(err)
	}
	if left := must(b.Project()).Trash(); len(left) != 0 {
		t.Errorf("%+v", left)
	}
}
