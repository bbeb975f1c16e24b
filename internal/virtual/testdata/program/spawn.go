package main

import (
	"os"
	"os/exec"
)

func spawn() int {
	c := exec.Command("sleep", "1000")
	c.Env = []string{"PATH=/usr/bin:/bin"}
	c.Stdout = os.Stdout
	if c.Start() != nil {
		return 0
	}
	return c.Process.Pid
}
