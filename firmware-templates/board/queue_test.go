package board

import (
	"fmt"
	"strings"
	"studio/board/sizes"
	"testing"
	"time"
	"unsafe"
)

// busyServer has n clients: their connections, and themselves.
func busyServer(t *testing.T, n int) (s *server, to []*memory, clients []*Client) {
	s = testServer(t, Limits{Clients: n, Sockets: n}, nil)
	s.onAccept = func(c *Client) { clients = append(clients, c) }
	for range n {
		to = append(to, s.socket(t))
	}
	return s, to, clients
}

// of looks at a client, which wants the lock.
func (s *server) of(look func() int) int {
	s.Unlock()
	defer s.Lock()
	return look()
}

// outside runs f as a callback does, without the lock.
func (s *server) outside(f func()) {
	callLocked(s, onText, plain, f)
}

// What does not fit waits in the queue and arrives in order; what does not fit
// into the queue is dropped, counted and told.
func TestQueue(t *testing.T) {
	s, to, clients := busyServer(t, 2)
	to[0].room = 0
	var want strings.Builder
	big, sent, dropped := letters(3*sizes.Send), 0, 0
	s.outside(func() {
		for i := range 3 * sizes.QueueMessages {
			msg := fmt.Sprint("message ", i, strings.Repeat("-", sizes.Send/20))
			if i == 10 {
				msg = big
			}
			if clients[0].SendText(msg) {
				want.Write(echoed(msg))
				sent++
			} else {
				dropped++
			}
		}
	})
	if dropped == 0 || sent < sizes.QueueMessages || s.of(clients[0].Dropped) != dropped || s.of(clients[1].Dropped) != 0 {
		t.Fatalf("%d sent, %d dropped, %d counted", sent, dropped, s.of(clients[0].Dropped))
	}
	to[0].room = -1
	s.settle(t)
	if string(to[0].out) != want.String() {
		t.Fatalf("%d bytes, want %d", len(to[0].out), want.Len())
	}
	// It has caught up: everything is as before, also for as many bytes as ever.
	to[0].out = nil
	for range 3 {
		to[0].room = 0
		s.outside(func() {
			for range 3 {
				if !clients[0].SendText(letters(sizes.QueueBytes / 3)) {
					t.Fatal("dropped by a queue that is empty again")
				}
			}
		})
		to[0].room = -1
		s.settle(t)
	}
	// A queue that is empty takes a message of any length.
	to[0].out, to[0].room = nil, 0
	huge := letters(3 * sizes.QueueBytes)
	s.outside(func() {
		if !clients[0].SendText(huge) || clients[0].SendText("one more than its bytes allow") {
			t.Fatal("a long message is dropped, or what is behind it is not")
		}
	})
	dropped++
	to[0].room = -1
	s.settle(t)
	if string(to[0].out) != string(echoed(huge)) {
		t.Fatalf("%d bytes of a long message", len(to[0].out))
	}
	to[0].out = nil
	s.outside(func() { clients[0].SendText("again") })
	s.settle(t)
	if string(to[0].out) != string(echoed("again")) || s.of(clients[0].Dropped) != dropped {
		t.Fatalf("%q", to[0].out)
	}
}

// A buffer that is sent may be used again at once, also when it has to wait.
func TestQueueCopiesBuffers(t *testing.T) {
	s, to, clients := busyServer(t, 2)
	to[0].room = 0
	buf := []byte(letters(2 * sizes.Send))
	want := string(back(0x82, string(buf))) + string(echoed(string(buf)))
	s.outside(func() {
		clients[0].SendBinary(buf)
		s.web.BroadcastBytes(buf)
		clear(buf)
	})
	to[0].room = -1
	s.settle(t)
	if string(to[0].out) != want {
		t.Fatalf("%.100q", to[0].out)
	}
}

// counting counts how often sending waits.
type counting struct {
	hooks
	waits int
}

func (c *counting) WaitLocked() {
	c.waits++
	c.hooks.WaitLocked()
}

// Sending to pages that sleep keeps a callback for no longer than this,
// however many they are and however long what it sends is.
func TestSleepingPages(t *testing.T) {
	const sleeping = 5
	long := letters(60_000)
	for name, send := range map[string]func(*server, []*Client){
		"broadcast": func(s *server, _ []*Client) { s.web.Broadcast("", long) },
		"one by one": func(_ *server, all []*Client) {
			for _, c := range all {
				c.SendText(long)
			}
		},
		"short ones": func(_ *server, all []*Client) {
			for _, c := range all {
				for range 50 {
					c.SendText("short")
				}
			}
		},
		"binaries": func(_ *server, all []*Client) {
			for _, c := range all {
				c.SendBinary([]byte(long))
			}
		},
	} {
		var s *server
		var to []*memory
		var clients []*Client
		worst, total, received := 0, 0, 0 // waits of a millisecond, or longer on a busy computer
		s, to, clients = busyServer(t, sleeping+1)
		counted := &counting{hooks: hooks{unsafe.Pointer(s)}}
		s.web.Init(&s.Loop, counted)
		for _, m := range to[:sleeping] {
			m.room = 0
		}
		for range 300 {
			before := counted.waits
			s.outside(func() { send(s, clients) })
			spent := counted.waits - before
			worst, total = max(worst, spent), total+spent
			s.settle(t)
			received += len(to[sleeping].out)
			to[sleeping].out = nil
		}
		if worst > 40 || total > 4*40 {
			t.Errorf("%s: a callback waited %d ms, all of them %d", name, worst, total)
		}
		if received == 0 || s.of(clients[sleeping].Dropped) != 0 {
			t.Errorf("%s: the one that is awake got %d bytes, %d messages were dropped", name, received, s.of(clients[sleeping].Dropped))
		}
		for _, c := range clients[:sleeping] {
			if s.of(c.Dropped) == 0 {
				t.Errorf("%s: nothing was dropped", name)
			}
		}
		// Pages that take nothing for long are lost.
		s.pass(6 * time.Second)
		s.settle(t)
		if s.web.ClientsLocked() != 1 {
			t.Errorf("%s: %d clients are left", name, s.web.ClientsLocked())
		}
	}
}

