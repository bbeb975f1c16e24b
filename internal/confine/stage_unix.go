//go:build unix && !linux

package confine

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const possible = true

func executable() (string, error) { return os.Executable() }

// Look: these systems have no walls that a program could put up around itself
// without rights and without C. sandbox-exec of macOS is deprecated, and its
// profiles are not documented.
func Look() Support { return Support{} }

func execute(l order, path string, args []string) error {
	for what, n := range map[int]int64{unix.RLIMIT_DATA: l.Memory, unix.RLIMIT_FSIZE: l.FileSize, unix.RLIMIT_NOFILE: int64(l.Files)} {
		if n > 0 {
			unix.Setrlimit(what, &unix.Rlimit{Cur: uint64(n), Max: uint64(n)})
		}
	}
	unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	return syscall.Exec(path, args, l.environment)
}
