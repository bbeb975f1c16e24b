//go:build unix

package child

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// family is a child that has a child, and waits for ever. Both say their numbers.
const family = `sleep 1000 & echo $$ $!; wait`

// TestMain is also the program that is killed: it has a family in a group.
func TestMain(m *testing.M) {
	if os.Getenv("CHILD_TEST_PARENT") == "" {
		os.Exit(m.Run())
	}
	ended := exec.Command("/bin/sh", "-c", "exit 0")
	if err := Run(ended); err != nil {
		fmt.Println(err)
	}
	cmd := exec.Command("/bin/sh", "-c", family)
	cmd.Stdout = os.Stdout
	if _, err := Start(cmd); err != nil {
		fmt.Println(err)
	}
	cmd.Wait()
}

func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // what nobody has waited for is dead as well
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

func wantGone(t *testing.T, line string) {
	t.Helper()
	for _, word := range strings.Fields(line) {
		pid, err := strconv.Atoi(word)
		if err != nil {
			t.Fatalf("the child says %q", line)
		}
		for deadline := time.Now().Add(time.Minute); alive(pid); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				syscall.Kill(pid, syscall.SIGKILL)
				t.Errorf("process %d of %s is still there", pid, strings.TrimSpace(line))
				break
			}
		}
	}
	if len(strings.Fields(line)) != 2 {
		t.Errorf("the child says %q", line)
	}
}

func TestFamilyEndsWithItsParent(t *testing.T) {
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "CHILD_TEST_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	parent.Process.Kill() // without a word
	parent.Wait()
	wantGone(t, line)
}

func TestFamilyEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", family)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd.Stdout = w
	ended := make(chan error, 1)
	go func() { ended <- Run(cmd) }()
	line, err := bufio.NewReader(r).ReadString('\n')
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err == nil {
		t.Error("a child that was killed ended well")
	}
	wantGone(t, line)
}

// Somebody may kill the shell that watches: the next child has a new one, which knows the older ones too.
func TestWatcherIsReplaced(t *testing.T) {
	sleep := func() *Group {
		g, err := Start(exec.Command("/bin/sleep", "1000"))
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	first := sleep()
	defer first.Kill()
	reaper.mu.Lock()
	old := reaper.pipe
	old.Close() // the same for us as its end
	reaper.mu.Unlock()
	second := sleep()
	defer second.Kill()
	reaper.mu.Lock()
	defer reaper.mu.Unlock()
	if reaper.pipe == nil || reaper.pipe == old || !reaper.all[second.pid] {
		t.Error("nobody watches the second child")
	}
}

func TestOutput(t *testing.T) {
	out, err := Output(exec.Command("/bin/sh", "-c", "echo hello; exit 3"))
	var exit *exec.ExitError
	if string(out) != "hello\n" || !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := Output(exec.Command("/nowhere/tinygo")); err == nil {
		t.Error("what does not exist was started")
	}
}
