//go:build unix

package virtual

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
)

// group is the program's process group, whose number is its process id.
type group struct{}

var starter struct {
	once sync.Once
	work chan func()
}

// start starts the process from one thread that lives as long as Studio: Linux
// tells a child of the death of the thread that started it.
func (p *process) start() error {
	starter.once.Do(func() {
		starter.work = make(chan func())
		go func() {
			runtime.LockOSThread()
			for f := range starter.work {
				f()
			}
		}()
	})
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(p.cmd.SysProcAttr)
	done := make(chan error)
	starter.work <- func() { done <- p.cmd.Start() }
	return <-done
}

// kill ends the program and what it has started.
func (p *process) kill() {
	if p.cmd.Process != nil {
		syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	}
}

func fileBusy(err error) bool { return errors.Is(err, syscall.ETXTBSY) }

// privateDir is a folder for program files that only this user can write.
func privateDir() (string, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("studio-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(st.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return os.MkdirTemp("", "studio-") // somebody else was there first
	}
	return dir, nil
}
