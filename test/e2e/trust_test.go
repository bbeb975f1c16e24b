package e2e

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"studioide/internal/api"
)

const saysSystem = `package main

import (
	"runtime"

	"studio/board"
)

func main() {
	println("compiled for", runtime.GOOS)
	board.Serve()
}
`

// --trust lets what is built by it start once outside of the sandbox, and leaves no trust behind. Sending pages starts
// nothing, so push has no such flag: what it finds in flash follows the same rule.
func TestTrustOnce(t *testing.T) {
	home, dir := newHome(t), filepath.Join(t.TempDir(), "gift")
	if err := os.MkdirAll(filepath.Join(dir, "www"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"main.go": saysSystem, "www/index.html": "<h1>gift</h1>"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	studio := func(wanted int, args ...string) string {
		t.Helper()
		out, errs, code := cli(t, home, args...)
		if code != wanted {
			t.Fatalf("studio %v = %d\n%s%s", args, code, out, errs)
		}
		return out + errs
	}
	untrusted := func(after string) {
		t.Helper()
		if out := studio(0, "trust", "--list", "--json"); strings.Contains(out, "gift") {
			t.Errorf("after %s the project is trusted: %s", after, out)
		}
	}
	// refused wants the program in flash not to be started, whoever switches the board on.
	refused := func(after string) {
		t.Helper()
		if out := studio(0, "monitor", "--port", "virtual:", "--for", "500ms"); strings.Contains(out, "compiled for") || !strings.Contains(out, "not trusted now") {
			t.Errorf("after %s: %s", after, out)
		}
	}

	// Through a running Studio, whose console tells how it runs.
	s := start(t, home)
	s.until("a board", func(n api.Snapshot) bool { return n.Board.State == api.BoardEmpty })
	studio(0, "flash", dir, "--trust", "--port", "virtual:")
	s.until("the program outside of the sandbox", func(n api.Snapshot) bool { return strings.Contains(n.Console, "compiled for "+runtime.GOOS) })
	if out := studio(0, "push", dir, "--port", "virtual:"); !strings.Contains(out, "index.html") {
		t.Errorf("push says %s", out)
	}
	untrusted("flash --trust")
	s.stop()
	refused("flash --trust and its one start")
	if out := studio(1, "push", dir, "--port", "virtual:"); strings.Contains(out, "sent ") {
		t.Errorf("push to a board whose program is not started says %s", out)
	}

	// build --trust is for one start of that image.
	image := filepath.Join(t.TempDir(), "gift.bin")
	if out := studio(0, "build", dir, "--trust", "--board", "virtual", "-o", image); strings.Contains(out, "sandbox") {
		t.Errorf("build --trust says %s", out)
	}
	untrusted("build --trust")
	studio(0, "flash", image, "--port", "virtual:")
	refused("the one start of what build --trust made")

	// Without it the same project is built for the sandbox, and says so.
	if out := studio(0, "flash", dir, "--port", "virtual:"); !strings.Contains(out, "not trusted on this computer") {
		t.Errorf("flash says %s", out)
	}
	if out := studio(0, "push", dir, "--port", "virtual:"); strings.Contains(out, "error") {
		t.Errorf("push to a sandboxed program says %s", out)
	}
	if out := studio(0, "monitor", "--port", "virtual:", "--for", "3s"); !strings.Contains(out, "compiled for wasip1") {
		t.Errorf("in the sandbox: %s", out)
	}
}
