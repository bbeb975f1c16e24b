package home

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"studio"

	"studioide/internal/compile"
	"studioide/internal/problem"
	"studioide/internal/project"
)

func trustHome(t *testing.T) Home {
	t.Helper()
	t.Setenv("STUDIO_HOME", t.TempDir())
	h, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func newProject(t *testing.T, dir string) {
	t.Helper()
	if err := project.Create(studio.Templates(), "led", dir); err != nil {
		t.Fatal(err)
	}
}

// with opens the project in dir for a moment.
func with[T any](t *testing.T, dir string, do func(*project.Project) T) T {
	t.Helper()
	p, err := project.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	return do(p)
}

func trusts(t *testing.T, h Home, dir string) bool {
	t.Helper()
	return with(t, dir, func(p *project.Project) bool { _, ok := h.Trust().Of(p); return ok })
}

func trust(t *testing.T, h Home, dir string, how How) Trusted {
	t.Helper()
	return with(t, dir, func(p *project.Project) Trusted {
		r, err := h.Trust().Add(p, how)
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
}

func copyAll(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func TestTrustIsOfOneFolder(t *testing.T) {
	h := trustHome(t)
	at := func(name string) string { return filepath.Join(h.Projects, name) }
	newProject(t, at("mine"))
	if trusts(t, h, at("mine")) {
		t.Error("trusted before anybody said so")
	}
	r := trust(t, h, at("mine"), Made)
	if !trusts(t, h, at("mine")) {
		t.Error("not trusted")
	}

	copyAll(t, at("mine"), at("copy")) // with all of .studio
	if trusts(t, h, at("copy")) {
		t.Error("a copy is trusted")
	}
	if err := os.WriteFile(filepath.Join(at("mine"), "main.go"), []byte("package main\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !trusts(t, h, at("mine")) {
		t.Error("other files, and no longer trusted")
	}

	if err := os.Rename(at("mine"), at("moved")); err != nil {
		t.Fatal(err)
	}
	if !trusts(t, h, at("moved")) {
		t.Error("not trusted after it was moved")
	}
	if list, err := h.Trust().List(); err != nil || len(list) != 1 || filepath.Base(list[0].Path) != "moved" || list[0].ID != r.ID {
		t.Errorf("%+v, %v", list, err)
	}
	if err := os.Rename(at("copy"), at("mine")); err != nil {
		t.Fatal(err)
	}
	if trusts(t, h, at("mine")) {
		t.Error("another folder in the old place is trusted")
	}

	// Another one in the place of a trusted one, with its mark: on many file systems it gets the same number.
	if err := os.RemoveAll(at("moved")); err != nil {
		t.Fatal(err)
	}
	copyAll(t, at("mine"), at("moved"))
	if trusts(t, h, at("moved")) {
		t.Error("a folder that replaces a trusted one is trusted")
	}

	// Without version control's ignored files it is the same folder.
	trust(t, h, at("mine"), Asked)
	if err := os.RemoveAll(filepath.Join(at("mine"), ".studio")); err != nil {
		t.Fatal(err)
	}
	if !trusts(t, h, at("mine")) {
		t.Error("not trusted without .studio")
	}
}

func TestTrustIsOfOneHome(t *testing.T) {
	h := trustHome(t)
	dir := filepath.Join(h.Projects, "mine")
	newProject(t, dir)
	trust(t, h, dir, Made)
	if other := trustHome(t); trusts(t, other, dir) {
		t.Error("another home trusts it")
	}
	if !trusts(t, h, dir) {
		t.Error("its home does not")
	}
}

func TestTrustIsTakenBack(t *testing.T) {
	h := trustHome(t)
	dir := filepath.Join(h.Projects, "mine")
	newProject(t, dir)
	r := trust(t, h, dir, Asked)
	if again := trust(t, h, dir, Asked); again.ID != r.ID {
		t.Error("said again, it is another record")
	}
	if once, ok := h.Trust().MayStart(r.ID); once || !ok {
		t.Error("its programs may not start")
	}
	if gone, err := h.Trust().Remove(dir); err != nil || gone.ID != r.ID {
		t.Errorf("%+v, %v", gone, err)
	}
	if _, ok := h.Trust().MayStart(r.ID); ok || trusts(t, h, dir) {
		t.Error("it is still trusted")
	}
	if _, err := h.Trust().Remove(dir); problem.Of(err).Code != "trust.not-trusted" {
		t.Error(err)
	}
	if _, ok := h.Trust().MayStart(""); ok {
		t.Error("a program of no project may start")
	}
}

func TestTrustForOneStart(t *testing.T) {
	h := trustHome(t)
	dir := filepath.Join(h.Projects, "theirs")
	newProject(t, dir)
	r := trust(t, h, dir, Once)
	if trusts(t, h, dir) {
		t.Error("once is for good")
	}
	if list, _ := h.Trust().List(); len(list) != 0 {
		t.Errorf("listed: %+v", list)
	}
	if once, ok := h.Trust().MayStart(r.ID); !once || !ok {
		t.Error("it may not start once")
	}
	if _, ok := h.Trust().MayStart(r.ID); ok {
		t.Error("it may start twice")
	}
	for range maxOnce + 5 {
		trust(t, h, dir, Once)
	}
	if f, err := h.Trust().load(); err != nil || len(f.Projects) != maxOnce {
		t.Errorf("%d are kept, %v", len(f.Projects), err)
	}
}

func TestTrustSurvivesDamage(t *testing.T) {
	h := trustHome(t)
	file := filepath.Join(h.Config, "trust.json")
	dir := filepath.Join(h.Projects, "mine")
	newProject(t, dir)
	for _, content := range []string{"", "{", "[]", `{"projects":[{"id":"../x","path":"/"}]}`, `{"projects":[{"id":"0123456789abcdef","path":"relative"}]}`, strings.Repeat("x", 5000)} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if trusts(t, h, dir) {
			t.Errorf("%.40q trusts", content)
		}
		trust(t, h, dir, Asked)
		if !trusts(t, h, dir) {
			t.Errorf("%.40q cannot be got over", content)
		}
		if b, err := os.ReadFile(file + ".damaged"); err != nil || string(b) != content {
			t.Errorf("%.40q is not kept: %.40q, %v", content, b, err)
		}
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// What an earlier version has built and run here is trusted; what lies there as well is not.
func TestTrustOfEarlierVersions(t *testing.T) {
	h := trustHome(t)
	ran, other, pico := filepath.Join(h.Projects, "ran"), filepath.Join(h.Projects, "other"), filepath.Join(h.Projects, "pico")
	for _, dir := range []string{ran, other, pico} {
		newProject(t, dir)
	}
	for _, name := range []string{compile.WorkspaceName(ran), compile.WorkspaceName(pico) + "-pico"} {
		if err := os.MkdirAll(filepath.Join(h.Cache, "build", name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if !trusts(t, h, ran) || trusts(t, h, other) || trusts(t, h, pico) {
		t.Error("trusted are not those that ran here")
	}
	if list, _ := h.Trust().List(); len(list) != 1 || list[0].How != Kept {
		t.Errorf("%+v", list)
	}
	// It is not what is built from now on that counts, nor what comes into the place.
	if err := os.MkdirAll(filepath.Join(h.Cache, "build", compile.WorkspaceName(other)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(ran, ran+"-away"); err != nil {
		t.Fatal(err)
	}
	newProject(t, ran)
	if trusts(t, h, other) || trusts(t, h, ran) || !trusts(t, h, ran+"-away") {
		t.Error("trust has moved")
	}
}
