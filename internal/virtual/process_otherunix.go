//go:build unix && !linux

package virtual

import "syscall"

// dieWithParent: here the program ends because its control channel closes.
func dieWithParent(*syscall.SysProcAttr) {}
