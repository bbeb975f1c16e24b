package virtual

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	termiosGet = unix.TCGETS
	termiosSet = unix.TCSETS
)

func setRate(t *unix.Termios) {
	t.Cflag = t.Cflag&^unix.CBAUD | unix.B115200
	t.Ispeed, t.Ospeed = unix.B115200, unix.B115200
}

// lineRate reads the rate that is set on a terminal; TCGETS2 knows rates without a name too.
func lineRate(f *os.File) (int, bool) {
	t, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS2)
	if err != nil || t.Ospeed == 0 {
		return 0, false
	}
	return int(t.Ospeed), true
}
