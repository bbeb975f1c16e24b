//go:build linux

package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/test/built"
)

// isAlive tells whether a process is there and not only waits to be buried.
func isAlive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// wantGone waits for the end of processes that may not outlive their Studio.
func wantGone(t *testing.T, what string, pids ...string) {
	t.Helper()
	if len(pids) == 0 {
		t.Fatalf("%s: nothing was started", what)
	}
	for _, word := range pids {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); isAlive(pid); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				syscall.Kill(pid, syscall.SIGKILL)
				t.Fatalf("%s: process %d goes on without its Studio", what, pid)
			}
		}
	}
}

// A Studio that is killed takes its compilers with it, and what they have
// started: as a command and as a server, by a signal that it hears and by one that it does not.
func TestKilledStudioTakesItsCompilersAlong(t *testing.T) {
	bin := madeUp(t, "0.41.1", "")
	onlyGo(t, bin, "/usr/bin", "/bin")
	if err := os.WriteFile(filepath.Join(bin, "slow"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	busy := filepath.Join(bin, "busy")
	compilers := func() []string {
		for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if b, err := os.ReadFile(busy); err == nil {
				os.Remove(busy)
				return strings.Fields(string(b))
			}
		}
		t.Fatal("no compiler was started")
		return nil
	}
	dir := filepath.Join(t.TempDir(), "p")
	home := newHome(t)
	if out, errs, code := cli(t, home, "new", "led", dir); code != 0 {
		t.Fatal(out, errs)
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
		cmd := exec.Command(binary, "build", dir, "--board", "pico", "-o", filepath.Join(t.TempDir(), "x.uf2"))
		cmd.Env = append(os.Environ(), "STUDIO_HOME="+home)
		var said built.Log
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		pids := compilers()
		cmd.Process.Signal(signal)
		cmd.Wait()
		wantGone(t, "studio build, "+signal.String(), pids...)
	}
}

// The virtual board's program, and what it has started, ends with a Studio that is killed.
func TestKilledStudioTakesItsBoardAlong(t *testing.T) {
	s := start(t, newHome(t))
	s.run()
	s.until("a program", func(n api.Snapshot) bool { return n.Board.State == api.BoardRunning })
	children, _ := filepath.Glob("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/task/*/children")
	var pids []string
	for _, name := range children {
		b, _ := os.ReadFile(name)
		pids = append(pids, strings.Fields(string(b))...)
	}
	s.ok(http.MethodGet, "/api/state", nil)
	s.cmd.Process.Kill()
	wantGone(t, "the virtual board", pids...)
}
