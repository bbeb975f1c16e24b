//go:build unix

package host

import (
	"syscall"
	"time"
)

// ProcessTime is what this process has had of the processors.
func ProcessTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
