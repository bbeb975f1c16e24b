package board

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"studioide/internal/devfs"
	"studioide/test/foreign"
)

// Clients that others wrote talk to the board's server: npm's ws in Node, and
// Chromium. Both run the cases of clients/cases.mjs.

// node returns the interpreter, with the packages of clients/package-lock.json.
func node(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("node")
	if err != nil {
		t.Skip("SKIPPED: node is not installed, so no foreign client talks to the board")
	}
	mark := filepath.Join("clients", "node_modules", ".package-lock.json")
	have, err := os.Stat(mark)
	want, err2 := os.Stat(filepath.Join("clients", "package-lock.json"))
	if err2 != nil {
		t.Fatal(err2)
	}
	if err != nil || have.ModTime().Before(want.ModTime()) {
		install := exec.Command("npm", "ci", "--no-audit", "--no-fund")
		install.Dir = "clients"
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	return name
}

// talk gives the script the address of a board that has these files; it says
// what it has found, and ends well or not. board gives one for each try.
func talk(t *testing.T, board func() *program, tool foreign.Tool, script string, files []devfs.Local, env ...string) {
	t.Helper()
	name := node(t)
	out, err := foreign.Run(t, tool, func() *exec.Cmd {
		p := board()
		if _, err := devfs.Push(context.Background(), p.files, files, devfs.Options{}); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), name, script, p.address)
		cmd.Dir = "clients"
		cmd.Env = append(os.Environ(), env...)
		return cmd
	})
	t.Logf("%s", bytes.TrimSpace(out))
	if err != nil {
		t.Errorf("%s: %v", script, err)
	}
}

func TestNpmWS(t *testing.T) {
	talk(t, func() *program { return start(t, "routes", false) }, foreign.NpmWS, "ws.mjs", nil)
}

func TestChromium(t *testing.T) {
	path := foreign.Browser()
	if path == "" {
		t.Skip("SKIPPED: there is no Chromium, so no browser talks to the board directly")
	}
	files := []devfs.Local{{Path: "/www/big.bin", Content: bytes.Repeat([]byte("0123456789"), 20_000)}}
	for from, to := range map[string]string{"page.html": "index.html", "cases.mjs": "cases.mjs"} {
		content, err := os.ReadFile(filepath.Join("clients", from))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, devfs.Local{Path: "/www/" + to, Content: content})
	}
	talk(t, func() *program { return start(t, "routes", false) }, foreign.Chromium, "chromium.mjs", files, "CHROMIUM="+path)
}
