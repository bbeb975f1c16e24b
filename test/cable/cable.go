// Package cable is what Studio has of a board at the end of a cable, for tests
// of emulated boards: the link with its console, the files, the page's address.
//
//	k := cable.Connect(t, line)
//	k.Push(t, files)
//	c := cable.Socket(t, k.Proxy(t))
//	cable.Say(t, c, "LEDon", "Reply for LEDon")
package cable

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studio"
	"studioide/internal/bridge"
	"studioide/internal/devfs"
	"studioide/internal/devlink"
	"studioide/internal/port"
)

// Patience is for a busy computer; nothing waits that long when all is well.
const Patience = time.Minute

// Talk is what Studio has of a board while its port is open.
type Talk struct {
	Conn  *devlink.Conn
	Hello devlink.Hello
	Files devfs.FS

	mu   sync.Mutex
	text string
}

// Connect opens the link over an open port, which it closes after the test.
func Connect(t testing.TB, line port.Port) *Talk {
	t.Helper()
	k := &Talk{}
	k.Conn = devlink.Start(line, func(b []byte) {
		k.mu.Lock()
		k.text += string(b)
		k.mu.Unlock()
	})
	t.Cleanup(k.Release)
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	for {
		var err error
		if k.Hello, err = k.Conn.Hello(ctx); err == nil {
			break
		}
		if ctx.Err() != nil || k.gone() {
			t.Fatalf("%v; it has printed %q", err, k.Printed())
		}
	}
	k.Files = devfs.New(k.Conn, k.Hello)
	return k
}

func (k *Talk) gone() bool {
	select {
	case <-k.Conn.Done():
		return true
	default:
		return false
	}
}

// Release closes the port.
func (k *Talk) Release() {
	if line := k.Conn.Release(); line != nil {
		line.Close()
	}
}

// Printed is what the board has printed since the port was opened.
func (k *Talk) Printed() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text
}

// Prints waits until the board has printed something that ends in line.
func (k *Talk) Prints(t testing.TB, line string) {
	t.Helper()
	for late := time.Now().Add(Patience); !strings.HasSuffix(k.Printed(), line); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("it has printed %q, not %q", k.Printed(), line)
		}
	}
}

// Push sends files.
func (k *Talk) Push(t testing.TB, local []devfs.Local) devfs.Result {
	t.Helper()
	r, err := devfs.Push(t.Context(), k.Files, local, devfs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Has wants the board to have these files and no others, by their hashes.
func (k *Talk) Has(t testing.TB, local []devfs.Local) {
	t.Helper()
	var want []devfs.File
	for _, f := range local {
		want = append(want, devfs.File{Path: f.Path, Size: int64(len(f.Content)), Hash: devfs.Hash(f.Content)})
	}
	root, err := k.Files.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if root.Hash != devfs.RootHash(want) || root.Count != len(want) {
		t.Fatalf("the board has %d files with hash %s, want %d with %s", root.Count, root.Hash, len(want), devfs.RootHash(want))
	}
}

// Proxy gives the board's page an address, as Studio does.
func (k *Talk) Proxy(t testing.TB) *bridge.Proxy {
	t.Helper()
	p := bridge.NewProxy(bridge.Config{Dial: func(ctx context.Context) (net.Conn, error) { return k.Conn.Dial(ctx) }})
	if err := p.Listen(0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// Socket opens the WebSocket of the board's page.
func Socket(t testing.TB, p *bridge.Proxy) *websocket.Conn {
	t.Helper()
	origin := strings.TrimSuffix(p.URL(), "/")
	c, _, err := websocket.DefaultDialer.Dial(strings.Replace(p.URL(), "http:", "ws:", 1), http.Header{"Origin": {origin}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(Patience))
	return c
}

// Reopens wants a page's WebSocket to open each time that it is opened again
// while the one before is being closed, by turns with a farewell and without:
// others have all the board's places but one.
func Reopens(t testing.TB, p *bridge.Proxy, times int) {
	t.Helper()
	address := strings.Replace(p.URL(), "http:", "ws:", 1)
	open := func() (*websocket.Conn, error) {
		c, answer, err := websocket.DefaultDialer.Dial(address, http.Header{"Origin": {strings.TrimSuffix(p.URL(), "/")}})
		if err != nil && answer != nil {
			why, _ := io.ReadAll(answer.Body)
			err = fmt.Errorf("%s %s", answer.Status, why)
		}
		return c, err
	}
	for range boardClients - 1 {
		Socket(t, p)
	}
	refused := 0
	closing := make(chan struct{})
	close(closing)
	for i := range times {
		c, err := open()
		<-closing
		if err != nil {
			refused++
			t.Logf("%d: %v", i, err)
			continue
		}
		Say(t, c, "x", "Reply for x")
		closing = make(chan struct{})
		go func() {
			defer close(closing)
			if i%2 == 0 {
				c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(Patience))
			}
			c.Close()
		}()
	}
	<-closing
	if refused > 0 {
		t.Errorf("%d of %d were refused", refused, times)
	}
	if c, err := open(); err == nil {
		defer c.Close()
		if extra, err := open(); err == nil {
			extra.Close()
			t.Errorf("there was room for one more than %d: the test tries nothing", boardClients)
		}
	}
}

// boardClients is how many WebSockets a board takes (defaultClients of its runtime).
const boardClients = 6

// Say sends a text and wants an answer.
func Say(t testing.TB, c *websocket.Conn, text, want string) {
	t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
	if got := Next(t, c); got != want {
		t.Fatalf("%q, want %q", got, want)
	}
}

// Next reads what the page is sent.
func Next(t testing.TB, c *websocket.Conn) string {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(Patience))
	_, text, err := c.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Fetch gets a page; the proxy adds its script to HTML only.
func Fetch(t testing.TB, url string) []byte {
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

// Noise cannot be compressed.
func Noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// Web is a template's pages as a board is to have them.
func Web(t testing.TB, template string) (local []devfs.Local) {
	t.Helper()
	err := fs.WalkDir(studio.Templates(), template+"/www", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(studio.Templates(), path)
		local = append(local, devfs.Local{Path: strings.TrimPrefix(path, template), Content: b})
		return err
	})
	if err != nil || len(local) == 0 {
		t.Fatalf("%d files, %v", len(local), err)
	}
	return local
}
