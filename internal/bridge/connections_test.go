package bridge

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
)

// newTestConnections records messages as newTestConsole does; list is what was told of the others last.
func newTestConnections(t testing.TB, dial Dialer) (s *Connections, seen *seen, list func() []api.Socket) {
	t.Helper()
	seen = newSeen()
	var mu sync.Mutex
	var last []api.Socket
	s = NewConnections(ConsoleConfig{Dial: dial, Emit: seen.emit, State: seen.state, RetryFirst: time.Millisecond, RetryMost: 5 * time.Millisecond},
		func(more []api.Socket) { mu.Lock(); last = more; mu.Unlock() })
	t.Cleanup(s.Stop)
	return s, seen, func() []api.Socket { mu.Lock(); defer mu.Unlock(); return last }
}

// server is a WebSocket server of somebody else, at an address. It counts who
// came, agrees to the first subprotocol "b", and echoes.
func server(t testing.TB) (address string, came *atomic.Int32, header func() http.Header) {
	t.Helper()
	came = new(atomic.Int32)
	var mu sync.Mutex
	var last http.Header
	up := websocket.Upgrader{Subprotocols: []string{"b"}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		came.Add(1)
		mu.Lock()
		last = r.Header.Clone()
		mu.Unlock()
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, m, err := c.ReadMessage()
			if err != nil || string(m) == "die" {
				return
			}
			if string(m) == "ping me" {
				c.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
				c.WriteControl(websocket.PingMessage, []byte("from the server"), time.Now().Add(time.Second))
			}
			c.WriteMessage(kind, m)
		}
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http") + "/chat", came, func() http.Header { mu.Lock(); defer mu.Unlock(); return last }
}

// Several connections have numbers, states and messages of their own.
func TestConnections(t *testing.T) {
	s, seen, list := newTestConnections(t, echo(t))
	if err := s.First().Connect(t.Context(), Target{Path: "/ws"}); err != nil {
		t.Fatal(err)
	}
	two, err := s.Open(t.Context(), Target{Path: "own"}, false)
	if err != nil || two.Conn != 2 || two.Path != "/own" || two.State != "open" || !two.Auto {
		t.Fatalf("%+v, %v", two, err)
	}
	three, err := s.Open(t.Context(), Target{Path: "/"}, false)
	if err != nil || three.Conn != 3 {
		t.Fatalf("%+v, %v", three, err)
	}
	for number, text := range map[int]string{0: "first", 2: "second", 3: "third"} {
		c, err := s.Get(number)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SendText(text); err != nil {
			t.Fatal(err)
		}
		want := max(number, 1)
		if m := seen.message(t, "sent", text); m.Conn != want || m.From != "console" {
			t.Errorf("%+v", m)
		}
		if m := seen.message(t, "received", "Reply for "+text); m.Conn != want || m.Millis < 0 {
			t.Errorf("%+v", m)
		}
	}
	if err := s.Close(2, 4002, "enough of this"); err != nil {
		t.Fatal(err)
	}
	if m := seen.message(t, "close", "You"); m.Conn != 2 || m.Code != 4002 || m.Closing[0].Reason != "enough of this" {
		t.Errorf("%+v", m)
	}
	if l := list(); len(l) != 1 || l[0].Conn != 3 || l[0].State != "open" || !slices.Equal(l, s.More()) {
		t.Errorf("%+v, %+v", l, s.More())
	}
	_, err = s.Get(2)
	wantCode(t, err, "socket.none", "2")
	wantCode(t, s.Close(2, 1000, ""), "socket.none", "2")
	wantCode(t, s.Close(3, 1, ""), "socket.bad-code", "1")
	if four, err := s.Open(t.Context(), Target{Path: "/"}, false); err != nil || four.Conn != 4 {
		t.Errorf("a number comes again: %+v, %v", four, err)
	}
}

