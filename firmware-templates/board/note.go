package board

import (
	"time"

	"studio/link"
)

// How the program before this one ended. A program that panics prints why and
// then stands still for ever, and one that hangs says nothing: the watchdog
// restarts both. What there is to say about it lies meanwhile in memory that a
// restart leaves as it is (see survivor), so that no flash is written while
// things go wrong. Without power it is forgotten.

const (
	patience = 8 * time.Second        // without a sign of life the watchdog restarts the board
	farewell = 500 * time.Millisecond // after a panic: time for its words to get to the computer
	lively   = 10_000                 // a program that lives so many milliseconds has started well
	tooOften = 3                      // programs that ended sooner, one after the other: the next is held
)

const noteMagic = 0x8F3A_51C6_D20B_97E5

// note is what a program leaves for the next one.
type note struct {
	magic uint64
	early uint8 // programs in a row that did not live long, up to the one before
	alive bool  // this one does live long
	asked bool  // the restart that comes was asked for
	n     uint8 // of said
	said  [120]byte

	calling callback // which of the program's functions runs
}

const (
	panicMark = "panic: "
	hung      = "did not answer for 8 s"
)

// ending says how the program before this one ended.
type ending struct {
	reset byte   // link.Reset…
	why   string // when it did not end well
	held  bool   // that was too often: the program does not run now
}

// read takes what the last program has left and begins a note of our own.
// hardware is what the chip knows about the reset.
func (n *note) read(hardware byte) (e ending) {
	e.reset = hardware
	early := uint8(0)
	if n.magic == noteMagic {
		switch {
		case n.asked:
			e.reset = link.ResetSoftware
		case hardware == link.ResetWatchdog:
			e.why = n.calling.tookTooLong()
			if n.panicked() {
				e.reset = link.ResetPanic
				e.why = string(n.said[:n.n])
			}
			if !n.alive {
				early = max(n.early, n.early+1)
			}
		}
	}
	e.held = early >= tooOften
	*n = note{magic: noteMagic, early: early}
	return e
}

// panicked reports whether said is a panic's line, or what there is of it.
func (n *note) panicked() bool {
	return int(n.n) > len(panicMark) && int(n.n) <= len(n.said) && stringOf(n.said[:len(panicMark)]) == panicMark
}

// ear listens to what is printed, for a line that begins as a panic does. A
// program may print such a line too; it is one only if nothing follows, no
// other letter and no sign of life from the server.
type ear struct {
	note  *note
	off   bool // the line is another one
	ended bool // the line is complete
}

// hear takes a byte; true: a line like a panic's has just ended.
func (e *ear) hear(c byte) bool {
	n := e.note
	if e.ended {
		e.forget()
	}
	switch {
	case c == '\n':
		e.ended = n.panicked()
		if !e.ended {
			e.forget()
		}
		return e.ended
	case e.off || c == '\r':
	case int(n.n) < len(panicMark) && c != panicMark[n.n]:
		e.off = true
		n.n = 0
	case int(n.n) < len(n.said):
		n.said[n.n] = c
		n.n++
	}
	return false
}

// forget begins a line.
func (e *ear) forget() {
	e.off, e.ended = false, false
	e.note.n = 0
}

// live is a sign of life, for the watchdog.
func (s *server) live() {
	now := s.now()
	if now < s.alive {
		return
	}
	s.alive = now + 100
	signOfLife(now >= lively)
	if s.last.why != "" && !s.told && terminal() {
		s.told = true
		println("Restarted (" + s.last.why + ")")
		if s.last.held {
			println("The program does not run, because it ended so three times right after its start. Reset starts it again.")
		}
	}
}
