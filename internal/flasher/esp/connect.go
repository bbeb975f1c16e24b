package esp

import (
	"bytes"
	"context"
	"errors"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/pause"
	"studioide/internal/port"
	"studioide/ui/src/words/say"
)

// step sets the lines and holds them for a while. Asserted RTS alone pulls EN
// (reset), asserted DTR alone pulls GPIO9/GPIO0 (BOOT); both together pull neither.
type step struct {
	dtr, rts bool
	hold     time.Duration
}

// strategies bring a chip into its bootloader, tried one after the other. The
// first is short, as boards need no more; the later ones have more patience
// with big capacitors at EN.
var strategies = [][]step{
	{ // the usual two transistors
		{false, true, 10 * time.Millisecond}, // RTS: chip in reset
		{true, false, 0},                     // DTR: BOOT held while the reset ends; listen tells when to let go
	},
	{ // USB-JTAG in the chip: it looks at the changes, and must not see both released between BOOT and reset
		{false, false, 20 * time.Millisecond},
		{true, false, 100 * time.Millisecond}, // BOOT
		{true, true, 0},
		{false, true, 100 * time.Millisecond}, // reset
		{false, false, 0},
	},
	{
		{false, true, 100 * time.Millisecond},
		{true, false, 0},
	},
	{ // a big capacitor: EN rises late
		{false, true, 200 * time.Millisecond},
		{true, false, 500 * time.Millisecond},
	},
}

const bootWait = 60 * time.Millisecond // from the end of reset to the ROM's first words, with BOOT still held

// connect brings the chip into its bootloader and makes it listen. It ends at 115200 baud.
func connect(ctx context.Context, p port.Port, progress func(flasher.Progress)) (*conn, error) {
	report(progress, flasher.PhaseConnect, say.FlashLookingForBoard(), 0, 0)
	c := &conn{p: p, baud: romBaud, lines: true}
	if err := port.Take(p, port.Terms{Baud: romBaud, Lines: port.LinesAsIs, Fresh: true}); err != nil {
		return nil, err
	}
	for try := range len(strategies) + 2 { // the first two again: a board may need a moment after it was plugged in
		err := c.enter(ctx, strategies[try%len(strategies)])
		if errors.Is(err, port.ErrNoLines) {
			c.lines = false
			err = c.find(ctx)
		}
		if err == nil {
			return c, nil
		}
		if !c.repeatable(err) {
			return nil, err
		}
		if !c.lines && try == 1 {
			break
		}
	}
	return nil, c.diagnose()
}

// enter resets the chip with BOOT held and asks for an answer.
func (c *conn) enter(ctx context.Context, steps []step) error {
	if err := c.p.Discard(); err != nil {
		return err
	}
	c.bootText = append(c.bootText, c.received...)
	c.in, c.received, c.deframer = nil, nil, deframer{}
	for _, s := range steps {
		if err := c.p.SetLines(s.dtr, s.rts); err != nil {
			return err
		}
		if err := pause.For(ctx, s.hold); err != nil {
			return err
		}
	}
	c.awaitBoot(ctx)
	if err := c.p.SetLines(false, false); err != nil { // BOOT released
		return err
	}
	var err error
	for try := range 4 {
		if err = c.sync(ctx, 100*time.Millisecond); err == nil || !c.repeatable(err) {
			return err
		}
		if c.startedProgram() || len(c.received) == 0 && try > 0 {
			break // asking longer does not help
		}
	}
	return err
}

// awaitBoot listens until the ROM says that it waits, or has had the time to.
func (c *conn) awaitBoot(ctx context.Context) {
	deadline := time.Now().Add(bootWait)
	for ctx.Err() == nil && time.Now().Before(deadline) {
		if err := c.receive(deadline); err != nil {
			return
		}
		if bytes.Contains(c.received, []byte("waiting for download")) || c.startedProgram() {
			c.in = nil
			return
		}
	}
}

// startedProgram tells that the ROM has said where it boots from, and that it is not us.
func (c *conn) startedProgram() bool {
	return bytes.Contains(c.received, []byte("SPI_FAST_FLASH_BOOT")) && !bytes.Contains(c.received, []byte("DOWNLOAD"))
}

// find looks for a bootloader that is there already, also at the rates that an interrupted flash may have left.
func (c *conn) find(ctx context.Context) error {
	c.in, c.deframer = nil, deframer{}
	var err error
	var heard []byte
	for _, rate := range []int{romBaud, 921600, 460800, 230400} {
		if err := c.p.SetBaud(rate); err != nil {
			if errors.Is(err, port.ErrGone) {
				return err
			}
			continue
		}
		c.baud = rate
		if rate != romBaud && heard == nil {
			heard = bytes.Clone(c.received) // what is heard at other rates says nothing
		}
		for range 3 {
			if err = c.sync(ctx, 60*time.Millisecond); err == nil || !c.repeatable(err) {
				if err == nil && rate != romBaud {
					return c.setBaud(ctx, romBaud)
				}
				return err
			}
		}
	}
	c.p.SetBaud(romBaud)
	c.baud = romBaud
	c.received = heard
	return err
}

// raise changes to the best rate up to want that port and chip take, and stays at 115200 when none works.
func (c *conn) raise(ctx context.Context, want int) error {
	for _, rate := range []int{want, 921600, 460800, 230400} {
		if rate > want || rate <= romBaud {
			continue
		}
		// Ask the port first: once the chip has changed there is no way back if the port cannot follow.
		err := c.p.SetBaud(rate)
		if back := c.p.SetBaud(romBaud); back != nil {
			return back
		}
		if err != nil {
			continue
		}
		return c.setBaud(ctx, rate)
	}
	return nil
}

// setBaud changes the rate at both ends. When the answer gets lost it looks at which rate the chip is.
func (c *conn) setBaud(ctx context.Context, rate int) error {
	old := c.baud
	asked := words(uint32(rate), 0)
	if c.stub {
		asked = words(uint32(rate), uint32(old))
	}
	for range 4 {
		_, err := c.request(ctx, opChangeBaud, asked, nil, replyTimeout)
		var no *refusal
		if errors.As(err, &no) {
			return nil // stay
		}
		if err != nil && !c.repeatable(err) {
			return err
		}
		for _, at := range []int{rate, old} {
			if err := c.p.SetBaud(at); err != nil {
				return err
			}
			c.baud = at
			c.in, c.deframer = nil, deframer{}
			if err := pause.For(ctx, 2*time.Millisecond); err != nil { // the chip needs a moment to change
				return err
			}
			for range 4 {
				if err = c.sync(ctx, 60*time.Millisecond); err == nil || !c.repeatable(err) {
					break
				}
			}
			if err == nil && at == rate {
				return nil
			}
			if err == nil || !c.repeatable(err) {
				break
			}
		}
		if err != nil {
			if !c.repeatable(err) {
				return err
			}
			return errLost
		}
	}
	return nil // it answers, but does not change: so be it
}

// leave gives the port back at 115200 baud, with the chip at the same rate if it can be asked.
func (c *conn) leave() {
	if c.baud == romBaud {
		return
	}
	// The caller's context may have ended; this is brief.
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	if c.sync(ctx, 100*time.Millisecond) == nil {
		c.setBaud(ctx, romBaud)
	}
	c.p.SetBaud(romBaud)
	c.baud = romBaud
}

func report(progress func(flasher.Progress), phase, text string, done, total int64) {
	if progress != nil {
		progress(flasher.Progress{Phase: phase, Text: text, Done: done, Total: total})
	}
}
