//go:build unix && !linux

package port

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// terminal tells by a device's name what lines it is: one that a board can be at, or this computer's own.
func terminal(path string, _ fs.FileInfo) (tty, screen bool) {
	switch name := filepath.Base(path); {
	case path == "/dev/tty", path == "/dev/console", path == "/dev/ptmx":
		return true, true
	case strings.HasPrefix(name, "cu"), strings.HasPrefix(name, "tty"), filepath.Dir(path) == "/dev/pts":
		return true, false
	}
	return false, false
}
