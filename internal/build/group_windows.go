package build

import (
	"os/exec"
	"strconv"
)

// wholeGroup makes cancelling end the compilers that go has started, too.
func wholeGroup(cmd *exec.Cmd) {
	cmd.Cancel = func() error {
		if exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run() == nil {
			return nil
		}
		return cmd.Process.Kill()
	}
}
