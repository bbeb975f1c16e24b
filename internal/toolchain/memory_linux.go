package toolchain

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// totalMemory is how many bytes this computer has, or the container that this runs in; -1: not known.
func totalMemory() int64 {
	var s unix.Sysinfo_t
	if unix.Sysinfo(&s) != nil {
		return -1
	}
	total := int64(s.Totalram) * int64(s.Unit)
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if most, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil { // else it says "max"
			total = min(total, most)
		}
	}
	return total
}
