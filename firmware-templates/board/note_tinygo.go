//go:build tinygo

package board

// heard is what this program has printed so far; where that can be known.
var heard ear

// The program's own packages come after this one, so that everything that they
// do is heard, and a program that is held does not even begin.
func init() {
	heard.note = survivor()
	std.last = heard.note.read(resetReason())
	listen()
	if std.last.held {
		Serve()
	}
}

// printed is called with every byte that println or a panic prints.
func printed(c byte) {
	before := heard.ended
	if heard.hear(c) {
		watchdog(farewell)
	} else if before && std.started {
		watchdog(patience)
	} else if before {
		watchdog(0)
	}
}

// signOfLife is called several times a second while the program serves. What
// it has printed is no panic then.
func signOfLife(long bool) {
	if heard.ended {
		heard.forget()
	}
	heard.note.alive = long
	watchdog(patience)
	catchUp()
}

// noteCall notes which callback runs, in case it never returns.
func noteCall(c callback) { heard.note.calling = c }

// restart resets the chip because somebody wants it.
func restart() {
	heard.note.asked = true
	watchdog(0)
	resetChip()
}

// bootloader restarts the chip into its bootloader.
func bootloader() {
	watchdog(0)
	enterBootloader()
}
