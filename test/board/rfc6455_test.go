package board

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"studio/rfc6455"
)

func TestRFC6455(t *testing.T) { everyCase(t, start(t, "routes", false)) }

// everyCase runs the cases of RFC 6455 over TCP with a program that echoes. That
// frames arrive in pieces of all sizes is tried in memory, by the runtime's tests.
func everyCase(t *testing.T, p *program) {
	dial := func() net.Conn {
		c, err := net.Dial("tcp", p.address)
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		return c
	}
	// open opens a WebSocket. The places of those before may not be free yet.
	open := func() net.Conn {
		for late := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			c := dial()
			io.WriteString(c, rfc6455.Handshake)
			if head := readTo(t, c, "\r\n\r\n"); strings.HasPrefix(head, "HTTP/1.1 101 ") {
				return c
			} else if time.Now().After(late) {
				t.Fatal(head)
			}
			c.Close()
		}
	}
	most := rfc6455.MessageLimit
	for _, c := range append(rfc6455.Messages(), rfc6455.Limits(most)...) {
		func() {
			w := open()
			defer w.Close()
			go w.Write(c.In) // the answer may come before all is read
			got := make([]byte, len(c.Want))
			if n, err := io.ReadFull(w, got); err != nil || string(got) != string(c.Want) {
				t.Errorf("%s %s: %v, got % .60x, want % .60x", c.Section, c.Name, err, got[:n], c.Want)
				return
			}
			if !c.Open {
				if rest, err := io.ReadAll(w); err != nil || len(rest) > 0 {
					t.Errorf("%s %s: it does not end: % .60x, %v", c.Section, c.Name, rest, err)
				}
				return
			}
			still := rfc6455.Echoed("still?")
			w.Write(rfc6455.Text("still?"))
			got = make([]byte, len(still))
			if n, err := io.ReadFull(w, got); err != nil || string(got) != string(still) {
				t.Errorf("%s %s: it does not go on: % x, %v", c.Section, c.Name, got[:n], err)
			}
		}()
	}
	for _, c := range rfc6455.Openings() {
		func() {
			w := dial()
			defer w.Close()
			io.WriteString(w, c.Request())
			if got := readTo(t, w, "\r\n\r\n"); !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", c.Status)) {
				t.Errorf("4.2 %s: want %d: %q", c.Name, c.Status, got)
			}
		}()
	}
}

// readTo reads up to an end, and no further.
func readTo(t *testing.T, c net.Conn, end string) string {
	t.Helper()
	var b [1]byte
	said := ""
	for !strings.HasSuffix(said, end) {
		if _, err := io.ReadFull(c, b[:]); err != nil {
			t.Fatalf("%v after %q", err, said)
		}
		said += string(b[:])
	}
	return said
}
