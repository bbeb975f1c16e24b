//go:build unix

package check

import (
	"syscall"
	"time"
)

// cpu is the processor time that this process has used: what a busy machine does not change.
func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
