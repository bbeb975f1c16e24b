package virtual

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	termiosGet = unix.TIOCGETA
	termiosSet = unix.TIOCSETA
)

func setRate(t *unix.Termios) { t.Ispeed, t.Ospeed = unix.B115200, unix.B115200 }

// lineRate reads the rate that is set on a terminal; here the number is the rate.
func lineRate(f *os.File) (int, bool) {
	t, err := unix.IoctlGetTermios(int(f.Fd()), termiosGet)
	if err != nil || t.Ospeed == 0 {
		return 0, false
	}
	return int(t.Ospeed), true
}
