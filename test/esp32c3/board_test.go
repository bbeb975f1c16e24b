package esp32c3

import (
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/flasher"
	"studioide/internal/flasher/esp"
	"studioide/internal/port"
	"studioide/internal/virtual"
	"studioide/test/cable"
	"studioide/test/esp32c3/emulator"
	"studioide/test/images"
)

// patience is for a busy computer; nothing waits that long when all is well.
const patience = emulator.Patience

// chip is an emulated board that a test has.
type chip struct{ *emulator.Board }

// launch switches a new board on and flashes a program.
func launch(t testing.TB, name string, c emulator.Config) chip {
	t.Helper()
	c.ELF, c.Wait = images.ELFs(built(t, name).Board.ID), true
	b, err := emulator.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	p := chip{b}
	p.flash(t, name)
	return p
}

// open opens the port as an operating system does: DTR and RTS are asserted.
func (c chip) open(t testing.TB) port.Port {
	t.Helper()
	line, err := c.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := line.SetLines(true, true); err != nil {
		t.Fatal(err)
	}
	return line
}

// flash writes a program as Studio does, and waits until it has been started.
func (c chip) flash(t testing.TB, name string) flasher.Result {
	t.Helper()
	line := c.open(t)
	defer line.Close()
	before := c.Boots()
	r, err := esp.New().Flash(t.Context(), line, built(t, name).Parts, flasher.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Booted(before + 1); err != nil {
		said := make([]byte, 4096)
		line.SetReadDeadline(time.Now().Add(time.Second))
		n, _ := line.Read(said)
		t.Fatalf("after the flash: %v; the board is %v and says %q", err, c.State(), said[:n])
	}
	return r
}

// booted waits for the nth start of a program.
func (c chip) booted(t testing.TB, nth int) emulator.Boot {
	t.Helper()
	b, err := c.Booted(nth)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (c chip) connect(t testing.TB) *cable.Talk {
	t.Helper()
	return cable.Connect(t, c.open(t))
}

// ask asks for what cannot fail.
func (c chip) ask(t testing.TB, what string, more map[string]any) emulator.Answer {
	t.Helper()
	a, err := c.Ask(what, more)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return a
}

// emulated is the board's own clock.
func (c chip) emulated(t testing.TB) time.Duration {
	t.Helper()
	return time.Duration(c.ask(t, "state", nil).Nanos)
}

// measure says how long f takes on the board's clock and on ours. The program is not restarted meanwhile.
func (c chip) measure(t testing.TB, f func()) (emulated, wall time.Duration) {
	t.Helper()
	began, at := time.Now(), c.emulated(t)
	f()
	return c.emulated(t) - at, time.Since(began)
}

// pins waits until the pins are as they should be.
func (c chip) pins(t testing.TB, what string, ok func(map[int]api.Pin) bool) {
	t.Helper()
	changed := make(chan struct{}, 1)
	stop := c.Watch(func(e virtual.Event) {
		if e.Kind == virtual.Pins {
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	})
	defer stop()
	for late := time.After(patience); ; {
		now := map[int]api.Pin{}
		for _, p := range c.Pins() {
			now[p.Pin] = p
		}
		if ok(now) {
			return
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("%s: never; the pins are %+v", what, now)
		}
	}
}
