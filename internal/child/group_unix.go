//go:build unix

package child

import (
	"io"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
)

// group is a process group; its number is the child's process id.
type group struct {
	mu  sync.Mutex
	pid int // 0: not started, or forgotten
}

var startThread = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// start starts cmd from one thread that lives as long as this process: Linux
// tells a child of the death of the thread that started it.
func (g *group) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	g.mu.Lock() // a cancel waits until there is something to kill
	defer g.mu.Unlock()
	done := make(chan error)
	startThread() <- func() { done <- cmd.Start() }
	if err := <-done; err != nil {
		return err
	}
	g.pid = cmd.Process.Pid
	reaper.send("+", g.pid)
	return nil
}

// Kill ends the child and all that it has started. It may be called more than once, before Release.
func (g *group) Kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pid > 0 {
		syscall.Kill(-g.pid, syscall.SIGKILL)
	}
}

// Release forgets the group, whose number may soon be another's.
func (g *group) Release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pid > 0 {
		reaper.send("-", g.pid)
		g.pid = 0
	}
}

// reaperScript kills the groups that are left when nobody writes to it any more.
const reaperScript = `all=
while read what pid; do
  case $what in
  +) all="$all $pid" ;;
  -) left=; for p in $all; do [ "$p" = "$pid" ] || left="$left $p"; done; all=$left ;;
  esac
done
for p in $all; do kill -KILL "-$p"; done 2>/dev/null`

// reaper is the shell that outlives this process by a moment. There is one for all groups.
var reaper shellReaper

type shellReaper struct {
	mu   sync.Mutex
	pipe io.WriteCloser // nil: it does not run
	all  map[int]bool   // for a new one, if somebody has killed the old one
}

func (w *shellReaper) send(what string, pid int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[int]bool{}
	}
	if what == "+" {
		w.all[pid] = true
	} else {
		delete(w.all, pid)
	}
	if w.pipe != nil {
		if _, err := io.WriteString(w.pipe, what+" "+strconv.Itoa(pid)+"\n"); err == nil {
			return
		}
		w.pipe.Close()
		w.pipe = nil
	}
	if len(w.all) > 0 {
		w.startLocked()
	}
}

// startLocked starts the shell. Without one (there is no /bin/sh) only what the system does itself is done.
func (w *shellReaper) startLocked() {
	cmd := exec.Command("/bin/sh", "-c", reaperScript)
	cmd.Env = []string{}
	cmd.Dir = "/"                                         // nobody's folder is kept from being removed
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl+C in a terminal is not for it
	in, err := cmd.StdinPipe()
	if err != nil {
		return
	}
	if err := cmd.Start(); err != nil {
		in.Close()
		return
	}
	go cmd.Wait()
	w.pipe = in
	for pid := range w.all {
		io.WriteString(in, "+ "+strconv.Itoa(pid)+"\n")
	}
}
