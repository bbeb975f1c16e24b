package esp

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"studioide/internal/flasher"
	"studioide/internal/port"
	"studioide/internal/problem"
)

// diagnose says why nothing answered, from what the board said instead.
func (c *conn) diagnose() *problem.Problem {
	return diagnose(append(c.bootText, c.received...), c.lines)
}

func diagnose(heard []byte, lines bool) *problem.Problem {
	has := func(s string) bool { return bytes.Contains(heard, []byte(s)) }
	cause := fmt.Errorf("it said %.300q", heard)
	var p *problem.Problem
	switch {
	case has("rownout"):
		p = errBrownout
	case has("waiting for download"):
		p = errOneWay
	case has("boot:0x"):
		p = flasher.ErrHoldBoot
	case len(heard) == 0 && lines:
		p = errSilent
	case len(heard) == 0:
		p = errSilentNoButtons
	case isGarbage(heard):
		p = errGarbage
	default:
		p = errNoReset
	}
	return p.Because(cause)
}

// isGarbage tells text from what arrives at a wrong rate.
func isGarbage(p []byte) bool {
	bad := 0
	for _, b := range p {
		if b >= 0x7f || b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != 0x1b {
			bad++
		}
	}
	return bad*10 > len(p)*3
}

// explain turns what happened during action ("flashing") into what the user can do.
func explain(err error, action string) error {
	var p *problem.Problem
	var no *refusal
	switch {
	case err == nil, errors.As(err, &p):
		return err
	case errors.Is(err, port.ErrGone):
		return flasher.ErrUnplugged.With(action).Because(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return problem.Cancelled.Because(err)
	case errors.As(err, &no):
		return flasher.ErrRefused.With(action).Because(err)
	case errors.Is(err, errLost), errors.Is(err, errNoAnswer):
		return errStopped.With(action).Because(err)
	case errors.Is(err, errDamaged):
		return errNoise.Because(err)
	}
	return err
}
