package port

import (
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// terminal tells what lines a device is: one that a board can be at, or this
// computer's own. Where the system does not say, a board may be there.
func terminal(_ string, info fs.FileInfo) (tty, screen bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	drivers, err := os.ReadFile("/proc/tty/drivers")
	if !ok || err != nil {
		return true, false
	}
	return driver(string(drivers), unix.Major(s.Rdev), unix.Minor(s.Rdev))
}

// driver looks a device up in the system's table. Each of its lines has a name,
// a path, the major number, the minor numbers, and of what type the driver is.
func driver(table string, major, minor uint32) (tty, screen bool) {
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 5 || f[2] != strconv.FormatUint(uint64(major), 10) {
			continue
		}
		from, to, many := strings.Cut(f[3], "-")
		if !many {
			to = from
		}
		first, err1 := strconv.ParseUint(from, 10, 32)
		last, err2 := strconv.ParseUint(to, 10, 32)
		if err1 != nil || err2 != nil || uint64(minor) < first || uint64(minor) > last {
			continue
		}
		kind, _, _ := strings.Cut(f[4], ":")
		return true, kind == "system" || kind == "console" || f[4] == "pty:master"
	}
	return false, false
}
