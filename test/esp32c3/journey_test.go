package esp32c3

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/devfs"
	"studioide/test/cable"
	"studioide/test/esp32c3/emulator"
)

const ledPin = 10 // of the board kind

// Goals in emulated time; see the Pico's. TinyGo erases a chip of this kind
// sector by sector, 45 ms for 4 KB: without anything else, that is 91,000 bytes
// a second.
const (
	pushGoal      = 40_000 // bytes of files a second over USB
	roundTripGoal = 20 * time.Millisecond
)

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
	k := p.connect(t)
	local := cable.Web(t, "led")
	k.Push(t, local)
	k.Has(t, local)
	proxy := k.Proxy(t)
	var got []byte
	emulated, wall := p.measure(t, func() { got = cable.Fetch(t, proxy.URL()) })
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
		p.pins(t, text, func(pins map[int]api.Pin) bool { return pins[ledPin].Mode == "output" && pins[ledPin].Level == on })
	}
	for _, line := range []string{"WS ACCEPT\r\n", "WS RECV TEXT : LEDon\r\n", "WS RECV TEXT : LEDoff\r\n"} {
		if !strings.Contains(k.Printed(), line) {
			t.Errorf("the console has no %q: %q", line, k.Printed())
		}
	}
}

func TestRoundTrip(t *testing.T) {
	p := launch(t, "led", emulator.Config{})
	c := cable.Socket(t, p.connect(t).Proxy(t))
	cable.Say(t, c, "x", "Reply for x")
	const count = 50
	emulated, wall := p.measure(t, func() {
		for i := range count {
			cable.Say(t, c, strconv.Itoa(i), "Reply for "+strconv.Itoa(i))
		}
	})
	t.Logf("WebSocket round trip over the cable: %v emulated, %v here", emulated/count, wall/count)
	if emulated/count > roundTripGoal {
		t.Errorf("more than %v", roundTripGoal)
	}
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
	const size, tries = 48 << 10, 3
	p := launch(t, "led", emulator.Config{})
	k := p.connect(t)
	for _, real := range []bool{true, false} {
		p.ask(t, "flashTime", map[string]any{"real": real})
		rate := 0.0
		for try := 0; try < tries && rate < pushGoal; try++ {
			content := cable.Noise(size)
			content[0], content[1] = byte(try), byte(len(strconv.FormatBool(real))) // a file of its own each time
			path := "/www/" + strconv.FormatBool(real) + strconv.Itoa(try)
			before := p.ask(t, "state", nil)
			emulated, wall := p.measure(t, func() { k.Push(t, []devfs.Local{{Path: path, Content: content}}) })
			after := p.ask(t, "state", nil)
			rate = size / emulated.Seconds()
			t.Logf("push of %d bytes, flash that takes time: %v: %.0f bytes/s emulated, %.0f here; %d erases, %d pages",
				size, real, rate, size/wall.Seconds(), after.Erases-before.Erases, after.Programs-before.Programs)
		}
		if rate < pushGoal {
			t.Errorf("want %d", pushGoal)
		}
	}
}
