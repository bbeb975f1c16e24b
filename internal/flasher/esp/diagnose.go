package esp

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"studioide/internal/port"
	"studioide/internal/problem"
)

const holdBoot = "Hold the BOOT button, tap RESET, release BOOT, then try again. No RESET button? Hold BOOT while you plug the cable in."

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
		p = problem.New("flash.brownout", "The board does not get enough power: its voltage drops when it starts.",
			"Plug it straight into the computer with a short, good cable, without a hub, and unplug motors or LED strips. Then try again.")
	case has("waiting for download"):
		p = problem.New("flash.one-way", "The board waits for a program, but does not hear the computer.",
			"Unplug anything that is connected to the board's RX and TX pins, then try again with another cable.")
	case has("boot:0x"):
		p = problem.New("flash.hold-boot", "The board was reset, but it started its program instead of waiting for a new one.", holdBoot)
	case len(heard) == 0 && lines:
		p = problem.New("flash.no-answer", "The board does not answer.",
			"Is this the right port? "+holdBoot)
	case len(heard) == 0:
		p = problem.New("flash.no-answer", "The board does not answer, and this connection cannot press its buttons.", holdBoot)
	case isGarbage(heard):
		p = problem.New("flash.garbage", "The board sends something that cannot be read: it talks at another speed, or the cable is bad.",
			holdBoot+" If it still does not work, try another cable.")
	default:
		p = problem.New("flash.no-reset", "The board's program goes on running: this connection cannot reset it.", holdBoot)
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
		return problem.New("flash.unplugged", "The board was unplugged during "+action+".",
			"Plug it in again, then try again: nothing is lost, the rest is written then.").Because(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return problem.Cancelled.Because(err)
	case errors.As(err, &no):
		return problem.New("flash.refused", "The board refused a step of "+action+".",
			"Unplug it, plug it in again, then try again. If it happens again at the same place, its flash may be worn out.").Because(err)
	case errors.Is(err, errLost), errors.Is(err, errNoAnswer):
		return problem.New("flash.stopped", "The board stopped answering during "+action+".",
			"Unplug it and plug it in again, with another cable if there is one. Then try again: the rest is written then.").Because(err)
	case errors.Is(err, errDamaged):
		return problem.New("flash.noise", "Too much of what goes over the cable arrives damaged.",
			"Use a short, good cable, straight into the computer, then try again.").Because(err)
	}
	return err
}
