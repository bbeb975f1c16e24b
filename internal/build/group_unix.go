//go:build unix

package build

import (
	"os/exec"
	"syscall"
)

// wholeGroup makes cancelling end the compilers that go has started, too.
func wholeGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
