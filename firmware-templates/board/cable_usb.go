//go:build tinygo && serial.usb

package board

import "machine"

// The cable leads to the chip itself.
const serialChip = false

func openSerial() {} // it was set up before main

// listener passes on what is printed and listens. What a program prints before
// the computer has opened its port would be lost: its beginning is kept until then.
type listener struct {
	machine.Serialer
	n     int // of early; less than 0: somebody has read
	early [256]byte
}

var cable listener

func listen() {
	cable.Serialer = machine.Serial
	machine.Serial = &cable
}

// WriteByte is what println and a panic print with.
func (l *listener) WriteByte(c byte) error {
	printed(c)
	if l.n >= 0 && !l.catchUp() {
		if l.n < len(l.early) {
			l.early[l.n] = c
			l.n++
		}
		return nil
	}
	return l.Serialer.WriteByte(c)
}

// catchUp prints what is kept as soon as somebody reads, and tells whether that is so.
func (l *listener) catchUp() bool {
	if !terminal() {
		return false
	}
	for _, c := range l.early[:max(l.n, 0)] {
		l.Serialer.WriteByte(c)
	}
	l.n = -1
	return true
}

// catchUp is called several times a second.
func catchUp() {
	if cable.n > 0 {
		cable.catchUp()
	}
}
