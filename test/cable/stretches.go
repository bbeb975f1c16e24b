package cable

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"studioide/internal/devfs"
)

// What every board at a cable has to do, whatever emulates it. Times are the
// board's own: while this computer is busy, a board waits for it as a real one
// would, and Studio, whose time is real, takes a board that is slow for one that
// has lost something.

// RoundTripGoal is for a message over the page's WebSocket and its answer.
const RoundTripGoal = 20 * time.Millisecond

// Measure says how long f takes on the board's clock and on ours.
type Measure func(t testing.TB, f func()) (emulated, wall time.Duration)

// PageSocketLED has the page of the tutorial over the cable: it is served, its
// WebSocket works, the LED follows (lit waits for it), and the console shows what
// the program prints. The program is template led.
func PageSocketLED(t *testing.T, k *Talk, measure Measure, lit func(on bool)) {
	t.Helper()
	local := Web(t, "led")
	k.Push(t, local)
	k.Has(t, local)
	proxy := k.Proxy(t)
	var got []byte
	emulated, wall := measure(t, func() { got = Fetch(t, proxy.URL()) })
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
	c := Socket(t, proxy)
	for _, on := range []bool{true, false, true} {
		text := "LEDoff"
		if on {
			text = "LEDon"
		}
		Say(t, c, text, "Reply for "+text)
		lit(on)
	}
	for _, line := range []string{"WS ACCEPT\r\n", "WS RECV TEXT : LEDon\r\n", "WS RECV TEXT : LEDoff\r\n"} {
		if !strings.Contains(k.Printed(), line) {
			t.Errorf("the console has no %q: %q", line, k.Printed())
		}
	}
}

// RoundTrip holds template led to RoundTripGoal.
func RoundTrip(t *testing.T, k *Talk, measure Measure) {
	t.Helper()
	c := Socket(t, k.Proxy(t))
	Say(t, c, "x", "Reply for x")
	const count = 50
	emulated, wall := measure(t, func() {
		for i := range count {
			Say(t, c, strconv.Itoa(i), "Reply for "+strconv.Itoa(i))
		}
	})
	t.Logf("WebSocket round trip over the cable: %v emulated, %v here", emulated/count, wall/count)
	if emulated/count > RoundTripGoal {
		t.Errorf("more than %v", RoundTripGoal)
	}
}

// PushSpeed holds the writing of files to goal, in bytes a second. The best of
// three tries counts. writes is how often flash was erased and how many pages
// were written so far.
func PushSpeed(t *testing.T, k *Talk, measure Measure, what string, writes func() (erases, pages int), goal float64) {
	t.Helper()
	const size, tries = 48 << 10, 3
	rate := 0.0
	for try := 0; try < tries && rate < goal; try++ {
		content := Noise(size)
		content[0], content[1] = byte(try), byte(len(what)) // a file of its own each time
		erases, pages := writes()
		emulated, wall := measure(t, func() {
			k.Push(t, []devfs.Local{{Path: "/www/" + strconv.Itoa(len(what)) + "-" + strconv.Itoa(try), Content: content}})
		})
		erased, written := writes()
		rate = size / emulated.Seconds()
		t.Logf("push of %d bytes, %s: %.0f bytes/s emulated, %.0f here; %d erases, %d pages",
			size, what, rate, size/wall.Seconds(), erased-erases, written-pages)
	}
	if rate < goal {
		t.Errorf("want %.0f", goal)
	}
}

// Rate holds what comes over c by itself to twenty texts a second. next takes one.
func Rate(t *testing.T, measure Measure, next func()) {
	t.Helper()
	const count = 40
	emulated, wall := measure(t, func() {
		for range count {
			next()
		}
	})
	t.Logf("%.1f values a second emulated, %.1f here", count/emulated.Seconds(), count/wall.Seconds())
	if rate := count / emulated.Seconds(); rate < 18 || rate > 22 {
		t.Errorf("%.1f values a second, want 20", rate)
	}
}
