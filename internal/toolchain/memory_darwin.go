package toolchain

import "golang.org/x/sys/unix"

// totalMemory is how many bytes this computer has; -1: not known.
func totalMemory() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return -1
	}
	return int64(n)
}
