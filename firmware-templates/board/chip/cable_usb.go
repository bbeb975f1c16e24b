//go:build tinygo && serial.usb

package chip

import "machine"

// The cable leads to the chip itself.
const serialChip = false

// OpenSerial does nothing: the line was set up before main.
func OpenSerial() {}

// printTap passes on what is printed and listens.
type printTap struct{ machine.Serialer }

// listen hears what is printed; see TapPrint.
var listen func(c byte)

// TapPrint has f called with every byte that println or a panic prints.
func TapPrint(f func(c byte)) {
	listen = f
	machine.Serial = &printTap{machine.Serial}
	ownSerial()
}

// What a program prints before the computer has opened its port would be lost:
// its beginning is kept until then.
var (
	earlyText    [256]byte
	earlySize    int
	terminalSeen bool // somebody has read
)

// WriteByte is what println and a panic print with.
func (l *printTap) WriteByte(c byte) error {
	listen(c)
	FlushEarlyText()
	if terminalSeen {
		return l.Serialer.WriteByte(c)
	}
	if earlySize < len(earlyText) {
		earlyText[earlySize] = c
		earlySize++
	}
	return nil
}

// FlushEarlyText prints what is kept as soon as somebody reads. It is called several
// times a second.
func FlushEarlyText() {
	if terminalSeen || !TerminalOpen() {
		return
	}
	terminalSeen = true
	SendSerial(earlyText[:earlySize])
}
