package board

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// socket opens a WebSocket.
func (s *server) socket(t testing.TB) *memory {
	t.Helper()
	m := s.connect(t, handshake, 0)
	if out := s.talk(t, m, ""); !strings.HasPrefix(out, "HTTP/1.1 101 ") {
		t.Fatal(out)
	}
	return m
}

func TestCallbacks(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	var said []string
	say := func(format string, a ...any) { said = append(said, fmt.Sprintf(format, a...)) }
	s.onAccept = func(c *Client) { say("accept %d %s", c.ID(), c.Path()); c.SendText("welcome") }
	s.onText = func(c *Client, msg string) { say("text %d %s", c.ID(), msg) }
	s.onBinary = func(c *Client, msg []byte) { say("binary %d %x", c.ID(), msg) }
	s.onClosed = func(c *Client) { say("closed %d %d %v", c.ID(), c.Code(), c.SendText("too late")) }
	a := s.connect(t, handshake, 0)
	if out := s.talk(t, a, ""); !strings.HasSuffix(out, "\r\n\r\n"+string(echoed("welcome"))) {
		t.Fatalf("%q", out)
	}
	b := s.connect(t, strings.Replace(handshake, "/ws", "/", 1), 0)
	s.settle(t)
	s.talk(t, a, string(text("hi")))
	s.talk(t, b, string(send(0x82, "\x01\x02")))
	s.talk(t, a, string(send(0x88, code(1001))))
	b.eof = true
	s.settle(t)
	want := "accept 1 /ws, accept 2 /, text 1 hi, binary 2 0102, closed 1 1001 false, closed 2 1006 false"
	a.eof = true
	s.settle(t)
	if got := strings.Join(said, ", "); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

// Whichever callback hangs can be named.
func TestEveryCallbackHasAName(t *testing.T) {
	for c, name := range callbackNames {
		if (name == "") != (c == int(noCallback)) {
			t.Errorf("%d: %q", c, name)
		}
	}
}

func TestServerCloses(t *testing.T) {
	for _, c := range []struct {
		code   int
		reason string
		want   string
	}{
		{1000, "", code(1000)}, {4001, "bye", code(4001) + "bye"}, {1006, "x", code(1000) + "x"}, {-5, "", code(1000)}, {1 << 20, "", code(1000)},
		{1000, strings.Repeat("é", 100), code(1000) + strings.Repeat("é", 61)},
	} {
		s := testServer(t, Limits{}, nil)
		var who *Client
		ended := 0
		s.onAccept = func(c *Client) { who = c }
		s.onClosed = func(*Client) { ended++ }
		m := s.socket(t)
		s.Unlock()
		who.Close(c.code, c.reason)
		who.Close(3000, "again")
		if who.SendText("after close") {
			t.Fatal("sent after close")
		}
		s.Lock()
		if out := s.talk(t, m, string(text("crossing"))); out != string(back(0x88, c.want)) || m.finished {
			t.Fatalf("% x", out)
		}
		s.talk(t, m, string(send(0x88, c.want)))
		m.eof = true
		s.settle(t)
		if !m.closed || ended != 1 {
			t.Fatal("not closed", ended)
		}
		s.Unlock()
		s.Lock()
	}
	// A page that does not answer is not waited for.
	s := testServer(t, Limits{}, nil)
	s.onText = func(c *Client, _ string) { c.Close(1000, "") }
	m := s.socket(t)
	s.talk(t, m, string(text("x")))
	s.pass(2100 * time.Millisecond)
	s.settle(t)
	s.pass(1100 * time.Millisecond)
	s.settle(t)
	if !m.closed {
		t.Fatal("still open")
	}
}

func TestSilentPage(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	m := s.socket(t)
	s.pass(26 * time.Second)
	if out := s.talk(t, m, ""); out != string(back(0x89, "")) {
		t.Fatalf("% x", out)
	}
	if out := s.talk(t, m, string(send(0x8A, ""))); out != "" || m.closed {
		t.Fatalf("% x", out)
	}
	s.pass(26 * time.Second)
	s.settle(t)
	s.pass(35 * time.Second)
	s.settle(t)
	if !m.closed {
		t.Fatal("a page that answers no ping is kept")
	}
}

// A message longer than the send buffer goes out in pieces, as the page takes it.
func TestLongMessage(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	long := letters(100_000)
	s.onText = func(c *Client, _ string) { c.SendText(long) }
	m := s.socket(t)
	m.room = 0
	done := make(chan bool)
	go func() { // the page reads slowly
		for {
			select {
			case <-done:
				return
			default:
				s.Lock()
				m.room += 3000
				s.Unlock()
				time.Sleep(100 * time.Microsecond)
			}
		}
	}()
	out := s.talk(t, m, string(text("go")))
	s.Unlock() // the page may be waiting for it
	done <- true
	s.Lock()
	m.room = -1
	out += s.talk(t, m, "")
	if out != string(echoed(long)) {
		t.Fatalf("%d bytes, want %d", len(out), len(echoed(long)))
	}
}

// Messages from several goroutines do not get mixed up.
func TestSendingFromElsewhere(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	var who *Client
	s.onAccept = func(c *Client) { who = c }
	s.onText = func(c *Client, msg string) { c.SendText("core " + msg) }
	m := s.socket(t)
	var senders sync.WaitGroup
	for i := range 4 {
		senders.Add(1)
		go func() {
			defer senders.Done()
			for range 20 {
				who.SendText(strings.Repeat(string(rune('a'+i)), 5000))
			}
		}()
	}
	finished := make(chan bool)
	go func() { senders.Wait(); close(finished) }()
	for alive := true; alive; {
		select {
		case <-finished:
			alive = false
		default:
		}
		m.in = append(m.in, text("x")...)
		s.settle(t)
		s.Unlock()
		time.Sleep(10 * time.Microsecond)
		s.Lock()
	}
	s.settle(t)
	var whole int
	for out := m.out; len(out) > 0; {
		n, head := int(out[1]), 2
		if n == 126 {
			n, head = int(out[2])<<8|int(out[3]), 4
		}
		if out[0] != 0x81 || n > 5000 {
			t.Fatalf("frame % x", out[:head])
		}
		p := string(out[head : head+n])
		if p != "core x" {
			whole++
			if p != strings.Repeat(p[:1], 5000) {
				t.Fatal("mixed message")
			}
		}
		out = out[head+n:]
	}
	if whole != 80 {
		t.Fatalf("%d messages, want 80", whole)
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "ledon": "ledon", "LEDOn": "ledon", "Reply": "reply", "ÄÖ": "ÄÖ", "@[`{AZaz": "@[`{azaz",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	msg := "SET LED On"
	var a, b, whole string
	if n := testing.AllocsPerRun(100, func() { a, b, whole = Fold(msg[:3]), Fold(msg[4:]), Fold(msg) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if a != "set" || b != "led on" || whole != "set led on" || msg != "SET LED On" {
		t.Errorf("%q %q %q %q", a, b, whole, msg)
	}
	// What was given stays as it is, whatever follows.
	var kept, want []string
	for i := range 1000 {
		in := fmt.Sprint("Message ", i, strings.Repeat("X", i%40))
		kept, want = append(kept, Fold(in)), append(want, strings.ToLower(in))
	}
	if !slices.Equal(kept, want) {
		t.Error("a folded string has changed")
	}
}

func TestLines(t *testing.T) {
	s := testServer(t, Limits{Line: 10}, nil)
	s.gotText([]byte("before anybody listens\n"))
	var got []string
	s.onLine = func(line string) { got = append(got, line) }
	for _, piece := range []string{"he", "llo\nwor", "ld\r\n", "\n", "a\rb\n", "longer than ten\n", "unfinished"} {
		s.gotText([]byte(piece))
		s.settle(t)
	}
	want := "hello|world||a|b|longer tha|n ten|unfinished"
	if strings.Join(got, "|") != want {
		t.Fatalf("%q, want %q", strings.Join(got, "|"), want)
	}
	s.gotText([]byte(letters(1000))) // a flood does not grow anything
	if len(s.typed.text) > 20 {
		t.Fatal(len(s.typed.text))
	}
}

func TestEvery(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	calls := 0
	s.every = append(s.every, newTimer(100*time.Millisecond, s.Now(), func() { calls++ }))
	for range 10 {
		s.pass(50 * time.Millisecond)
		s.settle(t)
	}
	if calls != 5 {
		t.Fatalf("%d calls in 500 ms", calls)
	}
	s.pass(time.Second) // late: one call, not ten
	s.settle(t)
	if calls != 6 {
		t.Fatalf("%d calls", calls)
	}
	if wait := s.idleLocked(); wait < 1 || wait > 100 {
		t.Fatalf("waits %d ms", wait)
	}
}

// looped is a WebSocket that sends the same message again and again.
type looped struct{ rest []byte }

func (l *looped) Read(p []byte) (int, bool) {
	if len(l.rest) == 0 {
		return 0, true
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, true
}
func (l *looped) Write(p []byte) (int, bool) { return len(p), true }
func (l *looped) Finish()                    {}
func (l *looped) Close()                     {}

// BenchmarkMessage is one text message received and answered.
func BenchmarkMessage(b *testing.B) {
	s := testServer(b, Limits{}, nil)
	s.onText = func(c *Client, msg string) { c.SendText(msg) }
	l := &looped{rest: []byte(handshake)}
	s.web.AdoptLocked(l)
	s.settle(b)
	frame := text("LEDon")
	b.ReportAllocs()
	for b.Loop() {
		l.rest = frame
		for s.stepLocked() || len(l.rest) > 0 {
		}
	}
}

// BenchmarkFile is one page served over a connection that stays open.
func BenchmarkFile(b *testing.B) {
	s := testServer(b, Limits{}, map[string]string{"/www/big.bin": strings.Repeat("0123456789abcdef", 4096)})
	l := &looped{}
	s.web.AdoptLocked(l)
	in := []byte(ask("GET /big.bin HTTP/1.1", "Host: board", "User-Agent: "+letters(200)))
	b.ReportAllocs()
	b.SetBytes(65536)
	for b.Loop() {
		l.rest = in
		for s.stepLocked() || len(l.rest) > 0 {
		}
	}
}

func TestNoAllocationPerMessageOrChunk(t *testing.T) {
	s := testServer(t, Limits{}, map[string]string{"/www/big.bin": letters(50_000)})
	s.onText = func(c *Client, msg string) { c.SendText(msg) }
	s.onBinary = func(c *Client, msg []byte) { c.SendBinary(msg) }
	ws, web := &looped{rest: []byte(handshake)}, &looped{}
	s.web.AdoptLocked(ws)
	s.web.AdoptLocked(web)
	s.settle(t)
	messages := seq(text("LEDon"), send(0x01, "Hel"), send(0x89, "ping"), send(0x80, "lo"), send(0x82, "\x01\x02"))
	page := []byte(ask("GET /big.bin HTTP/1.1", "Host: board"))
	if n := testing.AllocsPerRun(100, func() {
		ws.rest, web.rest = messages, page
		for s.stepLocked() || len(ws.rest)+len(web.rest) > 0 {
		}
	}); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}
