package port

import (
	"errors"
	"time"
)

// DefaultBaud is the line rate at which boards begin.
const DefaultBaud = 115200

// Terms are what the next user of a port needs of it. The zero value is a
// terminal's: 115200 baud, both modem lines asserted, and what has come and was
// not read is his as well.
type Terms struct {
	Baud  int // 0: DefaultBaud
	Lines Lines
	Fresh bool // drop what was received and not yet read: it belongs to somebody else's conversation
}

// Lines are the states of DTR and RTS that a user begins with.
type Lines int

const (
	LinesAsserted Lines = iota // both: the board hears that somebody listens, and is neither reset nor held in BOOT
	LinesAsIs                  // as they are: the user sets them himself
)

// Take makes a port its next user's. Whoever had it before may have left it at
// another rate, with lines set for his own purposes, with a read deadline that
// has passed, or with half of an answer in it, and its users know nothing of
// each other: so everybody who takes a port calls Take, and nobody tidies up.
// A link without modem lines is taken without them. After an error the port is
// of no use.
func Take(p Port, t Terms) error {
	if t.Baud == 0 {
		t.Baud = DefaultBaud
	}
	if err := p.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	if err := p.SetBaud(t.Baud); err != nil {
		return err
	}
	if t.Lines == LinesAsserted {
		if err := p.SetLines(true, true); err != nil && !errors.Is(err, ErrNoLines) {
			return err
		}
	}
	if t.Fresh {
		return p.Discard()
	}
	return nil
}
