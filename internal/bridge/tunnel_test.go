package bridge

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/problem"
)

// echo is a board that answers as the tutorial's does, and closes on "close".
func echo(t testing.TB) Dialer {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, EnableCompression: true, Subprotocols: []string{"b"}}
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		c.SetReadLimit(1 << 20)
		for {
			kind, m, err := c.ReadMessage()
			if err != nil {
				return
			}
			switch {
			case string(m) == "close":
				c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4001, "as you wish"), time.Now().Add(time.Second))
			case string(m) == "die":
				return
			case kind == websocket.TextMessage:
				c.WriteMessage(kind, append([]byte("Reply for "), m...))
			default:
				c.WriteMessage(kind, m)
			}
		}
	})
}

func dialPage(t testing.TB, p *Proxy, path string, change func(*websocket.Dialer, http.Header)) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	d, h := websocket.Dialer{}, http.Header{"Origin": {strings.TrimSuffix(p.URL(), "/")}}
	if change != nil {
		change(&d, h)
	}
	return d.Dial("ws"+strings.TrimPrefix(strings.TrimSuffix(p.URL(), "/"), "http")+path, h)
}

func TestSocketIsWatched(t *testing.T) {
	p, s := start(t, echo(t), func(c *Config) { c.MaxData = 4096 })
	c, res, err := dialPage(t, p, "/ws?x=1", func(d *websocket.Dialer, h http.Header) {
		d.Subprotocols = []string{"a", "b"}
		d.EnableCompression = true
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Subprotocol() != "b" {
		t.Errorf("subprotocol %q", c.Subprotocol())
	}
	if res.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Error("messages are compressed and cannot be watched")
	}
	if m := s.message(t, "open", "/ws?x=1"); m.From != "page" || m.Conn != 1 || m.Time == 0 {
		t.Errorf("open %+v", m)
	}
	say := func(kind int, text, want string) {
		t.Helper()
		c.WriteMessage(kind, []byte(text))
		if _, got, err := c.ReadMessage(); err != nil || string(got) != want {
			t.Fatalf("%q %v", got, err)
		}
	}
	say(websocket.TextMessage, "LEDon", "Reply for LEDon")
	if m := s.message(t, "sent", "LEDon"); m.Size != 5 || m.Binary || m.Millis != -1 {
		t.Errorf("sent %+v", m)
	}
	if m := s.message(t, "received", "Reply for LEDon"); m.Size != 15 || m.Millis < 0 {
		t.Errorf("received %+v", m)
	}
	say(websocket.BinaryMessage, "\x00\xff\x80", "\x00\xff\x80")
	if m := s.message(t, "received", "AP+A"); !m.Binary || m.Size != 3 {
		t.Errorf("binary %+v", m)
	}
	big := strings.Repeat("é", 100_000)
	say(websocket.TextMessage, big, "Reply for "+big)
	if m := s.message(t, "sent", "éé"); m.Size != 200_000 || m.Data != strings.Repeat("é", 4096/2) {
		t.Errorf("big: size %d, %d kept", m.Size, len(m.Data))
	}
	c.WriteMessage(websocket.TextMessage, []byte("close"))
	_, _, err = c.ReadMessage()
	var ce *websocket.CloseError
	if !errors.As(err, &ce) || ce.Code != 4001 || ce.Text != "as you wish" {
		t.Errorf("closed by %v", err)
	}
	if m := s.message(t, "close", "The board"); m.Code != 4001 || !strings.Contains(m.Data, "as you wish") {
		t.Errorf("close %+v", m)
	}
	if order := kinds(s); order != "open sent received sent received sent received sent close" {
		t.Errorf("order: %s", order)
	}

	c2, _, err := dialPage(t, p, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c2.Close()
	c2.WriteMessage(websocket.TextMessage, []byte("die"))
	c2.ReadMessage()
	begin := time.Now()
	defer func() {
		if time.Since(begin) > lingerTime/2 {
			t.Error("the close is told only when the page is done too")
		}
	}()
	if m := s.message(t, "close", "lost"); m.Code != 1006 || m.Conn != 2 {
		t.Errorf("lost %+v", m)
	}
}

func kinds(s *seen) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var k []string
	for _, m := range s.messages {
		k = append(k, m.Kind)
	}
	return strings.Join(k, " ")
}

const handshakeAnswer = "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: upgrade\r\nSEC-WEBSOCKET-ACCEPT: x\r\n"

// Every byte of both sides arrives as it was sent, good and bad frames alike.
func TestTunnelIsFaithful(t *testing.T) {
	up := join2(frame(0x81, "LEDon", "abcd"), frame(0x81, "unmasked", ""), frame(0x01, "pie", "wxyz"), frame(0x89, "ping", "0000"), frame(0x80, "ces", "1111"),
		frame(0xF3, "bad", "2222"), []byte{0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3}, bytes.Repeat([]byte("anything"), 20_000), []byte{0x88, 0x00})
	down := join2(frame(0x81, "Reply", ""), frame(0x8A, "ping", ""), bytes.Repeat(frame(0x82, strings.Repeat("b", 300), ""), 500), frame(0x88, "\x03\xf1too big", ""))
	var got []byte
	var head string
	done := make(chan struct{})
	p, s := start(t, raw(t, func(c net.Conn, r *bufio.Reader) {
		defer close(done)
		head = readHeadOf(r)
		var wg sync.WaitGroup
		wg.Go(func() { got, _ = io.ReadAll(r) })
		io.WriteString(c, handshakeAnswer+"Set-Cookie: studio=x\r\nX-More: y\r\n\r\n"+string(down[:3])) // frames right behind the head
		c.Write(down[3:])
		c.(*net.TCPConn).CloseWrite()
		wg.Wait()
	}), nil)
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	request := fmt.Sprintf("GET /a%%20b//c?d HTTP/1.1\r\nHost: localhost:%d\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: k\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\nOrigin: http://localhost:%d\r\nCookie: studio=secret; a=b\r\nUser-Agent: x\r\nSec-Fetch-Mode: websocket\r\n\r\n", p.Port(), p.Port())
	go func() {
		c.Write(append([]byte(request), up...)) // frames right behind the request
		c.(*net.TCPConn).CloseWrite()
	}()
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	if want := handshakeAnswer + "X-More: y\r\n\r\n" + string(down); string(answer) != want {
		t.Errorf("the page got %d bytes, want %d: %.300q", len(answer), len(want), answer)
	}
	<-done
	if !bytes.Equal(got, up) {
		t.Errorf("the board got %d bytes, want %d", len(got), len(up))
	}
	want := fmt.Sprintf("GET /a%%20b//c?d HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n"+
		"Origin: http://localhost:%d\r\nUser-Agent: x\r\nCookie: a=b\r\n\r\n", p.Port(), p.Port())
	if head != want {
		t.Errorf("the board got\n%s\nwant\n%s", head, want)
	}
	s.message(t, "error", "a frame is not masked")
	s.message(t, "error", "a frame has the unknown kind 3")
	s.message(t, "error", "longer than any can be")
	s.message(t, "sent", "pieces")
	if m := s.message(t, "close", "too big"); m.Code != 1009 {
		t.Errorf("%+v", m)
	}
}

func TestForeignSocketsAreRefused(t *testing.T) {
	p, s := start(t, echo(t), nil)
	port := fmt.Sprint(p.Port())
	for origin, ok := range map[string]bool{
		"http://localhost:" + port: true, "http://127.0.0.1:" + port: true, "http://[::1]:" + port: true, "": true,
		"null": false, "file://": false, "http://evil.example": false, "http://localhost:1": false, "https://localhost:" + port: false,
		"http://localhost:" + port + ".evil.example": false, "http://localhost": false,
	} {
		c, res, err := dialPage(t, p, "/ws", func(_ *websocket.Dialer, h http.Header) {
			h.Set("Origin", origin)
			if origin == "" {
				h.Del("Origin")
			}
		})
		if err == nil {
			c.Close()
		}
		if ok != (err == nil) || !ok && res.StatusCode != 403 {
			t.Errorf("Origin %q: %v", origin, err)
		}
	}
	s.message(t, "error", "http://evil.example tried to open a WebSocket")
	s.message(t, "error", "a file that was opened without Studio")
	if _, res, err := dialPage(t, p, "/.studio/x", nil); err == nil || res.StatusCode != 404 {
		t.Errorf("/.studio/: %v", err)
	}
}

func TestSocketFailures(t *testing.T) {
	for _, test := range []struct {
		name   string
		dial   Dialer
		status int
		told   string
	}{
		{"not there", func(context.Context) (net.Conn, error) { return nil, &problem.Problem{Code: "x", Text: "Unplugged."} }, 503, "Unplugged."},
		{"404", says(t, "HTTP/1.1 404 Not Found\r\nContent-Length: 8\r\nX-Mine: 1\r\n\r\nno  way\n"), 404, "the board refused it with 404 Not Found: no way"},
		{"no answer", raw(t, func(c net.Conn, r *bufio.Reader) { io.Copy(io.Discard, r) }), 504, "not answered in time"},
		{"closes", raw(t, func(c net.Conn, r *bufio.Reader) { readHeadOf(r) }), 502, "closed the connection"},
		{"no HTTP", says(t, "What?\r\n\r\n"), 502, "not a web page answer"},
		{"endless head", says(t, "HTTP/1.1 101 x\r\nX: "+strings.Repeat("x", 80<<10)), 502, "not a web page answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, s := start(t, test.dial, func(c *Config) {
				if test.name == "no answer" {
					c.AnswerTimeout = 100 * time.Millisecond
				}
			})
			_, res, err := dialPage(t, p, "/ws", nil)
			if err == nil || res == nil || res.StatusCode != test.status {
				t.Fatalf("%v %v", res, err)
			}
			if m := s.message(t, "error", test.told); m.Code != test.status || m.Conn != 1 {
				t.Errorf("told %+v", m)
			}
		})
	}
	t.Run("too many", func(t *testing.T) {
		p, s := start(t, echo(t), func(c *Config) { c.MaxSockets = 1 })
		c, _, err := dialPage(t, p, "/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, res, err := dialPage(t, p, "/ws", nil); err == nil || res.StatusCode != 503 {
			t.Errorf("%v", err)
		}
		s.message(t, "error", "have 1 WebSockets open already")
		c.Close()
		s.message(t, "close", "")
	})
	t.Run("with a body", func(t *testing.T) {
		p, _ := start(t, echo(t), nil)
		got := exchange(t, p, fmt.Sprintf("GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 22\r\n\r\nGET /evil HTTP/1.1\r\n\r\n", p.Port()))
		if !strings.HasPrefix(got, "HTTP/1.1 400") {
			t.Errorf("%q", got)
		}
	})
}

