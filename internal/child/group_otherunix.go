//go:build unix && !linux

package child

import "syscall"

// dieWithParent: here the kernel does nothing of the kind.
func dieWithParent(*syscall.SysProcAttr) {}
