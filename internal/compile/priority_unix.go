//go:build unix

package compile

import (
	"os"
	"runtime"
	"syscall"
)

// lowerPriority lets a group of processes run when no other wants to. That it cannot be done is no harm.
func lowerPriority(group int) { _ = syscall.Setpriority(syscall.PRIO_PGRP, group, 19) }

// peakMemory is the most memory, in bytes, that a process or one that it has waited for had at a time; 0: not known.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // getrusage(2): bytes there, kilobytes elsewhere
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}
