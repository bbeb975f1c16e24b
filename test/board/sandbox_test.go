package board

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"studioide/internal/devfs"
	"studioide/internal/devfs/devfstest"
	"studioide/internal/sandbox"
	"studioide/test/foreign"
)

// A program in the sandbox is to its board, its files and its clients what it is natively. The sandbox takes seconds to
// prepare a program, so one is started for all of these.
func TestSandboxed(t *testing.T) {
	if testing.Short() {
		t.Skip("short: it compiles for seconds")
	}
	file := filepath.Join(built, "routes.wasm")
	build := exec.Command("go", "build", "-ldflags", "-s -w "+names, "-o", file, "studioide/test/board/routes")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	command := sandbox.Command()
	p := run(t, exec.Command(command[0], append(command[1:], file, built)...))
	t.Run("files", func(t *testing.T) {
		devfstest.Run(t, func(t *testing.T) devfs.FS {
			if err := p.files.Format(t.Context()); err != nil {
				t.Fatal(err)
			}
			return p.files
		})
		if err := p.files.Format(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("routes", func(t *testing.T) { ownRoutes(t, p) })
	t.Run("sockets", func(t *testing.T) { ownSockets(t, p) })
	t.Run("RFC 6455", func(t *testing.T) { everyCase(t, p) })
	t.Run("plain clients", func(t *testing.T) { plainClients(t, p) })
	t.Run("npm ws", func(t *testing.T) {
		talk(t, func() *program { return p }, foreign.NpmWS, "ws.mjs", nil)
	})
}
