//go:build !tinygo && unix

package crash

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
