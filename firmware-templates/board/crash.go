package board

import (
	"time"

	"studio/link"
)

// How the program before this one ended. A program that panics prints why and
// then stands still for ever, and one that hangs says nothing: the watchdog
// restarts both. What there is to say about it lies meanwhile in memory that a
// restart leaves as it is (see retainedRAM), so that no flash is written while
// things go wrong. Without power it is forgotten.

const (
	watchdogTimeout = 8 * time.Second        // without a sign of life the watchdog restarts the board
	panicFlushDelay = 500 * time.Millisecond // after a panic: time for its words to get to the computer
	healthyAfter    = 10_000                 // a program that lives so many milliseconds has started well
	crashLoopLimit  = 3                      // programs that ended sooner, one after the other: the next is held
)

const crashMagic = 0x8F3A_51C6_D20B_97E5

// crashRecord is what a program leaves for the next one.
type crashRecord struct {
	magic     uint64
	earlyEnds uint8 // programs in a row that ended early, up to the one before
	healthy   bool  // this one has run for healthyAfter
	requested bool  // the restart that comes was asked for
	length    uint8 // of text
	text      [120]byte

	calling callback // which of the program's functions runs
}

const (
	panicMark = "panic: "
	hung      = "did not answer for 8 s"
)

// lastEnd says how the program before this one ended.
type lastEnd struct {
	reset byte   // link.Reset…
	why   string // when it did not end well
	held  bool   // that was too often: the program does not run now
}

// read takes what the last program has left and begins a record of our own.
// hardware is what the chip knows about the reset.
func (n *crashRecord) read(hardware byte) (e lastEnd) {
	e.reset = hardware
	early := uint8(0)
	if n.magic == crashMagic {
		switch {
		case n.requested:
			e.reset = link.ResetSoftware
		case hardware == link.ResetWatchdog:
			e.why = n.calling.tookTooLong()
			if n.panicked() {
				e.reset = link.ResetPanic
				e.why = string(n.text[:n.length])
			}
			if !n.healthy {
				early = max(n.earlyEnds, n.earlyEnds+1)
			}
		}
	}
	e.held = early >= crashLoopLimit
	*n = crashRecord{magic: crashMagic, earlyEnds: early}
	return e
}

// panicked reports whether text is a panic's line, or what there is of it.
func (n *crashRecord) panicked() bool {
	return int(n.length) > len(panicMark) && int(n.length) <= len(n.text) && stringOf(n.text[:len(panicMark)]) == panicMark
}

// panicScanner reads what is printed, for a line that begins as a panic does. A
// program may print such a line too; it is one only if nothing follows, no
// other letter and no sign of life from the server.
type panicScanner struct {
	record   *crashRecord
	skipLine bool // this line is none
	complete bool // the line is complete
}

// scan takes a byte; true: a line like a panic's has just ended.
func (e *panicScanner) scan(c byte) bool {
	n := e.record
	if e.complete {
		e.reset()
	}
	switch {
	case c == '\n':
		e.complete = n.panicked()
		if !e.complete {
			e.reset()
		}
		return e.complete
	case e.skipLine || c == '\r':
	case int(n.length) < len(panicMark) && c != panicMark[n.length]:
		e.skipLine = true
		n.length = 0
	case int(n.length) < len(n.text):
		n.text[n.length] = c
		n.length++
	}
	return false
}

// reset begins a line.
func (e *panicScanner) reset() {
	e.skipLine, e.complete = false, false
	e.record.length = 0
}

// reportAliveLocked feeds the watchdog, and prints once how the program before ended. The caller holds mu.
func (s *server) reportAliveLocked() {
	now := s.now()
	if now < s.feedAt {
		return
	}
	s.feedAt = now + 100
	feedWatchdog(now >= healthyAfter)
	if s.lastEnd.why != "" && !s.lastEndPrinted && terminalOpen() {
		s.lastEndPrinted = true
		println("Restarted (" + s.lastEnd.why + ")")
		if s.lastEnd.held {
			println("The program does not run, because it ended so three times right after its start. Reset starts it again.")
		}
	}
}
