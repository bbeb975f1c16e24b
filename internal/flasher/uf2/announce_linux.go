package uf2

import (
	"context"
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"studioide/internal/port"
)

// Announce gives a channel that gets something whenever a drive is mounted or
// unmounted, until ctx ends. ok is false where the system does not tell.
func Announce(ctx context.Context) (news <-chan struct{}, ok bool) {
	table, err := os.Open("/proc/self/mounts")
	if err != nil {
		return nil, false
	}
	r, w, err := os.Pipe()
	if err != nil {
		table.Close()
		return nil, false
	}
	told := make(chan struct{}, 1)
	context.AfterFunc(ctx, func() { w.Close() })
	// Fd makes both blocking, which poll does not mind. It has to be asked here: the
	// files belong to the goroutine from now on.
	fds := []unix.PollFd{{Fd: int32(table.Fd()), Events: unix.POLLPRI}, {Fd: int32(r.Fd()), Events: unix.POLLIN}}
	go func() {
		defer table.Close()
		defer r.Close()
		for {
			_, err := unix.Poll(fds, -1)
			if errors.Is(err, syscall.EINTR) {
				continue
			}
			if err != nil || fds[1].Revents != 0 {
				return
			}
			port.Tell(told)
		}
	}()
	return told, true
}
