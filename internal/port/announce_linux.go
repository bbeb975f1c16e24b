package port

import (
	"context"
	"os"

	"golang.org/x/sys/unix"
)

// Announce gives a channel that gets something whenever a device may have come,
// gone, or become usable, until ctx ends. ok is false where the system does not
// tell: then only asking helps.
func Announce(ctx context.Context) (news <-chan struct{}, ok bool) { return announceIn(ctx, "/dev") }

// announceIn watches a folder of devices: the kernel and udev make and remove
// them there, and give the right to use them. Only names and rights are asked
// for; that a device is written to, as /dev/null is all the time, wakes nobody.
// (sysfs does not announce what the kernel makes in it.)
func announceIn(ctx context.Context, dir string) (<-chan struct{}, bool) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, false
	}
	f := os.NewFile(uintptr(fd), "inotify") // in Go's poller: waiting takes no thread
	if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_CREATE|unix.IN_DELETE|unix.IN_ATTRIB|unix.IN_MOVED_TO|unix.IN_MOVED_FROM); err != nil {
		f.Close()
		return nil, false
	}
	news := make(chan struct{}, 1)
	context.AfterFunc(ctx, func() { f.Close() })
	go func() {
		buf := make([]byte, 64<<10)
		for {
			if _, err := f.Read(buf); err != nil {
				return
			}
			Tell(news)
		}
	}()
	return news, true
}
