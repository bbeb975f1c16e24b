package port

import "testing"

const drivers = `/dev/tty             /dev/tty        5       0 system:/dev/tty
/dev/console         /dev/console    5       1 system:console
/dev/ptmx            /dev/ptmx       5       2 system
usbserial            /dev/ttyUSB   188 0-511 serial
rfcomm               /dev/rfcomm   216 0-255 serial
serial               /dev/ttyS       4      64 serial
pty_slave            /dev/pts      136 0-1048575 pty:slave
pty_master           /dev/ptm      128 0-1048575 pty:master
unknown              /dev/tty        4 1-63 console
`

func TestDriverTellsLinesApart(t *testing.T) {
	for _, c := range []struct {
		what         string
		major, minor uint32
		tty, screen  bool
	}{
		{"a USB serial chip", 188, 3, true, false},
		{"Bluetooth", 216, 0, true, false},
		{"the computer's UART", 4, 64, true, false},
		{"a pseudo-terminal", 136, 7, true, false},
		{"the terminal of this process", 5, 0, true, true},
		{"the console", 5, 1, true, true},
		{"what makes pseudo-terminals", 5, 2, true, true},
		{"the far end of one", 128, 7, true, true},
		{"the screen", 4, 1, true, true},
		{"the last screen", 4, 63, true, true},
		{"no driver", 4, 65, false, false},
		{"/dev/null", 1, 3, false, false},
	} {
		if tty, screen := driver(drivers, c.major, c.minor); tty != c.tty || screen != c.screen {
			t.Errorf("%s: %v, %v", c.what, tty, screen)
		}
	}
}
