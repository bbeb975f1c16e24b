//go:build tinygo && serial.usb

package board

import "machine"

// The cable leads to the chip itself.
const serialChip = false

func openSerial() {} // it was set up before main

// printTap passes on what is printed and listens.
type printTap struct{ machine.Serialer }

func tapPrint() {
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
	scanPrinted(c)
	flushEarlyText()
	if terminalSeen {
		return l.Serialer.WriteByte(c)
	}
	if earlySize < len(earlyText) {
		earlyText[earlySize] = c
		earlySize++
	}
	return nil
}

// flushEarlyText prints what is kept as soon as somebody reads. It is called several
// times a second.
func flushEarlyText() {
	if terminalSeen || !terminalOpen() {
		return
	}
	terminalSeen = true
	sendSerial(earlyText[:earlySize])
}
