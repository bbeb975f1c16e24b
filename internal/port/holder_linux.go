package port

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// holderOf finds another process that has device open. Without root it sees the user's own processes only.
func holderOf(device string) (holder, bool) {
	h, ok := holdersIn("/proc", os.Getpid(), func(path string) bool { return path == device })[device]
	return h, ok
}

// holdersIn looks through a /proc for the open files that want accepts, except those of process self.
func holdersIn(proc string, self int, want func(path string) bool) map[string]holder {
	found := map[string]holder{}
	dirs, err := os.ReadDir(proc)
	if err != nil {
		return found
	}
	for _, d := range dirs {
		pid, err := strconv.Atoi(d.Name())
		if err != nil || pid == self {
			continue
		}
		dir := filepath.Join(proc, d.Name())
		fds, err := os.ReadDir(filepath.Join(dir, "fd"))
		if err != nil {
			continue // another user's, or gone
		}
		for _, fd := range fds {
			path, err := os.Readlink(filepath.Join(dir, "fd", fd.Name()))
			if err == nil && strings.HasPrefix(path, "/dev/") && want(path) && !farEnd(dir, path) {
				if _, ok := found[path]; !ok {
					found[path] = holder{program: programName(dir), pid: pid}
				}
			}
		}
	}
	return found
}

// farEnd tells whether the process is the other end of a pseudo-terminal: it has
// the master, and often keeps the slave open as well so that it survives its
// users. Such a process does not take the port away from anybody.
func farEnd(dir, path string) bool {
	index, ok := strings.CutPrefix(path, "/dev/pts/")
	if !ok {
		return false
	}
	infos, err := os.ReadDir(filepath.Join(dir, "fdinfo"))
	if err != nil {
		return false
	}
	for _, info := range infos {
		b, err := os.ReadFile(filepath.Join(dir, "fdinfo", info.Name()))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if v, ok := strings.CutPrefix(line, "tty-index:"); ok && strings.TrimSpace(v) == index {
				return true
			}
		}
	}
	return false
}

// programName is what a user would call the process: for a script, the script.
func programName(dir string) string {
	line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
	args := strings.Split(string(bytes.TrimRight(line, "\x00")), "\x00")
	name := filepath.Base(args[0])
	for _, interpreter := range []string{"python", "node", "ruby", "perl"} {
		if !strings.HasPrefix(name, interpreter) {
			continue
		}
		for i, a := range args[1:] {
			if a == "-m" && i+2 < len(args) {
				return args[i+2]
			}
			if a == "-c" || a == "-e" {
				break
			}
			if !strings.HasPrefix(a, "-") {
				return filepath.Base(a)
			}
		}
	}
	if name == "." || name == "" || name == "/" {
		comm, _ := os.ReadFile(filepath.Join(dir, "comm"))
		name = strings.TrimSpace(string(comm))
	}
	return name
}
