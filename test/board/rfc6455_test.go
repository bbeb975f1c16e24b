package board

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"studio/rfc6455"
	"studioide/internal/api"
	"studioide/internal/bridge"
)

func TestRFC6455(t *testing.T) { everyCase(t, start(t, "routes", false)) }

// everyCase runs the cases of RFC 6455 over TCP with a program that echoes. That
// frames arrive in pieces of all sizes is tried in memory, by the runtime's tests.
func everyCase(t *testing.T, p *program) {
	everyMessage(t, p.address, rfc6455.Handshake, func(c rfc6455.Case) []byte { return c.Want })
	for _, c := range rfc6455.Openings() {
		func() {
			w, err := net.Dial("tcp", p.address)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			w.SetDeadline(time.Now().Add(patience))
			io.WriteString(w, c.Request())
			if got := readTo(t, w, "\r\n\r\n"); !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", c.Status)) {
				t.Errorf("4.2 %s: want %d: %q", c.Name, c.Status, got)
			}
		}()
	}
}

// Through the bridge it is the same, but for text that is not UTF-8: of that the
// board hears nothing, and the bridge says where it is.
func TestRFC6455ThroughTheBridge(t *testing.T) {
	p := start(t, "routes", false)
	proxy := bridge.NewProxy(bridge.Config{
		Dial: func(ctx context.Context) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", p.address)
		},
		Emit: func(api.Message) {},
	})
	if err := proxy.Listen(0); err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	address := fmt.Sprintf("localhost:%d", proxy.Port())
	refused := 0
	everyMessage(t, address, strings.Replace(rfc6455.Handshake, "Host: board", "Host: "+address, 1), func(c rfc6455.Case) []byte {
		before, found := bytes.CutSuffix(c.Want, rfc6455.Closed(1007))
		if !found {
			return c.Want
		}
		refused++
		at := map[string]string{
			"reason ff": "0xFF at position 0", "80": "0x80 at position 0", "80 in a fragmented message": "0x80 at position 3",
			"bad byte in an unfinished message": "0xFF at position 3", "character cut off at the end of a message": "0xE2 at position 1",
		}[c.Name]
		if at == "" { // where it is, is asked for some only
			return append(bytes.Clone(before), 0x88)
		}
		reason := "The page sent text that is not UTF-8: " + at
		return append(append(bytes.Clone(before), 0x88, byte(2+len(reason)), 0x03, 0xEF), reason...)
	})
	if refused < 80 {
		t.Errorf("%d cases of text that is not UTF-8", refused)
	}
}

// everyMessage runs the cases of messages with whoever listens at the address. wants is what a case's answer has to
// begin with; all of it, where the connection goes on.
func everyMessage(t *testing.T, address, handshake string, wants func(rfc6455.Case) []byte) {
	dial := func() net.Conn {
		c, err := net.Dial("tcp", address)
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
			io.WriteString(c, handshake)
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
			want := wants(c)
			got := make([]byte, len(want))
			if n, err := io.ReadFull(w, got); err != nil || string(got) != string(want) {
				t.Errorf("%s %s: %v, got % .60x, want % .60x", c.Section, c.Name, err, got[:n], want)
				return
			}
			if !c.Open {
				if rest, err := io.ReadAll(w); err != nil || len(rest) > 0 && string(want) == string(c.Want) {
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
