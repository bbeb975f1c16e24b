package board

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"studio/board/devlink"
	"studio/rfc6455"
	"testing"
)

// Every case of RFC 6455 runs with its bytes arriving at once, one by one, and
// in sevens. The server under test echoes texts and binaries.

const (
	handshake = rfc6455.Handshake
	asItComes = 256 // is the longest message of a board that nobody has configured
)

var (
	masked, send, back              = rfc6455.Masked, rfc6455.Send, rfc6455.Back
	code, closed, seq, text, echoed = rfc6455.Code, rfc6455.Closed, rfc6455.Seq, rfc6455.Text, rfc6455.Echoed
	letters                         = rfc6455.Letters
)

// echo makes a server that sends everything back.
func echo(s *server) {
	s.onText = func(from *Client, msg string) { from.SendText(msg) }
	s.onBinary = func(from *Client, msg []byte) { from.SendBinary(msg) }
}

func TestRFC6455(t *testing.T) {
	count := map[string]int{}
	for _, c := range append(rfc6455.Messages(), rfc6455.Limits(asItComes)...) {
		count[c.Section]++
		limit := rfc6455.MessageLimit
		if c.Section == rfc6455.LimitSection {
			limit = asItComes
		}
		t.Run(c.Section+" "+c.Name, func(t *testing.T) {
			chunks := []int{0, 1, 7}
			if len(c.In) > 60000 {
				chunks = []int{0, 997}
			}
			for _, chunk := range chunks {
				s := socketServer(limit)
				echo(s)
				closes := 0
				s.onClosed = func(*Client) { closes++ }
				m := s.connect(t, handshake, 0)
				if out := s.talk(t, m, ""); !strings.HasPrefix(out, "HTTP/1.1 101 ") {
					t.Fatalf("handshake: %s", out)
				}
				m.chunk = chunk
				if out := s.talk(t, m, string(c.In)); out != string(c.Want) {
					t.Fatalf("in pieces of %d: got % .60x\nwant % .60x", chunk, out, c.Want)
				}
				if m.finished == c.Open {
					t.Fatalf("in pieces of %d: finished is %v", chunk, m.finished)
				}
				if c.Open {
					if out := s.talk(t, m, string(text("still?"))); out != string(echoed("still?")) {
						t.Fatalf("does not go on: % x", out)
					}
				}
				m.eof = true
				s.settle(t)
				if !m.closed || closes != 1 || s.web.ClientsLocked() != 0 {
					t.Fatalf("closed %v, OnClosed called %d times, %d clients left", m.closed, closes, s.web.ClientsLocked())
				}
				s.Unlock()
			}
		})
	}
	total := 0
	for _, section := range slices.Sorted(maps.Keys(count)) {
		t.Logf("RFC 6455 section %-6s %3d cases", section, count[section])
		total += count[section]
	}
	handshakes := len(rfc6455.Openings())
	t.Logf("RFC 6455 section %-6s %3d cases", "4.2", handshakes)
	t.Logf("RFC 6455 in all        %3d cases", total+handshakes)
}

// socketServer is a server without files whose lock the caller holds.
func socketServer(limit int) *server {
	s := newServer(Limits{MaxMessage: limit, Sockets: 2})
	s.link.Line = devlink.Line{Read: func([]byte) int { return 0 }, Ready: func() bool { return false }}
	s.prepare(nil)
	s.Lock()
	return s
}

func TestHandshake(t *testing.T) {
	for _, c := range rfc6455.Openings() {
		t.Run(c.Name, func(t *testing.T) {
			for _, chunk := range []int{0, 1} {
				s := socketServer(256)
				m := s.connect(t, c.Request(), chunk)
				out := s.talk(t, m, "")
				if !strings.HasPrefix(out, fmt.Sprintf("HTTP/1.1 %d ", c.Status)) {
					t.Fatalf("want %d: %s", c.Status, out)
				}
				switch c.Status {
				case 101:
					if !strings.Contains(out, rfc6455.Accept) || strings.Contains(out, "Extensions") {
						t.Fatal(out)
					}
				case 426:
					if !strings.Contains(out, "\r\nSec-WebSocket-Version: 13\r\n") {
						t.Fatal(out)
					}
				}
				s.Unlock()
			}
		})
	}
}

// The first frames may come in the same packet as the handshake.
func TestFramesRightAfterHandshake(t *testing.T) {
	s := socketServer(256)
	defer s.Unlock()
	echo(s)
	m := s.connect(t, handshake+string(text("a"))+string(text("b")), 0)
	if out := s.talk(t, m, ""); !strings.HasSuffix(out, "\r\n\r\n"+string(echoed("a"))+string(echoed("b"))) {
		t.Fatalf("%q", out)
	}
}
