package port

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// holderOf asks lsof, which is part of macOS.
func holderOf(device string) (holder, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	// A program may have opened either of a port's two names.
	both := []string{device, strings.Replace(device, "/dev/cu.", "/dev/tty.", 1)}
	out, _ := exec.CommandContext(ctx, "/usr/sbin/lsof", append([]string{"-F", "pc", "--"}, both...)...).Output()
	var h holder
	for _, line := range strings.Split(string(out), "\n") {
		switch {
		case strings.HasPrefix(line, "p"):
			h.pid, _ = strconv.Atoi(line[1:])
		case strings.HasPrefix(line, "c") && h.pid != os.Getpid():
			h.program = line[1:]
			return h, true
		}
	}
	return holder{}, false
}
