//go:build unix

package compile

import "syscall"

// lowerPriority lets a group of processes run when no other wants to. That it cannot be done is no harm.
func lowerPriority(group int) { _ = syscall.Setpriority(syscall.PRIO_PGRP, group, 19) }
