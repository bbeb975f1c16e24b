//go:build unix && !linux

package child

import "syscall"

// dieWithParent: here the kernel does nothing of the kind.
func dieWithParent(*syscall.SysProcAttr) {}

// Limit: nothing here limits another process.
func (g *group) Limit(memory, file int64) {}

// Alone is for Windows.
func (g *group) Alone() {}
