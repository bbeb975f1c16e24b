package bridge

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/problem"
)

func newTestConsole(t testing.TB, dial Dialer, change func(*ConsoleConfig)) (*Console, *seen) {
	t.Helper()
	s := newSeen()
	cfg := ConsoleConfig{Dial: dial, Emit: s.emit, State: s.state, RetryFirst: time.Millisecond, RetryMost: 5 * time.Millisecond}
	if change != nil {
		change(&cfg)
	}
	c := NewConsole(cfg)
	t.Cleanup(c.Stop)
	return c, s
}

func wantCode(t testing.TB, err error, code, text string) {
	t.Helper()
	var p *problem.Problem
	if !errors.As(err, &p) || p.Code != code || !strings.Contains(p.Text, text) || p.Help == "" {
		t.Errorf("got %+v, want %s with %q", err, code, text)
	}
}

func TestConsole(t *testing.T) {
	c, s := newTestConsole(t, echo(t), nil)
	wantCode(t, c.SendText("x"), "socket.closed", "not connected")
	if err := c.Connect(t.Context(), Target{Path: "ws?a=b"}); err != nil {
		t.Fatal(err)
	}
	if st := c.State(); st.State != "open" || st.Path != "/ws?a=b" || st.Auto {
		t.Errorf("%+v", st)
	}
	if err := c.SendText("LEDon"); err != nil {
		t.Fatal(err)
	}
	if m := s.message(t, "received", "Reply for LEDon"); m.From != "console" || m.Millis < 0 || m.Size != 15 || m.Conn != 1 || m.Time == 0 {
		t.Errorf("%+v", m)
	}
	if m := s.message(t, "sent", "LEDon"); m.Millis != -1 || m.Size != 5 {
		t.Errorf("%+v", m)
	}
	big := make([]byte, 300_000)
	if err := c.SendBinary(big); err != nil {
		t.Fatal(err)
	}
	s.until(t, "the big one", func() bool {
		m := s.messages[len(s.messages)-1]
		return m.Kind == "received" && m.Size == 300_000 && m.Binary
	})
	if all := s.all(); len(all[len(all)-1].Data) > maxData*2 {
		n := len(all[len(all)-1].Data)
		t.Errorf("keeps %d bytes", n)
	}
	wantCode(t, c.SendText("\xff"), "socket.not-text", "UTF-8")
	wantCode(t, c.Close(1005, ""), "socket.bad-code", "1005")
	wantCode(t, c.Close(1000, strings.Repeat("x", 124)), "socket.bad-reason", "124 bytes")
	if err := c.Close(4000, "enough"); err != nil {
		t.Fatal(err)
	}
	if m := s.message(t, "close", "You"); m.Code != 4000 {
		t.Errorf("%+v", m)
	}
	if st := c.State(); st.State != "closed" || st.Code != 4000 {
		t.Errorf("%+v", st)
	}
	if err := c.Close(0, ""); err != nil {
		t.Errorf("closing what is closed: %v", err)
	}

	if err := c.Connect(t.Context(), Target{Path: ""}); err != nil {
		t.Fatal(err)
	}
	c.SendText("close")
	if m := s.message(t, "close", "The board"); m.Code != 4001 || !strings.Contains(m.Data, "“as you wish”") {
		t.Errorf("%+v", m)
	}
	s.until(t, "state", func() bool {
		st := s.states[len(s.states)-1]
		return st.State == "closed" && st.Code == 4001 && st.Reason == "as you wish"
	})
	if err := c.Connect(t.Context(), Target{Path: "/"}); err != nil {
		t.Fatal(err)
	}
	c.SendText("die")
	if m := s.message(t, "close", "lost"); m.Code != 1006 {
		t.Errorf("%+v", m)
	}
}

func TestConsoleFailures(t *testing.T) {
	for _, test := range []struct {
		name       string
		dial       Dialer
		path       string
		code, text string
	}{
		{"not there", func(context.Context) (net.Conn, error) { return nil, errors.New("no") }, "/", "board.unreachable", "cannot be reached"},
		{"not there, explained", func(context.Context) (net.Conn, error) {
			return nil, &problem.Problem{Code: "x.y", Text: "Unplugged.", Help: "Plug in."}
		}, "/", "x.y", "Unplugged."},
		{"404", says(t, "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nno page"), "/x", "socket.refused", "WebSocket /x: the board refused it with 404 Not Found: no page."},
		{"a page", says(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), "/", "socket.refused", "200 OK: hi"},
		{"wrong accept", says(t, handshakeAnswer+"\r\n"), "/", "socket.refused", "Sec-WebSocket-Accept"},
		{"closes", raw(t, func(c net.Conn, r *bufio.Reader) { readHeadOf(r) }), "/", "socket.refused", "without answering"},
		{"no HTTP", says(t, "Hello?\r\n\r\n"), "/", "socket.refused", "not HTTP"},
		{"no answer", raw(t, func(c net.Conn, r *bufio.Reader) { io.Copy(io.Discard, r) }), "/", "socket.timeout", "not answered"},
		{"whole address", nil, "ws://evil.example/", "socket.bad-path", "not a path"},
		{"control character", nil, "/a\r\nX: y", "socket.bad-path", "not a path"},
		{"fragment", nil, "/a#b", "socket.bad-path", "not a path"},
		{"bad escape", nil, "/%zz", "socket.bad-path", "not a path"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, s := newTestConsole(t, test.dial, func(c *ConsoleConfig) {
				if test.name == "no answer" {
					c.DialTimeout = 150 * time.Millisecond
				}
			})
			wantCode(t, c.Connect(t.Context(), Target{Path: test.path}), test.code, test.text)
			if st := c.State(); st.State != "closed" {
				t.Errorf("%+v", st)
			}
			if test.dial != nil {
				s.message(t, "error", test.text)
			}
		})
	}
}

