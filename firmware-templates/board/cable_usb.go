//go:build tinygo && serial.usb

package board

import "machine"

// The cable leads to the chip itself.
const serialChip = false

func openSerial() {} // it was set up before main

// listener passes on what is printed and listens.
type listener struct{ machine.Serialer }

func listen() {
	machine.Serial = &listener{machine.Serial}
	ownSerial()
}

// What a program prints before the computer has opened its port would be lost:
// its beginning is kept until then.
var (
	early     [256]byte
	earlySize int
	listened  bool // somebody has read
)

// WriteByte is what println and a panic print with.
func (l *listener) WriteByte(c byte) error {
	printed(c)
	catchUp()
	if listened {
		return l.Serialer.WriteByte(c)
	}
	if earlySize < len(early) {
		early[earlySize] = c
		earlySize++
	}
	return nil
}

// catchUp prints what is kept as soon as somebody reads. It is called several
// times a second.
func catchUp() {
	if listened || !terminal() {
		return
	}
	listened = true
	sendSerial(early[:earlySize])
}
