package rp2040

import (
	"testing"
	"time"

	"studioide/test/cable"
)

const ledPin = 25

// pushGoal is in bytes of files a second over USB, in emulated time.
const pushGoal = 60_000

// connect opens the port and the link.
func connect(t testing.TB, p *pico) *cable.Talk {
	t.Helper()
	return cable.Connect(t, p.open(t))
}

// measure says how long f takes on the board's clock and on ours.
func (p *pico) measure(t testing.TB, f func()) (emulated, wall time.Duration) {
	t.Helper()
	began, at := time.Now(), p.emulated(t)
	f()
	return p.emulated(t) - at, time.Since(began)
}

func TestHello(t *testing.T) {
	k := connect(t, launch(t, "led", ""))
	k.Prints(t, "Preparing server\r\nStarting server\r\n") // from before the port was open
	h := k.Hello
	if h.Board != "pico" || h.Program != "led" || h.Build != built(t, "led").ID || h.MaxMessage != 256 ||
		h.BlockSize != 4096 || h.Streams == 0 || h.FilesCap < 900<<10 || h.FilesCap > 1<<20 {
		t.Fatalf("%+v", h)
	}
	t.Logf("%+v", h)
}

// The page of the tutorial over the cable: it is served, its WebSocket works,
// the LED follows, and the console shows what the program prints.
func TestPageSocketLED(t *testing.T) {
	p := launch(t, "led", "")
	cable.PageSocketLED(t, connect(t, p), p.measure, func(on bool) {
		t.Helper()
		if !p.await(patience, func() bool { return p.pins[ledPin] == on }) {
			t.Fatalf("the LED is not %v", on)
		}
	})
}

func TestRoundTrip(t *testing.T) {
	p := launch(t, "led", "")
	cable.RoundTrip(t, connect(t, p), p.measure)
}

func TestPushSpeed(t *testing.T) {
	p := launch(t, "led", "")
	k := connect(t, p)
	for what, real := range map[string]bool{"flash that takes time": true, "quick flash": false} {
		p.do(t, "flashTime", map[string]any{"real": real})
		cable.PushSpeed(t, k, p.measure, what, func() (int, int) { a := p.do(t, "state", nil); return a.Erases, a.Programs }, pushGoal)
	}
}
