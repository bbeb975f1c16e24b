//go:build wifi

package board

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/soypat/lneto"
	lntcp "github.com/soypat/lneto/tcp"

	"studio/link"
	"studio/rfc6455"
)

// listen is a server on the other computer, for one connection.
func (a *air) listen(port uint16) *farConn {
	a.t.Helper()
	c := &farConn{a: a}
	a.check(c.Configure(lntcp.ConnConfig{RxBuf: make([]byte, 8192), TxBuf: make([]byte, 200_000), TxPacketQueueSize: 200, LossRecovery: &c.rto,
		RWBackoff: lneto.BackoffStrategy(func(uint) time.Duration { return 0 }), Nanotime: func() int64 { return a.s.Now() * 1e6 }}))
	a.check(a.far.ListenTCP4(&c.Conn, port))
	a.calls = append(a.calls, c)
	return c
}

// opens waits for the board's handshake and answers it.
func (c *farConn) opens() {
	c.a.t.Helper()
	c.a.until("a connection from the board", func() bool { return c.State() == lntcp.StateEstablished })
	got := ""
	for !strings.HasSuffix(got, "\r\n\r\n") {
		got += c.hear(1)
	}
	c.say(rfc6455.Answer{}.Text(acceptOf(c.a.t, got)))
}

// dialled has the board's program dial.
func (a *air) dialled(url string) *Client {
	a.t.Helper()
	c := &Client{}
	a.s.Unlock()
	why := a.s.web.Dial(&c.peer, url, a.s.net.Outside(func() uint32 { a.random = a.random*1664525 + 1013904223; return a.random }))
	a.s.Lock()
	if why != "" {
		a.t.Fatal(why)
	}
	return c
}

// A program connects to the other computer in the board's access point, and in a network: a real handshake, long
// messages, an end, and again, with frames lost.
func TestDialOverWiFi(t *testing.T) {
	for _, joins := range []bool{false, true} {
		for _, loss := range []bool{false, true} {
			t.Run(fmt.Sprintf("joined %v, loss %v", joins, loss), func(t *testing.T) {
				a := onAir(t, Limits{MaxMessage: 5000}, webFiles)
				echo(a.s)
				server := "192.168.4.2"
				if joins {
					h := a.plug()
					a.state(link.NetAccessPoint)
					h.must(link.OpNetJoin, str("home"), str("password"))
					a.state(link.NetJoined)
					server = "10.0.0.1"
				} else {
					a.state(link.NetAccessPoint)
					a.phone()
				}
				n := 0
				if loss {
					a.lose = func() bool { n++; return n%7 == 3 }
				}
				opened, ended := 0, 0
				a.s.onConnect = func(*Client) { opened++ }
				a.s.onClosed = func(*Client) { ended++ }
				c := a.listen(8080)
				a.dialled("ws://" + server + ":8080/ws")
				c.opens()
				masks := map[[4]byte]bool{}
				for _, p := range []string{"hello", letters(126), letters(5000)} {
					c.say(string(echoed(p)))
					want := string(echoed(p))
					if got := unmasked(t, c.hear(len(want)+4), masks); got != want {
						t.Fatalf("%d bytes: %.60q", len(p), got)
					}
				}
				if opened != 1 {
					t.Fatal(opened)
				}
				c.say(string(rfc6455.Back(0x88, code(1001))))
				if got := unmasked(t, c.hear(8), masks); got != string(closed(1001)) {
					t.Fatalf("% x", got)
				}
				c.Close()
				a.until("OnClosed", func() bool { return ended == 1 })
				c.Abort()
				again := a.listen(8080)
				again.opens()
				a.until("OnConnect again", func() bool { return opened == 2 })
				a.lose = nil
				a.served()
			})
		}
	}
}

// Nobody listens: that is found out at once, not after a time. Frames for other networks go to the router, and what
// cannot be reached is said.
func TestDialOverWiFiInVain(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	h := a.plug()
	a.state(link.NetAccessPoint)
	why := func(url string) (why string) {
		host, port := url, uint16(80)
		o := a.s.net.Outside(func() uint32 { a.random += 7; return a.random }).Open(host, port)
		for i := 0; why == "" && i < 3000; i++ {
			if _, why = o.Opened(); why == "" {
				a.pass()
			}
		}
		o.Close()
		return why
	}
	for url, want := range map[string]string{"8.8.8.8": "another network", "board.local": "in numbers", "1.2.3": "in numbers", "1.2.3.256": "in numbers", "1.2.3.4.5": "in numbers", "1..2.3": "in numbers"} {
		if got := why(url); !strings.Contains(got, want) {
			t.Errorf("%s: %s", url, got)
		}
	}
	h.must(link.OpNetJoin, str("home"), str("password"))
	a.state(link.NetJoined)
	if got := why("10.0.0.1"); !strings.Contains(got, "nobody listens") {
		t.Errorf("%q", got)
	}
	if got := why("10.0.0.77"); got != "" { // nobody answers ARP: the server's time limit ends it
		t.Errorf("%q", got)
	}
	var syn [][]byte
	a.sniff = func(f []byte) {
		if len(f) > 47 && f[12] == 8 && f[13] == 0 && f[23] == 6 && slices.Equal(f[30:34], []byte{8, 8, 8, 8}) && f[47]&2 != 0 {
			syn = append(syn, slices.Clone(f))
		}
	}
	why("8.8.8.8")
	if len(syn) < 2 || !slices.Equal(syn[0][:6], farMAC[:]) {
		t.Fatalf("%d attempts, %x", len(syn), syn)
	}
	var open []interface{ Close() }
	last := ""
	for range 5 {
		o := a.s.net.Outside(func() uint32 { return 1 }).Open("10.0.0.1", 80)
		_, last = o.Opened()
		open = append(open, o)
	}
	if !strings.Contains(last, "4 such") {
		t.Error(last)
	}
	for _, o := range open {
		o.Close()
	}
}