func TestConsoleConnectCanBeGivenUp(t *testing.T) {
	hung := make(chan struct{}, 2)
	dial := raw(t, func(c net.Conn, r *bufio.Reader) { readHeadOf(r); hung <- struct{}{}; io.Copy(io.Discard, r) })
	c, _ := newTestConsole(t, dial, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-hung; cancel() }()
	wantCode(t, c.Connect(ctx, Target{Path: "/"}), "cancelled", "")
	go func() { <-hung; c.Close(0, "") }()
	wantCode(t, c.Connect(t.Context(), Target{Path: "/"}), "cancelled", "")
}

// Without being asked again the console is back as soon as the board is.
func TestConsoleAuto(t *testing.T) {
	board := echo(t)
	var there atomic.Bool
	var dials atomic.Int32
	c, s := newTestConsole(t, func(ctx context.Context) (net.Conn, error) {
		dials.Add(1)
		if !there.Load() {
			return nil, errors.New("no")
		}
		return board(ctx)
	}, nil)
	wantCode(t, c.Auto(Target{Path: "http://x"}), "socket.bad-path", "")
	if err := c.Auto(Target{Path: "/ws"}); err != nil {
		t.Fatal(err)
	}
	s.message(t, "error", "cannot be reached")
	for dials.Load() < 5 {
		time.Sleep(time.Millisecond)
	}
	if n := strings.Count(kinds(s), "error"); n != 1 {
		t.Errorf("the same failure told %d times", n)
	}
	there.Store(true)
	c.Wake()
	s.message(t, "open", "/ws")
	s.until(t, "open", func() bool { st := s.states[len(s.states)-1]; return st.State == "open" && st.Auto && st.Path == "/ws" })
	if err := c.SendText("die"); err != nil {
		t.Fatal(err)
	}
	s.until(t, "open again", func() bool {
		n := 0
		for _, m := range s.messages {
			if m.Kind == "open" {
				n++
			}
		}
		return n == 2
	})
	c.Close(0, "")
	if st := c.State(); st.State != "closed" || st.Auto {
		t.Errorf("%+v", st)
	}
	before := dials.Load()
	time.Sleep(20 * time.Millisecond) // several back-offs
	if dials.Load() != before {
		t.Error("connects again after Close")
	}
}

func TestConsoleGivesUpSilentBoard(t *testing.T) {
	c, s := newTestConsole(t, raw(t, func(conn net.Conn, r *bufio.Reader) {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		io.WriteString(conn, "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+acceptKey(req.Header.Get("Sec-WebSocket-Key"))+"\r\n\r\n")
		io.Copy(io.Discard, r) // takes pings, never answers
	}), func(c *ConsoleConfig) { c.Ping = 20 * time.Millisecond })
	if err := c.Connect(t.Context(), Target{Path: "/"}); err != nil {
		t.Fatal(err)
	}
	if m := s.message(t, "close", "silent for too long"); m.Code != 1006 {
		t.Errorf("%+v", m)
	}
}

// A board that answers pings is never given up, however long nothing else is said.
func TestConsoleKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		board := make(pipes)
		up := websocket.Upgrader{}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := up.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer c.Close()
			for {
				kind, m, err := c.ReadMessage()
				if err != nil {
					return
				}
				c.WriteMessage(kind, m)
			}
		})}
		go server.Serve(board)
		t.Cleanup(func() { server.Close() })
		c, s := newTestConsole(t, board.dial, nil)
		if err := c.Connect(t.Context(), Target{Path: "/"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		if err := c.SendText("x"); err != nil {
			t.Fatal(err)
		}
		s.message(t, "received", "x")
	})
}

// pipes is a listener in memory: time in it can be simulated.
type pipes chan net.Conn

func (p pipes) dial(context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	p <- far
	return near, nil
}

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Net: "pipe"} }

