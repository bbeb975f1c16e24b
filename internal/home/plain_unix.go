//go:build unix

package home

import "syscall"

// noWait makes the opening of a named pipe return at once.
const noWait = syscall.O_NONBLOCK
