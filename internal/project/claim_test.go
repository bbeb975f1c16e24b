package project

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"studioide/internal/problem"
)

// One store at a time works on a folder; the other is told who does.
func TestClaim(t *testing.T) {
	dir := t.TempDir()
	open := func() *Store {
		t.Helper()
		s, err := OpenStore(dir, os.DirFS("testdata"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	first, second := open(), open()
	host, _ := os.Hostname()
	if err := first.Claim(Owner{PID: 4711, Host: host, Address: "http://127.0.0.1:8080"}); err != nil {
		t.Fatal(err)
	}
	err := second.Claim(Owner{PID: 1, Host: host})
	p := problem.Of(err)
	if err == nil || p.Code != "project.folder-in-use" || !strings.Contains(p.Text, "process 4711") || !strings.Contains(p.Text, "127.0.0.1:8080") || strings.Contains(p.Text, "computer") {
		t.Fatalf("the second is told %v", err)
	}
	if list, err := first.List(); err != nil || len(list) != 0 {
		t.Errorf("the lock is listed as a project: %v %v", list, err)
	}
	first.Close()
	if err := second.Claim(Owner{PID: 1, Host: "elsewhere"}); err != nil {
		t.Fatalf("after the first has gone: %v", err)
	}
	if p := problem.Of(open().Claim(Owner{PID: 2, Host: host})); p == nil || !strings.Contains(p.Text, `on the computer "elsewhere"`) {
		t.Errorf("of another computer's Studio is told %v", p)
	}
	second.Close()
	// What a killed one has left says nothing; what somebody has put there does no harm.
	for _, name := range []string{"lock", "owner.json"} {
		path := filepath.Join(dir, ".studio", name)
		os.Remove(path)
		if err := os.Symlink(filepath.Join(dir, "other"), path); err != nil {
			t.Skip("no links here:", err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "other"), []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	third := open()
	if err := third.Claim(Owner{PID: 3, Host: host}); err != nil && !errors.Is(err, ErrNoClaim) {
		t.Error("with links in the way:", err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "other")); err != nil || string(b) != "theirs" {
		t.Errorf("what a link led to is now %q, %v", b, err)
	}
}
