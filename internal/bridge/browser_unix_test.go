//go:build unix

package bridge

import (
	"os/exec"
	"syscall"
)

// ownGroup lets endGroup end a browser with all its helpers.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func endGroup(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
