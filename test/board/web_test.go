package board

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/devfs"
	"studioide/test/tree"
)

func dial(t testing.TB, p *program, path string) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.DefaultDialer.Dial("ws://"+p.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(time.Minute))
	return c
}

// roundTrip sends a text and wants the reply of led and echo.
func roundTrip(t testing.TB, c *websocket.Conn, text string) {
	t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
	if _, got, err := c.ReadMessage(); err != nil || string(got) != "Reply for "+text {
		t.Fatalf("%q %v", got, err)
	}
}

func fetch(t testing.TB, client *http.Client, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	request, _ := http.NewRequest("GET", url, nil)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, b
}

func TestPagesOverTCP(t *testing.T) {
	p := start(t, "led", true)
	want := readFile(t, "led/www/led.html")
	for _, path := range []string{"/", "/led.html"} {
		answer, b := fetch(t, http.DefaultClient, "http://"+p.address+path)
		if answer.StatusCode != 200 || !bytes.Equal(b, want) || answer.Header.Get("Cache-Control") != "no-cache" {
			t.Fatalf("%s: %s, %d bytes", path, answer.Status, len(b))
		}
		if again, b := fetch(t, http.DefaultClient, "http://"+p.address+path, "If-None-Match", answer.Header.Get("ETag")); again.StatusCode != 304 || len(b) > 0 {
			t.Fatalf("%s again: %s", path, again.Status)
		}
	}
	if answer, _ := fetch(t, http.DefaultClient, "http://"+p.address+"/no"); answer.StatusCode != 404 {
		t.Fatal(answer.Status)
	}
}

// The same server, reached by streams of the device link alone.
func TestPagesAndSocketsOverTheLink(t *testing.T) {
	p := start(t, "echo", true)
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.conn.Dial(ctx) }}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	big := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	if _, err := p.files.Write(context.Background(), "/www/big.bin", big, nil); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		for path, want := range map[string][]byte{
			"/": readFile(t, "echo/www/index.html"), "/style.css": readFile(t, "echo/www/style.css"), "/big.bin": big,
		} {
			if answer, b := fetch(t, client, "http://board"+path); answer.StatusCode != 200 || !bytes.Equal(b, want) {
				t.Fatalf("%s: %s, %d bytes, want %d", path, answer.Status, len(b), len(want))
			}
		}
	}
	dialer := websocket.Dialer{NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return p.conn.Dial(ctx) }}
	var all []*websocket.Conn
	for i := range 5 {
		c, _, err := dialer.Dial("ws://board/", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		roundTrip(t, c, fmt.Sprint("number ", i))
		all = append(all, c)
	}
	for i, c := range all {
		roundTrip(t, c, fmt.Sprint("again ", i))
	}
	began := time.Now()
	for i := range 200 {
		roundTrip(t, all[0], strconv.Itoa(i))
	}
	t.Logf("round trip over the link: %v", time.Since(began)/200)
	// Streams are given back: more connections after one another than there are streams.
	for range 40 {
		c, _, err := dialer.Dial("ws://board/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, c, "x")
		c.Close()
	}
}

// What a pupil of the well-known tutorial pastes is served byte for byte.
func TestTutorialPages(t *testing.T) {
	dir := tree.Path("..", "shared", "tutorial")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the tutorial's pages are not here")
	}
	for name, page := range map[string]string{"led": "led.html", "echo": "wstest.html"} {
		p := start(t, name, false)
		b, err := os.ReadFile(filepath.Join(dir, page))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := devfs.Push(context.Background(), p.files, []devfs.Local{{Path: "/www/" + page, Content: b}}, devfs.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/" + page, "/"} {
			if _, got := fetch(t, http.DefaultClient, "http://"+p.address+path); !bytes.Equal(got, b) {
				t.Fatalf("%s%s: other bytes", name, path)
			}
		}
		c := dial(t, p, "/") // new WebSocket("ws://" + hostname) asks for "/"
		for _, text := range []string{"Hello world :)", "HELLO from button", "LEDon", "LEDoff"} {
			roundTrip(t, c, text)
		}
	}
}

func TestManyClients(t *testing.T) {
	p := start(t, "echo", false)
	var wait sync.WaitGroup
	for i := range 32 {
		c := dial(t, p, "/ws")
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := range 50 {
				text := fmt.Sprintf("%d of %d", n, i)
				c.WriteMessage(websocket.TextMessage, []byte(text))
				if _, got, err := c.ReadMessage(); err != nil || string(got) != "Reply for "+text {
					t.Errorf("%q %v", got, err)
					return
				}
			}
		}()
	}
	if _, answer, err := websocket.DefaultDialer.Dial("ws://"+p.address+"/ws", nil); err == nil || answer == nil || answer.StatusCode != 503 {
		t.Errorf("one too many: %v", err)
	}
	wait.Wait()
	// Connections beyond all places are told so, and the others do not notice. Which of them is the one too many is
	// not said: the one that was refused above may leave its place late.
	told := make(chan string, 40)
	for range cap(told) {
		c, err := net.Dial("tcp", p.address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET / HT") // under way: it makes way for nobody
		go func() {
			b, _ := io.ReadAll(c)
			told <- string(b)
		}()
	}
	for range 8 {
		select {
		case answer := <-told:
			if !strings.HasPrefix(answer, "HTTP/1.1 503 ") {
				t.Errorf("%q", answer)
			}
		case <-time.After(time.Minute):
			t.Fatal("a connection too many is not told")
		}
	}
}

// A page that does not read must not hold up the others.
func TestStalledReader(t *testing.T) {
	p := start(t, "echo", false)
	big := bytes.Repeat([]byte{1}, 3<<20)
	if _, err := p.files.Write(context.Background(), "/www/big.bin", big, nil); err != nil {
		t.Fatal(err)
	}
	c := dial(t, p, "/ws")
	trips := func(c *websocket.Conn) time.Duration {
		began := time.Now()
		for i := range 100 {
			roundTrip(t, c, strconv.Itoa(i))
		}
		return time.Since(began)
	}
	quiet := trips(c)
	for range 4 {
		c, err := net.Dial("tcp", p.address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.(*net.TCPConn).SetReadBuffer(1)
		io.WriteString(c, "GET /big.bin HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	stalled := trips(c)
	// Who waits for one of them waits 5 s. A busy computer makes all trips longer.
	if stalled > 10*quiet+4*time.Second {
		t.Fatalf("100 round trips took %v, and %v before", stalled, quiet)
	}
}

func TestRestPowerAndRoundTrip(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	p := start(t, "echo", false)
	c := dial(t, p, "/ws")
	for i := range 200 {
		roundTrip(t, c, strconv.Itoa(i))
	}
	began := time.Now()
	for i := range 2000 {
		roundTrip(t, c, strconv.Itoa(i))
	}
	t.Logf("round trip over TCP: %v", time.Since(began)/2000)
	before := cpuTicks(t, p.cmd.Process.Pid)
	time.Sleep(time.Second)
	if used := cpuTicks(t, p.cmd.Process.Pid) - before; used > 2 { // of 100 in a second
		t.Errorf("%d %% of a processor at rest", used)
	}
}

// cpuTicks is the processor time of a process in hundredths of a second.
func cpuTicks(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+2:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return user + system
}
