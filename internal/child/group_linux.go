package child

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// dieWithParent has the kernel kill the child when this process ends.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }

// Limit bounds the data, in bytes, of each process that the child starts from
// now on and of the child itself, and the files that they write.
func (g *group) Limit(memory, file int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pid == 0 {
		return
	}
	for what, n := range map[int]int64{unix.RLIMIT_DATA: memory, unix.RLIMIT_FSIZE: file} {
		if n > 0 {
			unix.Prlimit(g.pid, what, &unix.Rlimit{Cur: uint64(n), Max: uint64(n)}, nil)
		}
	}
}

// Alone is for Windows; see package confine.
func (g *group) Alone() {}
