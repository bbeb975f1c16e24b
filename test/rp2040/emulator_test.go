package rp2040

import (
	"testing"
	"time"

	"studioide/internal/port"
	"studioide/test/rp2040/emulator"
)

// patience is for a busy computer; nothing waits that long when all is well.
const patience = emulator.Patience

// pico is an emulated board that a test has.
type pico struct {
	*emulator.Pico
	pins map[int]bool // read it inside of await
}

// launch starts the emulator with a program in its flash. keep is the file that
// flash comes from and goes to, or "".
func launch(t testing.TB, program, keep string) *pico {
	t.Helper()
	p, err := emulator.Start(built(t, program).File, keep)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return &pico{p, p.Pins}
}

func (p *pico) await(within time.Duration, f func() bool) bool { return p.Await(within, f) }

// do asks for what cannot fail.
func (p *pico) do(t testing.TB, what string, more map[string]any) emulator.Answer {
	t.Helper()
	a, err := p.Ask(what, more)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return a
}

// emulated is the board's own clock.
func (p *pico) emulated(t testing.TB) time.Duration {
	t.Helper()
	return time.Duration(p.do(t, "state", nil).Nanos)
}

// left waits until the board has left the bus for the nth time, and says why.
func (p *pico) left(t testing.TB, nth int) (why string) {
	t.Helper()
	if !p.await(patience, func() bool { why = p.Why; return p.Gone >= nth }) {
		t.Fatal("the board has not left the bus")
	}
	return why
}

// open waits for the board and opens its port as an operating system does: DTR
// and RTS are asserted.
func (p *pico) open(t testing.TB) port.Port {
	t.Helper()
	l, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.SetLines(true, true); err != nil {
		t.Fatal(err)
	}
	return l
}

// stop unplugs the board and waits until its flash is in the file.
func (p *pico) stop(testing.TB) { p.Stop() }
