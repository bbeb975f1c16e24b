package board

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"studio/board/web"
	"studio/rfc6455"
)

// remote is the server's end of what a program opens: one connection after the other.
type remote struct {
	*server
	client  *Client
	memory  *memory
	offered []*memory
	pending bool   // the network has not answered yet
	why     string // or says no
	random  uint32
	asked   string // host and port
}

// opening is a connection that is open when the network says so.
type opening struct {
	*memory
	d *remote
}

func (o opening) Opened() (bool, string) { return !o.d.pending && o.d.why == "", o.d.why }

// dials makes a server whose program has dialled.
func dials(t testing.TB, limit int, url string, onText func(*Client, string)) *remote {
	t.Helper()
	s := socketServer(limit)
	t.Cleanup(s.Unlock)
	d := &remote{server: s, random: 1}
	d.client = &Client{onText: onText}
	s.Unlock()
	why := s.web.Dial(&d.client.peer, url, web.Outside{
		Open: func(host string, port uint16) web.Opening {
			d.asked = fmt.Sprint(host, " ", port)
			d.memory = &memory{room: -1}
			d.offered = append(d.offered, d.memory)
			return opening{d.memory, d}
		},
		Random: func() uint32 { d.random = d.random*1664525 + 1013904223; return d.random },
	})
	s.Lock()
	if why != "" {
		t.Fatal(why)
	}
	return d
}

