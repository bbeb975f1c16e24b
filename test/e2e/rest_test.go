//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// ticks are the hundredths of seconds of processor time that a process has had.
func ticks(t *testing.T, pid int) (n int) {
	t.Helper()
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	f := strings.Fields(string(stat)[strings.LastIndexByte(string(stat), ')')+1:]) // from the third field on
	for _, v := range f[11:13] {
		k, _ := strconv.Atoi(v)
		n += k
	}
	return n
}

// sleeps are how often threads of a process went to sleep by themselves.
func sleeps(pid int) (n int) {
	tasks, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/status")
	for _, name := range tasks {
		b, _ := os.ReadFile(name)
		for line := range strings.Lines(string(b)) {
			if v, ok := strings.CutPrefix(line, "voluntary_ctxt_switches:"); ok {
				k, _ := strconv.Atoi(strings.TrimSpace(v))
				n += k
			}
		}
	}
	return n
}

// At rest Studio rests, also after a flash. What is counted is its own processor
// time and its own sleep, not the clock's: a busy computer can only make them
// less. The bounds are far above what rest costs (make bench says how much that
// is) and far below what anything that turns round does.
func TestRestAfterAFlash(t *testing.T) {
	s := start(t, newHome(t))
	s.run()
	s.run()
	s.conn.Close() // no page
	time.Sleep(2 * time.Second)
	pid := s.cmd.Process.Pid
	cpu, slept := ticks(t, pid), sleeps(pid)
	const seconds = 5
	time.Sleep(seconds * time.Second)
	if used := ticks(t, pid) - cpu; used > 10*seconds {
		t.Errorf("%d hundredths of a second of processor time in %d s in which nothing happened", used, seconds)
	}
	if woken := sleeps(pid) - slept; woken > 200*seconds {
		t.Errorf("woken %d times in %d s in which nothing happened", woken, seconds)
	}
}
