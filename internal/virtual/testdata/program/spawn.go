package main

import (
	"os"
	"os/exec"
)

func spawn() int {
	c := exec.Command("/bin/sleep", "1000")
	c.Stdout = os.Stdout
	if c.Start() != nil {
		return 0
	}
	return c.Process.Pid
}
