package bridge

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// framesOf takes a stream of whole frames apart: the first byte of each, and what it carries.
func framesOf(t *testing.T, stream []byte) (all []string) {
	t.Helper()
	for len(stream) > 0 {
		if len(stream) < 2 {
			t.Fatalf("half a frame at the end: % x", stream)
		}
		at := headerLen(stream[1])
		n, mask := int(stream[1]&0x7f), []byte(nil)
		if n == 126 {
			n = int(stream[2])<<8 | int(stream[3])
		}
		if stream[1]&0x80 != 0 {
			mask = stream[at-4 : at]
		}
		if len(stream) < at+n {
			t.Fatalf("half a frame at the end: % .40x", stream)
		}
		body := bytes.Clone(stream[at : at+n])
		for i := range mask {
			for j := i; j < n; j += 4 {
				body[j] ^= mask[i]
			}
		}
		all = append(all, fmt.Sprintf("%02x %s", stream[0], body))
		stream = stream[at+n:]
	}
	return all
}

// Text that is not UTF-8 ends the WebSocket with 1007, whoever has sent it and in
// whatever pieces, and the other side gets what came before, whole, and nothing of it.
func TestTextThatIsNone(t *testing.T) {
	const wait = 30 * time.Second
	long := strings.Repeat("long ", 4000)
	for _, test := range []struct {
		name   string
		frames func(mask string) []byte
		passes []string // to the other side
		at     string   // what is told of it
		lost   bool     // the frame was already under way: no close frame can follow it
	}{
		{"one byte", func(m string) []byte { return join2(frame(0x81, "good", m), frame(0x81, "ok \xFF!", m)) }, []string{"81 good"}, "0xFF at position 3", false},
		{"a surrogate", func(m string) []byte { return frame(0x81, "κόσμε\xED\xA0\x80", m) }, nil, "0xED at position 10", false},
		{"cut off at the end", func(m string) []byte { return frame(0x81, "ab\xE2\x82", m) }, nil, "0xE2 at position 2", false},
		{"in the second fragment", func(m string) []byte { return join2(frame(0x01, "ab\xE2", m), frame(0x89, "", m), frame(0x80, "c", m)) },
			[]string{"01 ab\xE2", "89 "}, "0xE2 at position 2", false},
		{"before the frame is whole", func(m string) []byte { return frame(0x81, "\xF4\x90\x80\x80 more", m)[:2+len(m)+2] }, nil, "0xF4 at position 0", false},
		{"the reason of a close frame", func(m string) []byte { return frame(0x88, "\x03\xE8bye\xC0", m) }, nil, "0xC0 at position 3", false},
		{"beyond what is kept", func(m string) []byte { return frame(0x81, long[:6000]+"\xC1", m) }, nil, "0xC1 at position 6000", false},
		{"in a frame longer than the buffer", func(m string) []byte { return frame(0x81, long+"\xFF", m) }, nil, "0xFF at position 20000", true},
	} {
		for _, fromPage := range []bool{true, false} {
			for _, piece := range []int{1, 7, 100_000} {
				if piece == 1 && strings.Contains(test.name, "beyond") || piece < 1000 && test.lost {
					continue // thousands of writes say nothing more
				}
				t.Run(fmt.Sprintf("%s, page %v, %d", test.name, fromPage, piece), func(t *testing.T) {
					in := test.frames("")
					if fromPage {
						in = test.frames("abcd")
					}
					speak := func(c net.Conn, r io.Reader) (heard []byte) {
						for rest := in; len(rest) > 0; {
							n := min(piece, len(rest))
							c.Write(rest[:n])
							rest = rest[n:]
						}
						heard, _ = io.ReadAll(r)
						return heard
					}
					board := make(chan []byte, 1)
					p, s := start(t, raw(t, func(c net.Conn, r *bufio.Reader) {
						readHeadOf(r)
						io.WriteString(c, handshakeAnswer+"\r\n")
						c.SetDeadline(time.Now().Add(wait))
						if !fromPage {
							board <- speak(c, r)
							return
						}
						heard, _ := io.ReadAll(r)
						board <- heard
					}), func(c *Config) { c.MaxData = 4096 })
					p.patience = wait // whatever the computer is busy with
					c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port()))
					if err != nil {
						t.Fatal(err)
					}
					defer c.Close()
					c.SetDeadline(time.Now().Add(wait))
					fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", p.Port())
					r := bufio.NewReader(c)
					readHeadOf(r)
					var page []byte
					if fromPage {
						page = speak(c, r)
					} else {
						page, _ = io.ReadAll(r)
					}
					who, sender, other := "The board", <-board, page
					if fromPage {
						who, sender, other = "The page", page, sender
					}
					told := who + " sent text that is not UTF-8: " + test.at
					want := "88 \x03\xEF" + told
					if got := framesOf(t, sender); len(got) != 1 || got[0] != want {
						t.Errorf("who sent it gets %q, want %q", got, want)
					}
					if test.lost {
						if len(other) == 0 || bytes.Contains(other, []byte{0xFF}) && !fromPage {
							t.Errorf("the other side gets %d bytes", len(other))
						}
					} else if got := framesOf(t, other); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", append(test.passes, want)) {
						t.Errorf("the other side gets %q", got)
					}
					s.message(t, "error", told)
					if m := s.message(t, "close", "Studio"); m.Code != 1007 {
						t.Errorf("%+v", m)
					}
				})
			}
		}
	}
}

// The console of Studio does the same with what the board sends.
func TestConsoleRefusesWhatIsNoText(t *testing.T) {
	heard := make(chan []string, 1)
	c, s := newTestConsole(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		c.WriteMessage(websocket.TextMessage, []byte("good"))
		c.WriteMessage(websocket.BinaryMessage, []byte("\xFF"))
		c.WriteMessage(websocket.TextMessage, []byte("ok \xFF"))
		_, _, err = c.ReadMessage()
		heard <- []string{fmt.Sprint(err)}
	}), nil)
	if err := c.Connect(t.Context(), Target{Path: "/"}); err != nil {
		t.Fatal(err)
	}
	s.message(t, "received", "good")
	s.message(t, "error", "The board sent text that is not UTF-8: 0xFF at position 3")
	if m := s.message(t, "close", "Studio"); m.Code != 1007 {
		t.Errorf("%+v", m)
	}
	if got := <-heard; !strings.Contains(got[0], "1007") || !strings.Contains(got[0], "0xFF at position 3") {
		t.Errorf("the board hears %q", got)
	}
	for _, m := range s.all() {
		if strings.Contains(m.Data, "ok ") {
			t.Errorf("passed on: %+v", m)
		}
	}
}
