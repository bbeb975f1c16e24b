package rp2040

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/bridge"
	"studioide/internal/devfs"
	"studioide/internal/repl"
)

const ledPin = 25

// Goals in emulated time. They are for a computer that has time for the test:
// while it has not, the board waits for it as a real one would, and Studio, whose
// time is real, takes a board that is slow for one that has lost something.
const (
	pushGoal      = 60_000 // bytes of files a second over USB
	roundTripGoal = 20 * time.Millisecond
)

// talk is what Studio has of a board while its port is open.
type talk struct {
	conn  *repl.Conn
	hello repl.Hello
	files devfs.FS

	mu   sync.Mutex
	text string
}

// connect opens the port and the link.
func connect(t testing.TB, p *pico) *talk {
	t.Helper()
	k := &talk{}
	k.conn = repl.Start(p.open(t), func(b []byte) {
		k.mu.Lock()
		k.text += string(b)
		k.mu.Unlock()
	})
	t.Cleanup(func() { k.release() })
	var err error
	if k.hello, err = k.conn.Hello(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.files = devfs.New(k.conn, k.hello)
	return k
}

func (k *talk) release() {
	if line := k.conn.Release(); line != nil {
		line.Close()
	}
}

func (k *talk) printed() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text
}

// prints waits until the board has printed something that ends in line.
func (k *talk) prints(t testing.TB, line string) {
	t.Helper()
	for late := time.Now().Add(patience); !strings.HasSuffix(k.printed(), line); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("it has printed %q, not %q", k.printed(), line)
		}
	}
}

func (k *talk) push(t testing.TB, local []devfs.Local) devfs.Result {
	t.Helper()
	r, err := devfs.Push(t.Context(), k.files, local, devfs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// has wants the board to have these files and no others, by their hashes.
func (k *talk) has(t testing.TB, local []devfs.Local) {
	t.Helper()
	var want []devfs.File
	for _, f := range local {
		want = append(want, devfs.File{Path: f.Path, Size: int64(len(f.Content)), Hash: devfs.Hash(f.Content)})
	}
	root, err := k.files.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if root.Hash != devfs.RootHash(want) || root.Count != len(want) {
		t.Fatalf("the board has %d files with hash %s, want %d with %s", root.Count, root.Hash, len(want), devfs.RootHash(want))
	}
}

// proxy gives the board's page an address, as Studio does.
func (k *talk) proxy(t testing.TB) *bridge.Proxy {
	t.Helper()
	p := bridge.NewProxy(bridge.Config{Dial: func(ctx context.Context) (net.Conn, error) { return k.conn.Dial(ctx) }})
	if err := p.Listen(0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func socket(t testing.TB, p *bridge.Proxy) *websocket.Conn {
	t.Helper()
	origin := strings.TrimSuffix(p.URL(), "/")
	c, _, err := websocket.DefaultDialer.Dial(strings.Replace(p.URL(), "http:", "ws:", 1), http.Header{"Origin": {origin}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(patience))
	return c
}

func say(t testing.TB, c *websocket.Conn, text, want string) {
	t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
	if _, got, err := c.ReadMessage(); err != nil || string(got) != want {
		t.Fatalf("%q %v, want %q", got, err, want)
	}
}

// fetch gets a page; the proxy adds its script to HTML only.
func fetch(t testing.TB, url string) []byte {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("%s: %s %v", url, answer.Status, err)
	}
	return b
}

// noise cannot be compressed.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// measure says how long f takes on the board's clock and on ours.
func measure(t testing.TB, p *pico, f func()) (emulated, wall time.Duration) {
	t.Helper()
	began, at := time.Now(), p.emulated(t)
	f()
	return p.emulated(t) - at, time.Since(began)
}

func TestHello(t *testing.T) {
	k := connect(t, launch(t, programs["led"], ""))
	k.prints(t, "Preparing server\r\nStarting server\r\n") // from before the port was open
	h := k.hello
	if h.Board != "pico" || h.Program != "Test" || h.Build != builds["led"] || h.MaxMessage != 256 ||
		h.BlockSize != 4096 || h.Streams == 0 || h.FilesCap < 900<<10 || h.FilesCap > 1<<20 {
		t.Fatalf("%+v", h)
	}
	t.Logf("%+v", h)
}

// The page of the tutorial over the cable: it is served, its WebSocket works,
// the LED follows, and the console shows what the program prints.
func TestPageSocketLED(t *testing.T) {
	p := launch(t, programs["led"], "")
	k := connect(t, p)
	local := web(t, "led")
	k.push(t, local)
	k.has(t, local)
	proxy := k.proxy(t)
	var got []byte
	emulated, wall := measure(t, p, func() { got = fetch(t, proxy.URL()) })
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
	c := socket(t, proxy)
	for _, on := range []bool{true, false, true} {
		text := "LEDoff"
		if on {
			text = "LEDon"
		}
		say(t, c, text, "Reply for "+text)
		if !p.await(patience, func() bool { return p.pins[ledPin] == on }) {
			t.Fatalf("%s: the LED is not %v", text, on)
		}
	}
	for _, line := range []string{"WS ACCEPT\r\n", "WS RECV TEXT : LEDon\r\n", "WS RECV TEXT : LEDoff\r\n"} {
		if !strings.Contains(k.printed(), line) {
			t.Errorf("the console has no %q: %q", line, k.printed())
		}
	}
}

func TestRoundTrip(t *testing.T) {
	p := launch(t, programs["led"], "")
	c := socket(t, connect(t, p).proxy(t))
	say(t, c, "x", "Reply for x")
	const count = 50
	emulated, wall := measure(t, p, func() {
		for i := range count {
			say(t, c, strconv.Itoa(i), "Reply for "+strconv.Itoa(i))
		}
	})
	t.Logf("WebSocket round trip over the cable: %v emulated, %v here", emulated/count, wall/count)
	if emulated/count > roundTripGoal {
		t.Errorf("more than %v", roundTripGoal)
	}
}

func TestPushSpeed(t *testing.T) {
	const size, tries = 48 << 10, 3
	p := launch(t, programs["led"], "")
	k := connect(t, p)
	for _, real := range []bool{true, false} {
		p.do(t, "flashTime", map[string]any{"real": real})
		rate := 0.0
		for try := 0; try < tries && rate < pushGoal; try++ {
			content := noise(size)
			content[0], content[1] = byte(try), byte(len(strconv.FormatBool(real))) // a file of its own each time
			path := "/www/" + strconv.FormatBool(real) + strconv.Itoa(try)
			before := p.do(t, "state", nil)
			emulated, wall := measure(t, p, func() { k.push(t, []devfs.Local{{Path: path, Content: content}}) })
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
