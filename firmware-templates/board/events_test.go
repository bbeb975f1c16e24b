package board

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"
)

// listener is a page that listens; what it hears is in its out.
func (s *server) listener(t testing.TB, path string) *memory {
	t.Helper()
	m := s.connect(t, ask("GET "+path+" HTTP/1.1", "Host: b", "Accept: text/event-stream"), 0)
	out := s.talk(t, m, "")
	answer, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), nil)
	if err != nil || answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" || answer.Header.Get("Cache-Control") != "no-store" || !strings.HasSuffix(out, "\r\n\r\n:\n\n") {
		t.Fatalf("%v: %q", err, out)
	}
	return m
}

func eventServer(t testing.TB, l Limits, paths ...string) (s *server, all []*EventStream) {
	s = testServer(t, l, webFiles)
	s.outside(func() {
		for _, path := range paths {
			all = append(all, &EventStream{s.web.Events(path)})
		}
	})
	return s, all
}

func TestEvents(t *testing.T) {
	s, e := eventServer(t, Limits{}, "/a", "b")
	a, also, b := s.listener(t, "/a"), s.listener(t, "/a?x=1"), s.listener(t, "/b")
	for _, c := range []struct{ text, want string }{
		{"21.5", "data: 21.5\n\n"},
		{"", "data: \n\n"},
		{"Zoë", "data: Zoë\n\n"},
		{"one\ntwo\r\nthree\rfour", "data: one\ndata: two\ndata: three\ndata: four\n\n"},
		{"x\n\nevent: evil\ndata: y\n", "data: x\ndata: \ndata: event: evil\ndata: data: y\ndata: \n\n"},
	} {
		s.outside(func() {
			if !e[0].Send(c.text) || e[0].Listeners() != 2 || e[1].Listeners() != 1 {
				t.Errorf("%q: not sent", c.text)
			}
		})
		for _, m := range []*memory{a, also} {
			if got := s.talk(t, m, ""); got != c.want {
				t.Errorf("%q: %q, want %q", c.text, got, c.want)
			}
		}
		if got := s.talk(t, b, ""); got != "" {
			t.Errorf("another path hears %q", got)
		}
	}
	a.eof = true
	s.settle(t)
	if !a.closed {
		t.Error("a page that has gone is held")
	}
	s.outside(func() {
		if e[0].Listeners() != 1 {
			t.Error("a page that has gone is counted")
		}
	})
	s.pass(30 * time.Second)
	if got := s.talk(t, also, ""); got != ":\n\n" {
		t.Errorf("after a long silence: %q", got)
	}
	for _, c := range []httpCase{
		{"HEAD", ask("HEAD /a HTTP/1.1", "Host: b"), 200, "-", []string{"Content-Type: text/event-stream"}, true},
		{"POST", ask("POST /a HTTP/1.1", "Host: b"), 405, "", nil, true},
	} {
		checkAnswer(t, c, s.talk(t, s.connect(t, c.in, 0), ""))
	}
}

// Who does not take its events goes without some, keeps nobody waiting, and is
// lost in the end.
func TestSlowListener(t *testing.T) {
	s, e := eventServer(t, Limits{}, "/a")
	quick, slow := s.listener(t, "/a"), s.listener(t, "/a")
	slow.room = 0
	sent, heard := 0, 0
	for range 2000 {
		s.outside(func() {
			if e[0].Send("twenty bytes of text") {
				sent++
			}
		})
		heard += strings.Count(s.talk(t, quick, ""), "data: twenty bytes of text\n\n")
	}
	if sent == 0 || sent == 2000 || heard != 2000 {
		t.Errorf("%d are sent to both, %d heard by the quick one", sent, heard)
	}
	s.pass(6 * time.Second)
	s.settle(t)
	if !slow.closed || quick.closed {
		t.Errorf("the slow one is gone: %v, the quick one: %v", slow.closed, quick.closed)
	}
	s.outside(func() {
		if e[0].Send(strings.Repeat("x", 1<<16)) {
			t.Error("a text that is too long is sent")
		}
	})
	if got := s.talk(t, quick, ""); got != "" {
		t.Errorf("a part of it: %q", got)
	}
}

// Pages that listen and WebSockets share their number.
func TestListenersAreCounted(t *testing.T) {
	s, _ := eventServer(t, Limits{Clients: 2}, "/a")
	s.socket(t)
	s.listener(t, "/a")
	if out := s.talk(t, s.connect(t, ask("GET /a HTTP/1.1", "Host: b"), 0), ""); !strings.HasPrefix(out, "HTTP/1.1 503 ") {
		t.Errorf("%q", out)
	}
	m := s.connect(t, handshake, 0)
	s.settle(t)
	s.pass(2 * time.Second)
	if out := s.talk(t, m, ""); !strings.HasPrefix(out, "HTTP/1.1 503 ") {
		t.Errorf("a WebSocket: %q", out)
	}
}

func TestEventsTakeNoMemory(t *testing.T) {
	s, e := eventServer(t, Limits{}, "/a")
	m := s.listener(t, "/a")
	m.out = make([]byte, 0, 1<<16) // the page's own
	s.Unlock()
	defer s.Lock()
	if n := testing.AllocsPerRun(100, func() { e[0].Send("one\ntwo") }); n != 0 {
		t.Errorf("%v allocations for each", n)
	}
}
