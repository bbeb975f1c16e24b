//go:build tinygo

package board

import "machine"

// listener passes on what is printed and listens.
type listener struct {
	machine.Serialer
	ear
}

var printed listener

// The program's own packages come after this one, so that everything that they
// do is heard, and a program that is held does not even begin.
func init() {
	printed.note = survivor()
	std.last = printed.note.read(resetReason())
	printed.Serialer = machine.Serial
	machine.Serial = &printed
	if std.last.held {
		Serve()
	}
}

// WriteByte is what println and a panic print with.
func (l *listener) WriteByte(c byte) error {
	before := l.ended
	if l.hear(c) {
		watchdog(farewell)
	} else if before && std.started {
		watchdog(patience)
	} else if before {
		watchdog(0)
	}
	return l.Serialer.WriteByte(c)
}

// signOfLife is called several times a second while the program serves. What
// it has printed is no panic then.
func signOfLife(long bool) {
	if printed.ended {
		printed.forget()
	}
	printed.note.alive = long
	watchdog(patience)
}

// restart resets the chip because somebody wants it.
func restart() {
	printed.note.asked = true
	watchdog(0)
	resetChip()
}

// bootloader restarts the chip into its bootloader.
func bootloader() {
	watchdog(0)
	enterBootloader()
}
