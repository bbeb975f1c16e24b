// Package crash knows how the program before this one ended, and sees to it
// that one that hangs or panics ends.
//
// A program that panics prints why and then stands still for ever, and one that
// hangs says nothing: the watchdog restarts both. What there is to say about it
// lies meanwhile in memory that a restart leaves as it is (chip.RetainedRAM), so
// that no flash is written while things go wrong. Without power it is forgotten.
//
// Begin comes first. Everything else is called by one goroutine, the one that
// serves, with the loop's lock held.
package crash

import (
	"time"
	"unsafe"

	"studio/board/chars"
	"studio/board/chip"
	"studio/link"
)

const (
	watchdogTimeout = 8 * time.Second        // without a sign of life the watchdog restarts the board
	panicFlushDelay = 500 * time.Millisecond // after a panic: time for its words to get to the computer
	healthyAfter    = 10_000                 // a program that lives so many milliseconds has started well
	crashLoopLimit  = 3                      // programs that ended sooner, one after the other: the next is held
)

// Callback is one of the program's functions that the server calls, by its
// place in the list of names that Begin gets; 0: none.
type Callback uint8

// End says how the program before this one ended.
type End struct {
	Reset byte   // link.Reset…
	Why   string // when it did not end well
	Held  bool   // that was too often: the program does not run now
}

var (
	last      End
	callbacks []string // what the program sets its functions with; the first one is none
	printed   bool     // how the last program ended
	feedAt    int64    // when the watchdog is to be told again that all is well
)

// Last says how the program before this one ended.
func Last() End { return last }

// AliveLocked tells the watchdog that the server gets on, and prints once how
// the program before ended. now is in milliseconds since the start.
func AliveLocked(now int64) {
	if now < feedAt {
		return
	}
	feedAt = now + 100
	feedWatchdog(now >= healthyAfter)
	if last.Why != "" && !printed && chip.TerminalOpen() {
		printed = true
		println("Restarted (" + last.Why + ")")
		if last.Held {
			println("The program does not run, because it ended so three times right after its start. Reset starts it again.")
		}
	}
}

const recordMagic = 0x8F3A_51C6_D20B_97E5

// record is what a program leaves for the next one.
type record struct {
	magic     uint64
	earlyEnds uint8 // programs in a row that ended early, up to the one before
	healthy   bool  // this one has run for healthyAfter
	requested bool  // the restart that comes was asked for
	length    uint8 // of text
	text      [120]byte

	calling Callback // which of the program's functions runs
}

const _ = chip.RetainedSize - unsafe.Sizeof(record{}) // it fits, or this is no constant

const (
	panicMark = "panic: "
	hung      = "did not answer for 8 s"
)

// read takes what the last program has left and begins a record of our own.
// hardware is what the chip knows about the reset.
func (n *record) read(hardware byte) (e End) {
	e.Reset = hardware
	early := uint8(0)
	if n.magic == recordMagic {
		switch {
		case n.requested:
			e.Reset = link.ResetSoftware
		case hardware == link.ResetWatchdog:
			e.Why = n.calling.tookTooLong()
			if n.panicked() {
				e.Reset = link.ResetPanic
				e.Why = string(n.text[:n.length])
			}
			if !n.healthy {
				early = max(n.earlyEnds, n.earlyEnds+1)
			}
		}
	}
	e.Held = early >= crashLoopLimit
	*n = record{magic: recordMagic, earlyEnds: early}
	return e
}

// tookTooLong says why the watchdog has restarted the board.
func (c Callback) tookTooLong() string {
	if c == 0 || int(c) >= len(callbacks) {
		return hung
	}
	return "the callback of " + callbacks[c] + " took longer than 8 s"
}

// panicked reports whether text is a panic's line, or what there is of it.
func (n *record) panicked() bool {
	return int(n.length) > len(panicMark) && int(n.length) <= len(n.text) && chars.String(n.text[:len(panicMark)]) == panicMark
}

// panicScanner reads what is printed, for a line that begins as a panic does. A
// program may print such a line too; it is one only if nothing follows, no
// other letter and no sign of life from the server.
type panicScanner struct {
	record   *record
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
