//go:build unix

package sandbox

import (
	"syscall"
	"time"
)

// processTime is what this process has had of the processors.
func processTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// lowerPriority lets others go first, without starving this process, which
// leads a group. That it cannot be done is no harm.
func lowerPriority() { _ = syscall.Setpriority(syscall.PRIO_PGRP, 0, 5) }
