package virtual

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"studioide/internal/problem"
)

// A program with which its Studio ended right after its start is not started by itself at the next power-on.
func TestProgramThatEndedStudioIsHeld(t *testing.T) {
	dir := t.TempDir()
	b, _ := running(t, Config{Dir: dir})
	note, err := os.ReadFile(filepath.Join(dir, suspectFile))
	if err != nil {
		t.Fatalf("no program is under suspicion: %v", err)
	}
	b.Close()
	if _, err := os.Stat(filepath.Join(dir, suspectFile)); err == nil {
		t.Error("an end in order leaves the suspicion")
	}

	os.WriteFile(filepath.Join(dir, suspectFile), note, 0o600) // as after kill -9
	b = start(t, Config{Dir: dir})
	if s := settled(t, b); s != StateEmpty {
		t.Errorf("at power-on the board is %s", s)
	}
	h := connect(t, b)
	h.lines(true, true) // as operating systems do when a port is opened
	h.lines(false, false)
	if s := settled(t, b); s != StateEmpty {
		t.Errorf("the board is %s", s)
	}
	h.reset() // whoever resets it wants it started
	h.expect("hello ")
	b.Close()

	os.WriteFile(filepath.Join(dir, suspectFile), []byte(strings.Repeat("0", 64)), 0o600) // it was another program
	b = start(t, Config{Dir: dir})
	if s := settled(t, b); s != StateRunning {
		t.Errorf("another program is %s", s)
	}
	b.Close()
}

// A program that has lived on before may have been there by chance: it is held at its third sudden end in a row.
func TestProgramThatLivedOnHasChances(t *testing.T) {
	dir := t.TempDir()
	b, _ := running(t, Config{Dir: dir})
	sum := noted(filepath.Join(dir, suspectFile))
	for tries := 0; noted(filepath.Join(dir, goodFile)) != sum || noted(filepath.Join(dir, suspectFile)) != ""; tries++ {
		if tries == 6000 {
			t.Fatal("it never lives on")
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.Close()
	note := sum // as the start notes it that ends with the process
	for n, want := range []State{StateRunning, StateRunning, StateEmpty} {
		os.WriteFile(filepath.Join(dir, suspectFile), []byte(note), 0o600)
		b := start(t, Config{Dir: dir})
		if s := settled(t, b); s != want {
			t.Fatalf("after %d sudden ends the board is %s, not %s", n+1, s, want)
		}
		if want == StateRunning {
			note = noted(filepath.Join(dir, suspectFile))
		}
		b.Close()
	}
}

// settled is the board's state when it has done with its start.
func settled(t *testing.T, b *Board) State {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); b.State() == StateReset; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the board does not start")
		}
	}
	return b.State()
}

// A program whose project is not trusted any more is ended, and not started again.
func TestRecheck(t *testing.T) {
	var no atomic.Bool
	may := func(string) *problem.Problem {
		if no.Load() {
			return &problem.Problem{Code: "virtual.not-trusted", Text: "It is not trusted.", Help: "Press Run."}
		}
		return nil
	}
	b, h := running(t, Config{MayRunNative: may})
	b.Recheck()
	if got := h.line("echo still here", "still"); got != "here" || b.State() != StateRunning {
		t.Errorf("%q, %s", got, b.State())
	}
	no.Store(true)
	b.Recheck()
	h.expect("It is not trusted. Press Run.")
	if s := settled(t, b); s != StateEmpty {
		t.Errorf("the board is %s", s)
	}
}
