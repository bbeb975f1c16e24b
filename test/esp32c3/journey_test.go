package esp32c3

import (
	"fmt"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/test/cable"
	"studioide/test/esp32c3/emulator"
)

const ledPin = 10 // of the board kind

// pushGoal is in bytes of files a second over USB, in emulated time. TinyGo erases
// a chip of this kind sector by sector, 45 ms for 4 KB: without anything else, that
// is 91,000 bytes a second.
const pushGoal = 40_000

func TestHello(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	k := p.connect(t)
	h := k.Hello
	if h.Board != kind || h.Program != "led" || h.Build != built(t, "led").ID || h.MaxMessage != 256 || h.BlockSize != 4096 ||
		h.Streams == 0 || h.FilesCap < 900<<10 || h.FilesCap > 1<<20 || h.Held || h.Why != "" {
		t.Fatalf("%+v", h)
	}
	t.Logf("%+v", h)
}

// The page of the tutorial over the cable: it is served, its WebSocket works,
// the LED follows, and the console shows what the program prints.
func TestPageSocketLED(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	cable.PageSocketLED(t, p.connect(t), p.measure, func(on bool) {
		t.Helper()
		p.pins(t, "the LED", func(pins map[int]api.Pin) bool { return pins[ledPin].Mode == "output" && pins[ledPin].Level == on })
	})
}

func TestRoundTrip(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	cable.RoundTrip(t, p.connect(t), p.measure)
}

func TestReopen(t *testing.T) {
	cable.Reopens(t, launch(t, "led", emulator.Config{}).connect(t).Proxy(t), 20)
}

// pauseLimit bounds a collection of garbage on a board whose heap is looked
// through without knowing where pointers are, in the emulator's time.
const pauseLimit = 7 * time.Millisecond // 5.5 ms were measured

func TestCollection(t *testing.T) {
	p := launch(t, "bad", emulator.Config{})
	c := cable.Socket(t, p.connect(t).Proxy(t))
	if err := c.WriteMessage(websocket.TextMessage, []byte("collect")); err != nil {
		t.Fatal(err)
	}
	var took, used, size int
	if report := cable.Next(t, c); true {
		if _, err := fmt.Sscanf(report, "collected in %d us, %d of %d bytes in use", &took, &used, &size); err != nil {
			t.Fatalf("%q: %v", report, err)
		}
		t.Log(report)
	}
	if pause := time.Duration(took) * time.Microsecond; pause > pauseLimit || pause < pauseLimit/20 {
		t.Errorf("a pause of %v", pause)
	}
}

// Files are written while flash takes its time, and without.
func TestPushSpeed(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	k := p.connect(t)
	for what, real := range map[string]bool{"flash that takes time": true, "quick flash": false} {
		p.ask(t, "flashTime", map[string]any{"real": real})
		cable.PushSpeed(t, k, p.measure, what, func() (int, int) { a := p.ask(t, "state", nil); return a.Erases, a.Programs }, pushGoal)
	}
}