func TestConsoleStop(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("", func(t *testing.T) {
		board := echo(t)
		c, _ := newTestConsole(t, board, nil)
		if err := c.Connect(t.Context(), Target{Path: "/"}); err != nil {
			t.Fatal(err)
		}
		d, s := newTestConsole(t, board, nil)
		d.Auto(Target{Path: "/"})
		s.message(t, "open", "/")
		e, s := newTestConsole(t, func(ctx context.Context) (net.Conn, error) { return nil, errors.New("no") }, nil)
		e.Auto(Target{Path: "/"})
		s.message(t, "error", "")
		for _, c := range []*Console{c, d, e} {
			c.Stop()
			c.Stop()
			if st := c.State(); st.State != "closed" {
				t.Errorf("%+v", st)
			}
			wantCode(t, c.Connect(t.Context(), Target{Path: "/"}), "socket.closed", "")
			wantCode(t, c.Auto(Target{Path: "/"}), "socket.closed", "")
		}
	})
	noLeaks(t, before)
}

func TestCloseText(t *testing.T) {
	seen := map[string]int{}
	for code := 1000; code < 1016; code++ {
		if code == 1004 {
			continue
		}
		text := CloseText(code)
		if strings.Contains(text, "not a valid one") || seen[text] != 0 {
			t.Errorf("%d: %s (also %d)", code, text, seen[text])
		}
		seen[text] = code
	}
	for code, part := range map[int]string{3000: "library", 4999: "program itself", 999: "not a valid", 5000: "not a valid", 0: "not a valid"} {
		if text := CloseText(code); !strings.Contains(text, part) {
			t.Errorf("%d: %s", code, text)
		}
	}
}

// A time is told where it is surely the answer's, and never another message's.
func TestAnswers(t *testing.T) {
	type step struct {
		ms   int
		text string // "> " sent, "< " received
		want int64
	}
	for name, steps := range map[string][]step{
		"nothing was asked":            {{0, "< hello", -1}},
		"one after the other":          {{0, "> temp", 0}, {12, "< 21.5", 12}, {20, "> temp", 0}, {23, "< 22", 3}},
		"the text tells":               {{0, "> a1", 0}, {10, "> b2", 0}, {12, "< Reply for a1", 12}, {13, "< Reply for b2", 3}},
		"one without an answer":        {{0, "> quiet", 0}, {400, "> LEDon", 0}, {405, "< Reply for LEDon", 5}, {500, "> LEDoff", 0}, {506, "< Reply for LEDoff", 6}},
		"one without, no text to tell": {{0, "> quiet", 0}, {1400, "> temp", 0}, {1407, "< 21.5", 7}},
		"two wait, nobody knows":       {{0, "> quiet", 0}, {300, "> temp", 0}, {307, "< 21.5", -1}},
		"the board says it unasked":    {{0, "< temp 21.5", -1}, {1000, "< temp 21.6", -1}, {1500, "> LEDon", 0}, {2000, "< temp 21.7", -1}, {2010, "< done", 510}},
		"a slow board":                 {{0, "> a", 0}, {1500, "< one", 1500}, {2000, "> b", 0}, {3200, "> c", 0}, {3500, "< two", -1}},
		"too late":                     {{0, "> a", 0}, {5200, "< one", -1}},
	} {
		var a answers
		for _, s := range steps {
			at := time.UnixMilli(int64(s.ms))
			if text, ok := strings.CutPrefix(s.text, "> "); ok {
				a.send(at, text)
			} else if got := a.receive(at, s.text[2:]); got != s.want {
				t.Errorf("%s: %d ms after %q at %d, want %d", name, got, s.text, s.ms, s.want)
			}
		}
	}
	var a answers
	for i := range 1000 {
		a.send(time.UnixMilli(int64(i)), "x")
		a.unasked(strings.Repeat("x", i))
	}
	if len(a.waiting) > answerQueue || cap(a.waiting) > 4*answerQueue || len(a.own) > answerForms {
		t.Errorf("keeps %d and %d", len(a.waiting), len(a.own))
	}
}

// acceptKey is RFC 6455 section 4.2.2 item 5.4.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Who has taken a connection just before it ended sends nothing, and nothing is told of it: it would seem to have gone over
// the next connection, which is opened at once.
func TestSentTooLateIsNotTold(t *testing.T) {
	c, s := newTestConsole(t, echo(t), nil)
	if err := c.Connect(t.Context(), Target{Path: "/ws"}); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	old := c.socket
	c.mu.Unlock()
	old.ws.Close() // it breaks
	s.message(t, "close", "")
	if err := c.Connect(t.Context(), Target{Path: "/ws"}); err != nil {
		t.Fatal(err)
	}
	if err := old.ws.WriteMessage(websocket.TextMessage, []byte("late")); err == nil {
		t.Error("an ended connection has taken a message")
	}
	if err := c.SendText("in time"); err != nil {
		t.Fatal(err)
	}
	s.message(t, "received", "Reply for in time")
	for _, m := range s.all() {
		if m.Kind == "sent" && m.Data != "in time" {
			t.Errorf("told as sent: %q", m.Data)
		}
	}
}
