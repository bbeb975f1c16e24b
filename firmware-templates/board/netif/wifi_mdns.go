//go:build wifi

package netif

import (
	"studio/board/chars"

	"github.com/soypat/lneto"
)

// responder tells our address to those who ask for studio-xxxx.local (RFC
// 6762): by multicast, and to simple clients, which ask from another port than
// mDNS's own, directly.
type responder struct {
	id     uint64
	name   [maxLabel]byte // the first label
	n      uint8
	tell   bool // by multicast
	direct bool
	query  [2]byte // of a direct answer: id,
	to     [4]byte // address
	port   uint16  // and port
}

const (
	mdnsPort = 5353
	mdnsTTL  = 120 // seconds
	maxLabel = 16
	dnsHead  = 12
)

var mdnsGroup = [4]byte{224, 0, 0, 251}

func (r *responder) reset(name string) {
	*r = responder{id: r.id + 1}
	r.n = uint8(copy(r.name[:], name))
}

func (r *responder) announce() { r.tell = true }

func (r *responder) Protocol() uint64      { return uint64(lneto.IPProtoUDP) }
func (r *responder) LocalPort() uint16     { return mdnsPort }
func (r *responder) ConnectionID() *uint64 { return &r.id }

// Demux looks for our name among the questions; at is where the UDP head begins.
func (r *responder) Demux(packet []byte, at int) error {
	if at < ipHead || len(packet) < at+udpHead+dnsHead {
		return lneto.ErrPacketDrop
	}
	port := uint16(packet[at])<<8 | uint16(packet[at+1])
	b := packet[at+udpHead:]
	if b[2]&0xF8 != 0 { // an answer, or no plain query
		return nil
	}
	q := b[dnsHead:]
	for left := int(b[4])<<8 | int(b[5]); left > 0; left-- {
		mine, rest := r.match(q)
		if rest == nil || len(rest) < 4 {
			break
		}
		kind := uint16(rest[0])<<8 | uint16(rest[1])
		if mine && (kind == 1 || kind == 255) {
			if port == mdnsPort {
				r.tell = true
			} else {
				r.direct, r.query, r.to, r.port = true, [2]byte(b[:2]), [4]byte(packet[12:16]), port
			}
		}
		q = rest[4:]
	}
	return nil
}

// match reads a question's name, and gives what follows it; nil when it cannot
// be read. Names in questions that we care for are not compressed.
func (r *responder) match(q []byte) (mine bool, rest []byte) {
	mine = true
	for i := 0; ; i++ {
		if len(q) == 0 {
			return false, nil
		}
		n := int(q[0])
		if n == 0 {
			return mine && i == 2, q[1:]
		}
		if n >= 0xC0 {
			if len(q) < 2 {
				return false, nil
			}
			return false, q[2:]
		}
		if len(q) < 1+n {
			return false, nil
		}
		want := "local"
		if i == 0 {
			want = chars.String(r.name[:r.n])
		}
		mine = mine && i < 2 && chars.SameFolded(q[1:1+n], want)
		q = q[1+n:]
	}
}

// Encapsulate writes an answer.
func (r *responder) Encapsulate(packet []byte, ip, at int) (int, error) {
	if !r.tell && !r.direct || len(packet) < at+128 {
		return 0, nil
	}
	own := [4]byte(packet[ip+12 : ip+16])
	if own == ([4]byte{}) {
		r.tell, r.direct = false, false
		return 0, nil
	}
	b := packet[at+udpHead:]
	clear(b[:dnsHead])
	b[2], b[7] = 0x84, 1 // an answer with authority; one record
	n := dnsHead
	class := byte(0x80) // the only owner: forget older answers
	if r.direct {
		r.direct = false
		putPorts(packet[at:], mdnsPort, r.port)
		copy(packet[ip+16:], r.to[:])
		copy(b, r.query[:])
		b[5] = 1 // the question comes back with it
		n += r.put(b[n:])
		n += copy(b[n:], "\x00\x01\x00\x01")
		class = 0
	} else {
		r.tell = false
		putPorts(packet[at:], mdnsPort, mdnsPort)
		copy(packet[ip+16:], mdnsGroup[:])
	}
	n += r.put(b[n:])
	n += copy(b[n:], "\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04")
	b[n-8], b[n-3] = class, mdnsTTL
	n += copy(b[n:], own[:])
	return udpHead + n, nil
}

// put writes the name.
func (r *responder) put(b []byte) int {
	b[0] = r.n
	n := 1 + copy(b[1:], r.name[:r.n])
	return n + copy(b[n:], "\x05local\x00")
}
