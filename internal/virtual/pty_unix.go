//go:build linux || darwin

package virtual

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"studioide/internal/port"
)

// PTY makes a pseudo terminal that is the board's serial port for other
// programs, until ctx ends, and returns its name ("/dev/pts/7"). It holds the
// port: Open is refused as busy meanwhile. See pty.go for the way into the bootloader.
func (b *Board) PTY(ctx context.Context) (name string, err error) {
	p, err := b.Open()
	if err != nil {
		return "", err
	}
	master, slave, err := pty.Open()
	if err == nil {
		err = raw(slave)
	}
	if err == nil {
		master, err = pollable(master)
	}
	if err != nil {
		p.Close()
		for _, f := range []*os.File{master, slave} {
			if f != nil {
				f.Close()
			}
		}
		return "", errNoTerminal.Because(err)
	}
	t := &terminal{b: b, port: p, master: master, slave: slave, rate: defaultRate}
	done := make(chan struct{}, 3)
	go func() { t.fromTool(); done <- struct{}{} }()
	go func() { t.toTool(); done <- struct{}{} }()
	ended := make(chan struct{})
	go func() { t.watchRate(ended); done <- struct{}{} }()
	go func() {
		select {
		case <-ctx.Done():
			done <- struct{}{} // keep the count right
		case <-done:
		}
		close(ended)
		p.Close()
		master.Close()
		for range 2 {
			<-done
		}
		slave.Close() // held open, so that a tool's close is no hangup
	}()
	return slave.Name(), nil
}

// pollable gives a file whose Close ends a waiting Read.
func pollable(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// terminal carries bytes between a pty and the board's port.
type terminal struct {
	b             *Board
	port          port.Port
	master, slave *os.File
	rate          int
	scan          syncScanner
}

func (t *terminal) fromTool() {
	buf := make([]byte, 16<<10)
	for {
		n, err := t.master.Read(buf)
		if err != nil {
			return
		}
		t.follow()
		p := buf[:n]
		if at := t.scan.find(p); at >= 0 && t.b.State() != StateBootloader {
			t.boot(true)
			p = p[at:] // the rest of this SYNC means nothing to the chip
		}
		if _, err := t.port.Write(p); errors.Is(err, port.ErrGone) {
			return
		}
	}
}

func (t *terminal) toTool() {
	buf := make([]byte, 16<<10)
	for {
		n, err := t.port.Read(buf)
		if err != nil {
			return
		}
		if _, err := t.master.Write(buf[:n]); err != nil {
			return
		}
	}
}

// boot resets the chip, into its bootloader or into its program.
func (t *terminal) boot(download bool) {
	t.port.SetLines(false, true)
	t.port.SetLines(download, false)
	if download { // what GPIO9 is when EN has risen counts
		for begin := time.Now(); t.b.State() != StateBootloader && time.Since(begin) < time.Second; {
			time.Sleep(time.Millisecond)
		}
	}
	t.port.SetLines(false, false)
}

// follow gives the rate that a tool has set to the port.
func (t *terminal) follow() {
	rate, ok := lineRate(t.slave)
	if !ok {
		return
	}
	t.b.mu.Lock()
	same := rate == t.rate
	t.rate = rate
	t.b.mu.Unlock()
	if same {
		return
	}
	switch rate {
	case touchRate:
		t.boot(true)
	case runRate:
		t.boot(false)
	default:
		t.port.SetBaud(rate)
	}
}

// watchRate looks for a rate that a tool sets without sending anything. A
// pty's master is not told of it, so there is no way but to look.
func (t *terminal) watchRate(ended <-chan struct{}) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
			t.follow()
		}
	}
}

// raw turns off what terminals do to bytes, and sets 115200.
func raw(f *os.File) error {
	t, err := unix.IoctlGetTermios(int(f.Fd()), termiosGet)
	if err != nil {
		return err
	}
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cflag &^= unix.CSIZE | unix.PARENB
	t.Cflag |= unix.CS8
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	setRate(t)
	return unix.IoctlSetTermios(int(f.Fd()), termiosSet, t)
}