// What cannot be opened is not in the list, and there is an end to how many there are.
func TestConnectionsFailures(t *testing.T) {
	var there atomic.Bool
	board := echo(t)
	s, seen, list := newTestConnections(t, func(ctx context.Context) (net.Conn, error) {
		if !there.Load() {
			return nil, errors.New("no")
		}
		return board(ctx)
	})
	_, err := s.Open(t.Context(), Target{Path: "/x"}, false)
	wantCode(t, err, "board.unreachable", "")
	if m := seen.message(t, "error", "cannot be reached"); m.Conn != 2 {
		t.Errorf("%+v", m)
	}
	if l := list(); len(l) != 0 {
		t.Errorf("%+v", l)
	}
	there.Store(true)
	for range mostConnections - 1 {
		if _, err := s.Open(t.Context(), Target{Path: "/"}, false); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.Open(t.Context(), Target{Path: "/"}, false)
	wantCode(t, err, "socket.too-many", "32")
	s.Stop()
	if len(s.More()) != 0 {
		t.Errorf("%+v", s.More())
	}
	_, err = s.Open(t.Context(), Target{Path: "/"}, false)
	wantCode(t, err, "socket.closed", "")
	for _, c := range []struct {
		to         Target
		code, text string
	}{
		{Target{URL: "http://x/"}, "socket.bad-url", "http://x/"},
		{Target{URL: "ws:///x"}, "socket.bad-url", ""},
		{Target{URL: "ws://me:secret@x/"}, "socket.bad-url", ""},
		{Target{URL: "ws://x/#a"}, "socket.bad-url", ""},
		{Target{URL: "ws://x/\r\nY: z"}, "socket.bad-url", ""},
		{Target{Header: http.Header{"A b": {"c"}}}, "socket.bad-header", "A b"},
		{Target{Header: http.Header{"A": {"b\r\nc: d"}}}, "socket.bad-header", "A: b"},
		{Target{Header: http.Header{"host": {"evil"}}}, "socket.bad-header", "writes itself"},
		{Target{Header: http.Header{"Sec-WebSocket-Key": {"x"}}}, "socket.bad-header", "writes itself"},
		{Target{Header: http.Header{"A": make([]string, 33)}}, "socket.bad-header", ""},
		{Target{Protocols: []string{"a b"}}, "socket.bad-protocol", "a b"},
		{Target{Protocols: make([]string, 1)}, "socket.bad-protocol", ""},
	} {
		_, err := s.Open(t.Context(), c.to, true)
		wantCode(t, err, c.code, c.text)
	}
}

// Studio goes to no server that the user has not confirmed, and asks again for another project.
func TestConnectionsToServersAreConfirmed(t *testing.T) {
	address, came, header := server(t)
	s, seen, _ := newTestConnections(t, echo(t))
	to := Target{URL: address, Header: http.Header{"X-Who": {"me"}, "Authorization": {"Bearer s3cret"}}, Protocols: []string{"a", "b"}}
	_, err := s.Open(t.Context(), to, false)
	wantCode(t, err, "socket.unconfirmed", address)
	if came.Load() != 0 {
		t.Fatal("Studio was there before it was confirmed")
	}
	one, err := s.Open(t.Context(), to, true)
	if err != nil || one.URL != address || one.Path != "" || one.Protocol != "b" {
		t.Fatalf("%+v, %v", one, err)
	}
	if h := header(); h.Get("X-Who") != "me" || h.Get("Sec-Websocket-Protocol") != "a, b" || h.Get("Origin") != "" || h.Get("Cookie") != "" {
		t.Errorf("%v", h)
	}
	how := seen.message(t, "open", address).Handshake
	if how == nil || !strings.Contains(how.Request, "GET /chat HTTP/1.1\r\n") || !strings.Contains(how.Request, "X-Who: me") || strings.Contains(how.Request, "s3cret") ||
		!strings.HasPrefix(how.Answer, "HTTP/1.1 101 ") || how.Got != how.Accept || how.Accept != acceptKey(how.Key) || len(how.Sum) != 40 {
		t.Errorf("%+v", how)
	}
	if again, err := s.Open(t.Context(), Target{URL: address}, false); err != nil || again.Conn != one.Conn+1 {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = s.Open(t.Context(), Target{URL: address + "/other"}, false)
	wantCode(t, err, "socket.unconfirmed", "/other")
	board, err := s.Open(t.Context(), Target{Path: "/ws"}, false)
	if err != nil {
		t.Fatal(err)
	}
	s.Forget()
	if l := s.More(); len(l) != 1 || l[0].Conn != board.Conn {
		t.Errorf("%+v", l)
	}
	_, err = s.Open(t.Context(), Target{URL: address}, false)
	wantCode(t, err, "socket.unconfirmed", "")
}

// Pings of the user are told, and pongs with their time; what only keeps a connection alive is not.
func TestConsolePing(t *testing.T) {
	address, _, _ := server(t)
	s, seen, _ := newTestConnections(t, echo(t))
	at, err := s.Open(t.Context(), Target{URL: address}, true)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := s.Get(at.Conn)
	wantCode(t, s.First().Ping(nil), "socket.closed", "not connected")
	wantCode(t, c.Ping(make([]byte, 126)), "socket.long-ping", "126")
	for _, text := range []string{"hello", ""} {
		if err := c.Ping([]byte(text)); err != nil {
			t.Fatal(err)
		}
		seen.until(t, "pong", func() bool {
			m := seen.messages[len(seen.messages)-1]
			return m.Kind == "pong" && m.Data == text && m.Millis >= 0 && m.Head[0] == 0x8a
		})
	}
	c.SendText("ping me")
	seen.message(t, "received", "ping me")
	if m := seen.message(t, "pinged", "from the server"); m.Conn != at.Conn {
		t.Errorf("%+v", m)
	}
	if n := strings.Count(kinds(seen), "pinged"); n != 1 {
		t.Errorf("%d pings told, one of them is empty", n)
	}
}

// A connection that breaks is back by itself, and the list says from when to when there was none.
func TestConsoleGap(t *testing.T) {
	address, came, _ := server(t)
	s, seen, _ := newTestConnections(t, echo(t))
	at, err := s.Open(t.Context(), Target{URL: address}, true)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := s.Get(at.Conn)
	c.SendText("die")
	gap := seen.message(t, "gap", address)
	if gap.Conn != at.Conn || gap.Millis < 0 || came.Load() < 2 {
		t.Errorf("%+v after %d connections", gap, came.Load())
	}
	seen.until(t, "open again", func() bool { return seen.messages[len(seen.messages)-1].Kind == "open" })
	if k := strings.Join(strings.Fields(kinds(seen)), " "); k != "open sent close gap open" {
		t.Error(k)
	}
	if err := s.Close(at.Conn, 0, ""); err != nil {
		t.Fatal(err)
	}
	if m := seen.message(t, "close", "You"); len(m.Closing) != 2 || m.Closing[0].By != "studio" || m.Closing[1].By != "board" || m.Closing[1].Code != 1000 {
		t.Errorf("%+v", m.Closing)
	}
	if n := strings.Count(kinds(seen), "gap"); n != 1 {
		t.Errorf("%d gaps", n)
	}
}

// The frames that are told are those that went over the line: a long message leaves gorilla/websocket in several.
func TestConsoleFrames(t *testing.T) {
	c, s := newTestConsole(t, echo(t), nil)
	if err := c.Connect(t.Context(), Target{Path: "/"}); err != nil {
		t.Fatal(err)
	}
	c.SendText("hi")
	m := s.message(t, "sent", "hi")
	if len(m.Head) != 6 || m.Head[0] != 0x81 || m.Head[1] != 0x82 || m.Frames != 0 {
		t.Errorf("% x in %d frames", m.Head, m.Frames)
	}
	if m := s.message(t, "received", "Reply for hi"); len(m.Head) != 2 || m.Head[0] != 0x81 || int(m.Head[1]) != m.Size {
		t.Errorf("% x", m.Head)
	}
	long := strings.Repeat("x", 100_000)
	c.SendText(long)
	if m := s.message(t, "sent", long); m.Frames < 2 || m.Head[0] != 0x01 || len(m.Head) > maxHeads || m.Size != len(long) {
		t.Errorf("% x in %d frames", m.Head, m.Frames)
	}
}