// acceptOf is what answers the handshake in request.
func acceptOf(t testing.TB, request string) string {
	t.Helper()
	_, key, _ := strings.Cut(request, "\r\nSec-WebSocket-Key: ")
	key, _, _ = strings.Cut(key, "\r\n")
	if nonce, err := base64.StdEncoding.DecodeString(key); err != nil || len(nonce) != 16 {
		t.Fatalf("key %q", key)
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// shake answers the handshake as it should be.
func (d *remote) shake(t testing.TB) (sent string) {
	t.Helper()
	d.settle(t)
	request := d.talk(t, d.memory, "")
	return d.talk(t, d.memory, rfc6455.Answer{}.Text(acceptOf(t, request)))
}

// unmasked are the frames in out without their masks, each of which has to be another one.
func unmasked(t testing.TB, out string, seen map[[4]byte]bool) (frames string) {
	t.Helper()
	for b := []byte(out); len(b) > 0; {
		if len(b) < 6 || b[1]&0x80 == 0 {
			t.Fatalf("not masked: % .40x", b)
		}
		head, n := 2, int(b[1]&0x7F)
		switch n {
		case 126:
			head, n = 4, int(binary.BigEndian.Uint16(b[2:]))
		case 127:
			head, n = 10, int(binary.BigEndian.Uint64(b[2:]))
		}
		mask := [4]byte(b[head:])
		if seen[mask] {
			t.Fatalf("mask %x again", mask)
		}
		seen[mask] = true
		payload := bytes.Clone(b[head+4 : head+4+n])
		for i := range payload {
			payload[i] ^= mask[i&3]
		}
		frames += string(rfc6455.Back(b[0], string(payload)))
		b = b[head+4+n:]
	}
	return frames
}

// The cases of RFC 6455 for the client's role.
func TestRFC6455AsClient(t *testing.T) {
	count := map[string]int{}
	for _, c := range rfc6455.Mirrored(append(rfc6455.Messages(), rfc6455.Limits(asItComes)...)) {
		count[c.Section]++
		limit := rfc6455.MessageLimit
		if c.Section == rfc6455.LimitSection {
			limit = asItComes
		}
		t.Run(c.Section+" "+c.Name, func(t *testing.T) {
			chunks := []int{0, 1, 7}
			if len(c.In) > 60000 {
				chunks = []int{997}
			}
			for _, chunk := range chunks {
				d := dials(t, limit, "ws://server/", nil)
				echo(d.server)
				opens, closes := 0, 0
				d.onConnect = func(*Client) { opens++ }
				d.onClosed = func(*Client) { closes++ }
				d.shake(t)
				m, masks := d.memory, map[[4]byte]bool{}
				m.chunk = chunk
				if out := unmasked(t, d.talk(t, m, string(c.In)), masks); out != string(c.Want) {
					t.Fatalf("in pieces of %d: got % .60x\nwant % .60x", chunk, out, c.Want)
				}
				if m.finished == c.Open {
					t.Fatalf("in pieces of %d: finished is %v", chunk, m.finished)
				}
				if c.Open {
					if out := unmasked(t, d.talk(t, m, string(echoed("still?"))), masks); out != string(echoed("still?")) {
						t.Fatalf("does not go on: % x", out)
					}
				}
				m.eof = true
				d.settle(t)
				if !m.closed || opens != 1 || closes != 1 || d.web.ClientsLocked() != 0 {
					t.Fatalf("closed %v, OnConnect called %d times, OnClosed %d times, %d clients", m.closed, opens, closes, d.web.ClientsLocked())
				}
			}
		})
	}
	total := 0
	for _, section := range slices.Sorted(maps.Keys(count)) {
		t.Logf("RFC 6455 as client, section %-6s %3d cases", section, count[section])
		total += count[section]
	}
	answers := len(rfc6455.Answers())
	t.Logf("RFC 6455 as client, section %-6s %3d cases", "4.1", answers)
	t.Logf("RFC 6455 as client, in all        %3d cases", total+answers)
}

func TestServersAnswers(t *testing.T) {
	for _, c := range rfc6455.Answers() {
		t.Run(c.Name, func(t *testing.T) {
			for _, chunk := range []int{0, 1} {
				d := dials(t, 256, "ws://192.168.1.20:8080/ws?a=b", nil)
				opens := 0
				d.onConnect = func(*Client) { opens++ }
				d.settle(t)
				request := string(d.memory.out)
				want := "GET /ws?a=b HTTP/1.1\r\nHost: 192.168.1.20:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
				if !strings.HasPrefix(request, want) || !strings.HasSuffix(request, "\r\n\r\n") || d.asked != "192.168.1.20 8080" {
					t.Fatalf("%s %q", d.asked, request)
				}
				d.memory.out, d.memory.chunk = nil, chunk
				out := d.talk(t, d.memory, c.Text(acceptOf(t, request))+string(echoed("a")))
				if (opens == 1) != c.Opens || d.memory.closed == c.Opens || out != "" {
					t.Fatalf("opened %d times, closed %v, %q", opens, d.memory.closed, out)
				}
			}
		})
	}
}

// What is lost comes back, later and later, and every key is another one.
func TestDialsAgain(t *testing.T) {
	d := dials(t, 256, "ws://server", nil)
	keys := map[string]bool{}
	var said []string
	d.onConnect = func(c *Client) { said = append(said, "connect"); c.SendText("hello") }
	d.onClosed = func(c *Client) { said = append(said, fmt.Sprint("closed ", c.Code(), c.SendText("late"))) }
	var waits []time.Duration
	for range 8 {
		d.settle(t)
		request := string(d.memory.out)
		if keys[acceptOf(t, request)] {
			t.Fatal("the same key")
		}
		keys[acceptOf(t, request)] = true
		if !strings.Contains(request, "\r\nHost: server\r\n") {
			t.Fatal(request)
		}
		d.memory.eof = true
		d.settle(t)
		n, wait := len(d.offered), time.Duration(0)
		for len(d.offered) == n {
			d.pass(50 * time.Millisecond)
			wait += 50 * time.Millisecond
			d.settle(t)
		}
		waits = append(waits, wait)
	}
	for i, seconds := range []int{1, 2, 4, 8, 16, 24, 24, 24} {
		if least := time.Duration(seconds) * time.Second; waits[i] < least-50*time.Millisecond || waits[i] > least*5/4+100*time.Millisecond {
			t.Errorf("attempt %d after %v, want %d s", i, waits[i], seconds)
		}
	}
	if spread := waits[5] == waits[6] && waits[6] == waits[7]; spread {
		t.Error("no chance in it", waits)
	}
	if out := unmasked(t, d.shake(t), map[[4]byte]bool{}); out != string(echoed("hello")) {
		t.Fatalf("%q", out)
	}
	d.pass(11 * time.Second) // a good one
	d.memory.eof = true
	d.settle(t)
	n := len(d.offered)
	d.pass(1300 * time.Millisecond)
	d.settle(t)
	if got := strings.Join(said, ", "); got != "connect, closed 1006 false" || len(d.offered) != n+1 {
		t.Fatal(got, len(d.offered)-n)
	}
}

func TestDialledConnection(t *testing.T) {
	var got []string
	d := dials(t, 256, "ws://server/path", func(c *Client, msg string) { got = append(got, msg); c.SendText("got " + msg) })
	d.onText = func(*Client, string) { t.Error("OnText was called") }
	page := d.socket(t)
	d.settle(t)
	d.Unlock()
	if d.client.SendText("too early") {
		t.Error("sent before there is a connection")
	}
	d.Lock()
	d.shake(t)
	if out := unmasked(t, d.talk(t, d.memory, string(echoed("a"))), map[[4]byte]bool{}); out != string(echoed("got a")) {
		t.Fatalf("%q", out)
	}
	d.Unlock()
	if d.client.Path() != "/path" || d.client.ID() == 0 || d.web.ClientsLocked() != 1 {
		t.Error(d.client.Path(), d.client.ID(), d.web.ClientsLocked())
	}
	d.web.Broadcast("", "to pages")
	d.web.Broadcast("/path", "to pages")
	d.Lock()
	if out := d.talk(t, d.memory, ""); out != "" {
		t.Fatalf("a broadcast goes to the server: %q", out)
	}
	if out := d.talk(t, page, ""); out != string(echoed("to pages")) {
		t.Fatalf("%q", out)
	}
	// Long texts go in pieces through the buffer, each masked where it belongs.
	d.memory.room = 100
	long := letters(30_000)
	d.Unlock()
	d.client.SendText(long)
	d.client.SendBinary([]byte(long))
	d.client.Close(4000, "bye")
	d.Lock()
	for range 2000 {
		d.memory.room += 97
		d.settle(t)
	}
	want := string(echoed(long)) + string(rfc6455.Back(0x82, long)) + string(rfc6455.Back(0x88, code(4000)+"bye"))
	if out := unmasked(t, string(d.memory.out), map[[4]byte]bool{}); out != want {
		t.Fatalf("%d bytes, want %d", len(out), len(want))
	}
	d.memory.out = nil
	d.talk(t, d.memory, string(rfc6455.Back(0x88, code(4000))))
	d.memory.eof = true
	d.settle(t)
	n := len(d.offered)
	d.pass(time.Minute)
	d.settle(t)
	d.Unlock()
	if len(d.offered) != n || d.client.Code() != 4000 {
		t.Error("dials again what the program has closed", d.client.Code())
	}
	d.Lock()
}

// A program may close what is not open yet, and dial from its callbacks; places are used again.
func TestHangingUp(t *testing.T) {
	d := dials(t, 256, "ws://server/", nil)
	d.pending = true
	d.settle(t)
	d.Unlock()
	d.client.Close(1000, "")
	d.Lock()
	d.settle(t)
	if !d.memory.closed {
		t.Fatal("the connection goes on being opened")
	}
	d.pass(time.Minute)
	d.settle(t)
	d.Unlock()
	if len(d.offered) != 1 || d.client.SendText("x") {
		t.Error("another attempt")
	}
	d.why = "nobody listens there"
	d.pending = false
	second := &Client{}
	d.web.Dial(&second.peer, "ws://other/", web.Outside{
		Open: func(string, uint16) web.Opening {
			d.memory = &memory{room: -1}
			d.offered = append(d.offered, d.memory)
			return opening{d.memory, d}
		},
		Random: func() uint32 { d.random += 77; return d.random },
	})
	d.Lock()
	d.settle(t)
	d.pass(3 * time.Second)
	d.settle(t)
	if len(d.offered) != 3 || !d.offered[1].closed {
		t.Fatal(len(d.offered))
	}
	d.why = ""
	d.pass(9 * time.Second)
	d.settle(t)
	d.shake(t)
	if d.Unlock(); !second.SendText("x") {
		t.Error("not connected")
	}
	d.Lock()
}

// A server that does not answer is given up, and tried again.
func TestServerThatDoesNotAnswer(t *testing.T) {
	for _, pending := range []bool{true, false} {
		d := dials(t, 256, "ws://server/", nil)
		d.pending = pending
		d.settle(t)
		d.memory.out = nil
		d.pass(11 * time.Second)
		d.settle(t)
		d.pass(2 * time.Second)
		d.settle(t)
		if len(d.offered) != 2 || !d.offered[0].closed {
			t.Errorf("pending %v: %d attempts", pending, len(d.offered))
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ url, asked, path string }{
		{"ws://192.168.1.20", "192.168.1.20 80", "/"},
		{"ws://192.168.1.20:8080/ws", "192.168.1.20 8080", "/ws"},
		{"ws://board.local?x=1", "board.local 80", "/?x=1"},
		{"ws://[::1]:81/a/b", "::1 81", "/a/b"},
		{"ws://[fe80::1]/", "fe80::1 80", "/"},
	} {
		d := dials(t, 256, c.url, nil)
		d.settle(t)
		if d.asked != c.asked || d.client.Path() != c.path || !strings.HasPrefix(string(d.memory.out), "GET "+c.path+" HTTP/1.1\r\n") {
			t.Errorf("%s: %s %s %.60q", c.url, d.asked, d.client.Path(), d.memory.out)
		}
	}
	s := socketServer(256)
	s.Unlock()
	for _, url := range []string{"", "192.168.1.20", "http://192.168.1.20/", "wss://192.168.1.20/", "ws://", "ws:///x", "ws://:80/", "ws://a:0/", "ws://a:65536/", "ws://a:x/",
		"ws://a:99999999999999999999/", "ws://user@a/", "ws://a/\r\nX: y", "ws://a b/", "ws://a/ü", "ws://a/#x", "ws://a:1:2/", "ws://[::1/", "ws://a/" + letters(250)} {
		c := &Client{}
		if why := s.web.Dial(&c.peer, url, web.Outside{}); why == "" {
			t.Errorf("%q is taken", url)
		}
		if c.SendText("x") || c.Code() != 0 || c.Dropped() != 0 || c.ID() == 0 {
			t.Errorf("%q: the client is of no use", url)
		}
		c.Close(1000, "")
	}
}

// Messages of a dialled connection take no memory.
func TestDialledMessagesTakeNoMemory(t *testing.T) {
	d := dials(t, 256, "ws://server/", nil)
	d.onTextBytes = func(c *Client, msg []byte) { c.SendBinary(msg) }
	d.shake(t)
	in := echoed("a message of some length")
	d.memory.in, d.memory.out = make([]byte, 0, 1000), make([]byte, 0, 1000)
	n := testing.AllocsPerRun(100, func() {
		d.memory.in, d.memory.out = append(d.memory.in[:0], in...), d.memory.out[:0]
		d.settle(t)
	})
	if n != 0 || len(d.memory.out) != 6+24 {
		t.Errorf("%v allocations for a message, %d bytes", n, len(d.memory.out))
	}
}