func TestTunnelsEndWithProxy(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("", func(t *testing.T) {
		p, s := start(t, echo(t), nil)
		var conns []*websocket.Conn
		for range 5 {
			c, _, err := dialPage(t, p, "/ws", nil)
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
		}
		p.Close()
		for _, c := range conns {
			if _, _, err := c.ReadMessage(); err == nil {
				t.Error("still open")
			}
			c.Close()
		}
		if s.message(t, "close", "").Code != 1006 {
			t.Error("no close told")
		}
	})
	noLeaks(t, before)
}

// A board that stops reading holds the page back and nothing else.
func TestSlowBoard(t *testing.T) {
	block := make(chan struct{})
	defer close(block)
	p, s := start(t, raw(t, func(c net.Conn, r *bufio.Reader) {
		if !strings.Contains(readHeadOf(r), "websocket") {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			return
		}
		io.WriteString(c, handshakeAnswer+"\r\n")
		<-block
	}), nil)
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", p.Port())
	readHeadOf(bufio.NewReader(c))
	c.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
	sent := 0
	for {
		n, err := c.Write(frame(0x82, strings.Repeat("x", 60000), "abcd"))
		sent += n
		if err != nil {
			break
		}
		if sent > 64<<20 {
			t.Fatal("nothing holds the page back")
		}
	}
	if res, body := ask(t, p, "GET", "/", ""); body != "ok" {
		t.Errorf("%d %q", res.StatusCode, body)
	}
	s.message(t, "sent", "")
}

// When the board has gone, and the page goes on sending until it hears of it, none of that is told: it went nowhere.
func TestSentAfterTheEndIsNotTold(t *testing.T) {
	gone := make(chan struct{})
	board := serve(t, func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		c.ReadMessage()
		c.Close() // without a word
		close(gone)
	})
	p, s := start(t, board, nil)
	c, _, err := dialPage(t, p, "/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.WriteMessage(websocket.TextMessage, []byte("go")); err != nil {
		t.Fatal(err)
	}
	<-gone
	s.message(t, "close", "")
	c.WriteMessage(websocket.TextMessage, []byte("late")) // Studio still reads what the page has to say
	c.Close()
	for len(p.sockets) > 0 { // it has come to the end of what the page has said
		time.Sleep(time.Millisecond)
	}
	for _, m := range s.all() {
		if m.Data == "late" {
			t.Errorf("told after the end: %+v", m)
		}
	}
}
