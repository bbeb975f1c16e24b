//go:build wifi

package netif

import (
	"github.com/soypat/lneto"
)

// leases gives out addresses in our own access point's network (RFC 2131). A
// device gets the same one again as long as its place in the list is not needed
// for another; everything is answered by broadcast, which all of them take.
type leases struct {
	id      uint64
	own     [4]byte
	list    [12]lease
	clock   uint32
	answer  uint8 // to be sent; 0: nothing
	xid     [4]byte
	mac     [6]byte
	address [4]byte
}

type lease struct {
	mac  [6]byte
	used uint32 // 0: free
}

// Kinds of DHCP messages.
const (
	dhcpDiscover = 1
	dhcpOffer    = 2
	dhcpRequest  = 3
	dhcpACK      = 5
	dhcpNAK      = 6
	dhcpInform   = 8
)

const (
	udpHead      = 8
	dhcpOptions  = 240 // after the magic cookie
	leaseSeconds = 3600
	firstLease   = 2 // .2 is the first one's
)

func (l *leases) reset(own [4]byte) { *l = leases{id: l.id + 1, own: own} }

func (l *leases) Protocol() uint64      { return uint64(lneto.IPProtoUDP) }
func (l *leases) LocalPort() uint16     { return 67 }
func (l *leases) ConnectionID() *uint64 { return &l.id }

// Demux takes a question; at is where its UDP head begins.
func (l *leases) Demux(packet []byte, at int) error {
	b := packet[at:]
	if len(b) < udpHead+dhcpOptions {
		return lneto.ErrPacketDrop
	}
	b = b[udpHead:]
	if b[0] != 1 || b[1] != 1 || b[2] != 6 || [4]byte(b[236:240]) != dhcpCookie {
		return lneto.ErrPacketDrop
	}
	var kind uint8
	var wanted, server [4]byte
	for o := b[dhcpOptions:]; len(o) >= 2 && o[0] != 255; {
		if o[0] == 0 {
			o = o[1:]
			continue
		}
		n := int(o[1])
		if len(o) < 2+n {
			break
		}
		switch v := o[2 : 2+n]; {
		case o[0] == 53 && n == 1:
			kind = v[0]
		case o[0] == 50 && n == 4:
			wanted = [4]byte(v)
		case o[0] == 54 && n == 4:
			server = [4]byte(v)
		}
		o = o[2+n:]
	}
	l.xid, l.mac = [4]byte(b[4:8]), [6]byte(b[28:34])
	inUse := [4]byte(b[12:16])
	switch kind {
	case dhcpDiscover:
		l.answer, l.address = dhcpOffer, l.of(l.mac)
	case dhcpRequest:
		if server != ([4]byte{}) && server != l.own {
			return lneto.ErrPacketDrop // it has chosen another server
		}
		if wanted == ([4]byte{}) {
			wanted = inUse
		}
		l.answer, l.address = dhcpACK, l.of(l.mac)
		if wanted != l.address {
			l.answer = dhcpNAK
		}
	case dhcpInform:
		l.answer, l.address = dhcpACK, [4]byte{}
	}
	return nil
}

// of is a device's address.
func (l *leases) of(mac [6]byte) [4]byte {
	at := 0
	for i := range l.list {
		if l.list[i].used != 0 && l.list[i].mac == mac {
			at = i
			break
		}
		if l.list[i].used < l.list[at].used {
			at = i
		}
	}
	l.clock++
	l.list[at] = lease{mac, l.clock}
	address := l.own
	address[3] = firstLease + uint8(at)
	return address
}

var dhcpCookie = [4]byte{99, 130, 83, 99}

// Encapsulate writes the answer.
func (l *leases) Encapsulate(packet []byte, ip, at int) (int, error) {
	if l.answer == 0 || len(packet) < at+udpHead+dhcpOptions+64 {
		return 0, nil
	}
	kind := l.answer
	l.answer = 0
	putPorts(packet[at:], 67, 68)
	copy(packet[ip+16:], []byte{255, 255, 255, 255})
	b := packet[at+udpHead:]
	clear(b[:dhcpOptions])
	b[0], b[1], b[2] = 2, 1, 6
	copy(b[4:], l.xid[:])
	b[10] = 0x80 // broadcast
	if kind != dhcpNAK {
		copy(b[16:], l.address[:])
	}
	copy(b[28:], l.mac[:])
	copy(b[236:], dhcpCookie[:])
	n := dhcpOptions
	put := func(option uint8, v ...byte) {
		b[n], b[n+1] = option, uint8(len(v))
		n += 2 + copy(b[n+2:], v)
	}
	put(53, kind)
	put(54, l.own[:]...)
	if kind != dhcpNAK {
		if l.address != ([4]byte{}) {
			put(51, 0, 0, leaseSeconds>>8, leaseSeconds&0xFF)
		}
		put(1, 255, 255, 255, 0)
		// Phones leave a network that names no router and no name server.
		put(3, l.own[:]...)
		put(6, l.own[:]...)
	}
	b[n] = 255
	return udpHead + n + 1, nil
}

// putPorts writes a UDP head's ports; lengths and sums are made by the layer below.
func putPorts(b []byte, from, to uint16) {
	b[0], b[1], b[2], b[3] = uint8(from>>8), uint8(from), uint8(to>>8), uint8(to)
}
