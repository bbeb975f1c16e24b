// Package port opens byte links to boards: serial ports of the operating
// system, the virtual board, and whatever comes later (RFC 2217, a browser
// tunnel). It is the only user of go.bug.st/serial.
//
//	p, err := port.Open("/dev/ttyACM0", port.Options{Baud: 115200})
//	if err != nil { return err } // a *problem.Problem: busy (by whom), not found, not allowed
//	defer p.Close()
package port

import (
	"errors"
	"time"
)

// Port is one open byte link to a board.
//
// Ownership: a Port belongs to one goroutine at a time for everything but
// Close, except that one goroutine may Read while another Writes. Close may be
// called from anywhere, more than once, and makes a blocked Read or Write
// return ErrGone.
//
// A Port has one user after the other: the link, a flasher, the link again.
// Whoever gets one calls Take first.
type Port interface {
	// Read blocks until at least one byte is there, the read deadline passes
	// (os.ErrDeadlineExceeded, n = 0), or the link is gone (ErrGone).
	Read(p []byte) (n int, err error)
	// Write sends all of p or returns an error. It may block for as long as the line takes.
	Write(p []byte) (n int, err error)
	// SetReadDeadline bounds the following Reads; the zero time means no bound.
	SetReadDeadline(t time.Time) error
	// SetBaud changes the line rate in bits per second. It returns once
	// everything written before has left at the old rate.
	SetBaud(rate int) error
	// SetLines sets both modem control lines; true means asserted (electrically
	// low). ErrNoLines says that the link has none (a pty).
	SetLines(dtr, rts bool) error
	// Discard drops what was received and not yet read.
	Discard() error
	Close() error
}

var (
	// ErrGone is returned by every operation on a port that was unplugged or closed.
	ErrGone = errors.New("port: the board is gone")
	// ErrNoLines is returned by SetLines on links without modem control lines.
	ErrNoLines = errors.New("port: no DTR and RTS on this link")
)

// Options for Open. The zero value is 115200 baud.
type Options struct {
	Baud int
}
