//go:build unix

package sandbox

import "syscall"

// lowerPriority lets others go first, without starving this process, which
// leads a group. That it cannot be done is no harm.
func lowerPriority() { _ = syscall.Setpriority(syscall.PRIO_PGRP, 0, 5) }
