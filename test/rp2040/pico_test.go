package rp2040

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"studioide/internal/devfs"
	"studioide/test/cable"
)

const ledPin = 25

// Goals in emulated time. They are for a computer that has time for the test:
// while it has not, the board waits for it as a real one would, and Studio, whose
// time is real, takes a board that is slow for one that has lost something.
const (
	pushGoal      = 60_000 // bytes of files a second over USB
	roundTripGoal = 20 * time.Millisecond
)

// connect opens the port and the link.
func connect(t testing.TB, p *pico) *cable.Talk {
	t.Helper()
	return cable.Connect(t, p.open(t))
}

// measure says how long f takes on the board's clock and on ours.
func measure(t testing.TB, p *pico, f func()) (emulated, wall time.Duration) {
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
	k := connect(t, p)
	local := cable.Web(t, "led")
	k.Push(t, local)
	k.Has(t, local)
	proxy := k.Proxy(t)
	var got []byte
	emulated, wall := measure(t, p, func() { got = cable.Fetch(t, proxy.URL()) })
	// All of the page is there, around what the proxy has put into it.
	page := local[0].Content
	cut := 0
	for cut < len(page) && cut < len(got) && page[cut] == got[cut] {
		cut++
	}
	if cut == 0 || !bytes.HasSuffix(got, page[cut:]) {
		t.Fatalf("another page: %q", got)
	}
	t.Logf("page of %d bytes: %v emulated, %v here", len(page), emulated.Round(time.Millisecond), wall.Round(time.Millisecond))
	c := cable.Socket(t, proxy)
	for _, on := range []bool{true, false, true} {
		text := "LEDoff"
		if on {
			text = "LEDon"
		}
		cable.Say(t, c, text, "Reply for "+text)
		if !p.await(patience, func() bool { return p.pins[ledPin] == on }) {
			t.Fatalf("%s: the LED is not %v", text, on)
		}
	}
	for _, line := range []string{"WS ACCEPT\r\n", "WS RECV TEXT : LEDon\r\n", "WS RECV TEXT : LEDoff\r\n"} {
		if !strings.Contains(k.Printed(), line) {
			t.Errorf("the console has no %q: %q", line, k.Printed())
		}
	}
}

func TestRoundTrip(t *testing.T) {
	p := launch(t, "led", "")
	c := cable.Socket(t, connect(t, p).Proxy(t))
	cable.Say(t, c, "x", "Reply for x")
	const count = 50
	emulated, wall := measure(t, p, func() {
		for i := range count {
			cable.Say(t, c, strconv.Itoa(i), "Reply for "+strconv.Itoa(i))
		}
	})
	t.Logf("WebSocket round trip over the cable: %v emulated, %v here", emulated/count, wall/count)
	if emulated/count > roundTripGoal {
		t.Errorf("more than %v", roundTripGoal)
	}
}

func TestPushSpeed(t *testing.T) {
	const size, tries = 48 << 10, 3
	p := launch(t, "led", "")
	k := connect(t, p)
	for _, real := range []bool{true, false} {
		p.do(t, "flashTime", map[string]any{"real": real})
		rate := 0.0
		for try := 0; try < tries && rate < pushGoal; try++ {
			content := cable.Noise(size)
			content[0], content[1] = byte(try), byte(len(strconv.FormatBool(real))) // a file of its own each time
			path := "/www/" + strconv.FormatBool(real) + strconv.Itoa(try)
			before := p.do(t, "state", nil)
			emulated, wall := measure(t, p, func() { k.Push(t, []devfs.Local{{Path: path, Content: content}}) })
			after := p.do(t, "state", nil)
			rate = size / emulated.Seconds()
			t.Logf("push of %d bytes, flash that takes time: %v: %.0f bytes/s emulated, %.0f here; %d erases, %d pages",
				size, real, rate, size/wall.Seconds(), after.Erases-before.Erases, after.Programs-before.Programs)
		}
		if rate < pushGoal {
			t.Errorf("want %d", pushGoal)
		}
	}
}
