//go:build wifi

package netif

import (
	"bytes"
	"fmt"
	"os"
	"studio/link"
	"testing"
)

// What a board tells is what the golden vectors say.
func TestGoldenNetwork(t *testing.T) {
	text, err := os.ReadFile("../../link/testdata/network.golden")
	if err != nil {
		t.Fatal(err)
	}
	n := &Network{}
	copy(n.name[:], "studio-1a2b")
	copy(n.ap[:], "Studio-1A2B")
	for _, now := range []struct {
		state, reason uint8
		signal        int8
		address       [4]byte
		ssid          string
	}{
		{link.NetAccessPoint, link.NetNoReason, 0, apAddress, ""},
		{link.NetJoining, link.NetLost, 0, [4]byte{}, "Home"},
		{link.NetJoined, link.NetNoReason, -56, [4]byte{192, 168, 1, 17}, "Home"},
		{link.NetFailed, link.NetPassword, 0, apAddress, "Home"},
	} {
		n.Status = Status{now.state, now.reason, now.signal, now.address}
		n.known.ssid = now.ssid
		w := link.Writer{B: make([]byte, 0, 200)}
		n.putLocked(&w)
		if !bytes.Contains(text, fmt.Appendf(nil, " = %x\n", w.B)) {
			t.Errorf("state %d: %x", now.state, w.B)
		}
	}
}

// A device gets its own address again, another one another, and what does not
// fit is refused.
func TestLeases(t *testing.T) {
	var l leases
	l.reset(apAddress)
	ask := func(mac byte, kind byte, options ...byte) (answer byte, address [4]byte) {
		p := make([]byte, 28+dhcpOptions, 400)
		b := p[28:]
		b[0], b[1], b[2], b[33] = 1, 1, 6, mac
		copy(b[236:], dhcpCookie[:])
		p = append(append(append(p, 53, 1, kind), options...), 255)
		if l.Demux(p, 20) != nil {
			return 0, address
		}
		out := make([]byte, 600)
		if n, _ := l.Encapsulate(out, 0, 20); n == 0 {
			return 0, address
		}
		if r := out[28:]; r[33] != mac || [4]byte(out[16:20]) != [4]byte{255, 255, 255, 255} || r[dhcpOptions] != 53 {
			t.Fatalf("% x", out)
		}
		return out[28+dhcpOptions+2], [4]byte(out[28+16:])
	}
	wanted := func(last byte) []byte { return []byte{50, 4, 192, 168, 4, last} }
	for _, c := range []struct {
		mac, kind byte
		options   []byte
		answer    byte
		last      byte
	}{
		{1, dhcpDiscover, nil, dhcpOffer, 2},
		{2, dhcpDiscover, nil, dhcpOffer, 3},
		{1, dhcpRequest, wanted(2), dhcpACK, 2},
		{1, dhcpRequest, wanted(2), dhcpACK, 2},
		{2, dhcpRequest, wanted(9), dhcpNAK, 0},
		{2, dhcpRequest, append([]byte{54, 4, 10, 0, 0, 1}, wanted(3)...), 0, 0},
		{3, dhcpRequest, wanted(4), dhcpACK, 4},
		{1, dhcpInform, nil, dhcpACK, 0},
		{1, 77, nil, 0, 0},
		{1, dhcpDiscover, []byte{50, 200, 1}, dhcpOffer, 2},
	} {
		answer, address := ask(c.mac, c.kind, c.options...)
		if answer != c.answer || address[3] != c.last {
			t.Fatalf("%+v: %d %v", c, answer, address)
		}
	}
	for mac := byte(10); mac < 10+byte(len(l.list)); mac++ {
		if answer, address := ask(mac, dhcpDiscover); answer != dhcpOffer || address[3] < firstLease || int(address[3]) >= firstLease+len(l.list) {
			t.Fatal(mac, answer, address)
		}
	}
}

// Whatever a question to the access point or for the name contains, the answer
// fits into its packet.
func FuzzQuestions(f *testing.F) {
	discover := make([]byte, dhcpOptions+20)
	discover[0], discover[1], discover[2] = 1, 1, 6
	copy(discover[236:], dhcpCookie[:])
	copy(discover[dhcpOptions:], []byte{0, 53, 1, dhcpDiscover, 50, 4, 192, 168, 4, 9, 255})
	f.Add(discover)
	f.Add([]byte("\x00\x01\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x0bstudio-1a2b\x05local\x00\x00\x01\x00\x01\xc0\x0c\x00\xff\x00\x01"))
	f.Fuzz(func(t *testing.T, question []byte) {
		packet := append(make([]byte, ipHead+udpHead), question...)
		var l leases
		l.reset(apAddress)
		l.Demux(packet, ipHead)
		var r responder
		r.reset("studio-1a2b")
		r.Demux(packet, ipHead)
		for _, room := range []int{ipHead + udpHead, 200, 600} {
			for _, answer := range []func([]byte, int, int) (int, error){l.Encapsulate, r.Encapsulate} {
				out := make([]byte, room)
				copy(out[12:], apAddress[:])
				if n, err := answer(out, 0, ipHead); err != nil || ipHead+n > room {
					t.Fatal(n, err)
				}
			}
		}
	})
}