// With nobody else to be kept waiting, a page gets the time that it needs.
func TestOnlyPageIsWaitedFor(t *testing.T) {
	s, to, clients := busyServer(t, 1)
	to[0].room = 0
	done := make(chan bool)
	go func() { // it reads slowly
		for {
			select {
			case <-done:
				return
			default:
				s.Lock()
				to[0].room += 5000
				s.Unlock()
				time.Sleep(time.Millisecond)
			}
		}
	}()
	var want strings.Builder
	s.outside(func() {
		for i := range 2 * sizes.QueueMessages {
			msg := fmt.Sprint(i, letters(sizes.Send/4))
			want.Write(echoed(msg))
			if !clients[0].SendText(msg) {
				t.Error("dropped", i)
				break
			}
		}
		done <- true
	})
	to[0].room = -1
	s.settle(t)
	if string(to[0].out) != want.String() || s.of(clients[0].Dropped) != 0 {
		t.Fatalf("%d bytes, want %d", len(to[0].out), want.Len())
	}
}

// Close comes after what was sent before it, and keeps nobody waiting.
func TestCloseAfterQueue(t *testing.T) {
	s, to, clients := busyServer(t, 2)
	to[0].room = 0
	long := letters(3 * sizes.Send)
	s.outside(func() {
		clients[0].SendText(long)
		clients[0].SendText("bye")
		clients[0].Close(4001, "over")
		if clients[0].SendText("too late") {
			t.Error("sent after Close")
		}
	})
	s.settle(t)
	to[0].room = -1
	s.settle(t)
	if want := string(echoed(long)) + string(echoed("bye")) + string(back(0x88, code(4001)+"over")); string(to[0].out) != want {
		t.Fatalf("%.60q", to[0].out)
	}
	s.talk(t, to[0], string(send(0x88, code(4001))))
	if s.of(clients[0].Code) != 4001 {
		t.Fatal(s.of(clients[0].Code))
	}
	// One that never takes it is lost.
	to[1].room = 0
	s.outside(func() { clients[1].SendText(long); clients[1].Close(1000, "") })
	s.pass(6 * time.Second)
	s.settle(t)
	if s.of(clients[1].Code) != CloseLost || !to[1].closed {
		t.Fatal(s.of(clients[1].Code))
	}
}

// What a page says while it gets something long is heard afterwards, and its
// silence counts from then on.
func TestLongAnswerAndSilence(t *testing.T) {
	s, to, clients := busyServer(t, 1)
	heard := 0
	s.onText = func(*Client, string) { heard++ }
	to[0].room = 0
	s.outside(func() { clients[0].SendText(letters(40 * sizes.Send)) })
	to[0].in = append(to[0].in, text("x")...)
	for range 39 { // two minutes
		to[0].room = sizes.Send
		s.pass(3 * time.Second)
		s.settle(t)
	}
	if heard != 0 || to[0].closed {
		t.Fatal(heard, to[0].closed)
	}
	to[0].room = -1
	s.settle(t)
	s.settle(t)
	if heard != 1 || to[0].closed {
		t.Fatal(heard, to[0].closed)
	}
}

// A WebSocket that is opened right before another one has gone gets its place.
func TestPlaceIsWaitedFor(t *testing.T) {
	s := testServer(t, Limits{Clients: 1, Sockets: 3}, nil)
	m := s.socket(t)
	for range 20 {
		next := s.connect(t, handshake, 0)
		s.settle(t)
		s.pass(100 * time.Millisecond)
		s.talk(t, m, string(send(0x88, code(1000))))
		m.eof = true
		s.settle(t)
		if !strings.HasPrefix(string(next.out), "HTTP/1.1 101 ") {
			t.Fatalf("%q", next.out)
		}
		m = next
	}
}

// At rest the server sleeps until a time limit really ends.
func TestIdle(t *testing.T) {
	s := testServer(t, Limits{}, nil)
	if wait := s.idleLocked(); wait != 60_000 {
		t.Errorf("alone: %d ms", wait)
	}
	m := s.socket(t)
	if wait := s.idleLocked(); wait < 25_000-1000 || wait > 25_000+1 {
		t.Errorf("a WebSocket: %d ms", wait)
	}
	s.pass(time.Duration(s.idleLocked()) * time.Millisecond)
	if out := s.talk(t, m, ""); out != string(back(0x89, "")) {
		t.Errorf("no ping when it was due: %q", out)
	}
	if wait := s.idleLocked(); wait < 60_000-25_000-1000 || wait > 60_000-25_000+1 {
		t.Errorf("a ping without its answer: %d ms", wait)
	}
	s.pass(time.Duration(s.idleLocked()) * time.Millisecond)
	s.settle(t)
	if !m.closed || s.idleLocked() != 60_000 {
		t.Errorf("closed %v, %d ms", m.closed, s.idleLocked())
	}
}
