//go:build wifi

package netif

import (
	"net/netip"
	"unsafe"

	"studio/board/web"
	"studio/link"

	"github.com/soypat/lneto/dhcp/dhcpv4"
	lntcp "github.com/soypat/lneto/tcp"
)

// Connections that the program opens. Whom they go to has not been heard of
// before, so these are the ones for which we ask with ARP and know a router.

// mostDials is how many of them there may be.
const mostDials = 4

// firstPort is the first of the ports that our end has (RFC 6335 section 6).
const firstPort = 49152

// dialled is one of them, and a web.Opening. The place is of its own; nobody but
// a dial has it.
type dialled struct {
	place
	to      [4]byte
	port    uint16
	hop     [4]byte // who has the frames first: to, or the router
	mac     [6]byte // of hop
	found   bool    // mac is known
	sent    bool    // the connection has begun: when it is closed then, it has been refused
	queryAt int64   // when to ask for it again
	why     string
}

// dialEvent is what a stack tells of connections that the program opens.
type dialEvent uint8

const (
	dialCut    dialEvent = iota // the network is another one
	dialFrame                   // a frame goes out
	dialExpire                  // some time has passed
)

// tellDials is nil as long as the program opens none, so that their code is not in it.
var tellDials func(st *ipStack, what dialEvent, frame []byte)

// Outside is the network for what the program opens.
func (n *Network) Outside(random func() uint32) web.Outside {
	tellDials = (*ipStack).dialEvent
	n.ip.random = random
	return web.Outside{Random: random, Open: n.dialLocked}
}

// dialLocked begins to open a connection.
func (n *Network) dialLocked(host string, port uint16) web.Opening {
	st := &n.ip
	var d *dialled
	for _, o := range st.dials {
		if !o.held {
			d = o
		}
	}
	if d == nil {
		d = &dialled{}
		d.owner = unsafe.Pointer(st)
		if len(st.dials) >= mostDials {
			d.why = "a board can have 4 such connections at a time"
			return d
		}
		if st.configurePlace(&d.place) != nil {
			d.why = "there is no memory for it"
			return d
		}
		st.dials = append(st.dials, d)
	}
	d.conn.Abort()
	d.held, d.used, d.found, d.sent, d.why = true, false, false, false, ""
	d.port, d.since, d.asked, d.queryAt, d.closed = port, n.loop.Now(), 0, 0, 0
	st.issued += lntcp.Value(st.random())
	var ok bool
	if d.to, ok = parseIPv4(host); !ok {
		d.why = "a board finds no names. Give the server's address in numbers, such as 192.168.1.20"
		return d
	}
	if n.Address == ([4]byte{}) {
		d.why = "the board is in no network yet"
		return d
	}
	if d.hop, ok = n.hopLocked(d.to); !ok {
		d.why = "this is in another network, and the board knows no way there"
	}
	return d
}

// hopLocked is who has to get the frames to an address.
func (n *Network) hopLocked(to [4]byte) (hop [4]byte, ok bool) {
	st := &n.ip
	st.learnNetwork()
	bits := uint8(24) // of our own network
	if n.State == link.NetJoined && st.bits != 0 {
		bits = st.bits
	}
	mask := ^uint32(0) << (32 - bits)
	number := func(a [4]byte) uint32 { return uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3]) }
	if (number(to)^number(n.Address))&mask == 0 {
		return to, true
	}
	return st.router, n.State == link.NetJoined && st.router != [4]byte{}
}

// learnNetwork keeps what came with our address: while we ask for that again, it is not known.
func (st *ipStack) learnNetwork() {
	if st.dhcp.State() == dhcpv4.StateBound {
		st.bits = st.dhcp.SubnetCIDRBits()
		st.router, _ = st.dhcp.RouterAddr()
	}
}

// parseIPv4 takes "192.168.1.20".
func parseIPv4(s string) (a [4]byte, ok bool) {
	at, digits, value := 0, 0, 0
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '.' {
			if digits == 0 || at == 4 {
				return a, false
			}
			a[at] = byte(value)
			at, digits, value = at+1, 0, 0
			continue
		}
		c := s[i]
		if c < '0' || c > '9' || digits == 3 || value*10+int(c-'0') > 255 {
			return a, false
		}
		value = value*10 + int(c-'0')
		digits++
	}
	return a, at == 4
}

// Opened asks for the hardware address, then opens the connection, then waits for it.
func (d *dialled) Opened() (open bool, why string) {
	st := (*ipStack)(d.owner)
	now := st.now()
	switch {
	case d.why != "":
	case !d.found:
		if mac, err := st.arp.CacheLookup(d.hop[:]); err == nil {
			copy(d.mac[:], mac)
			d.found, d.used, d.asked = true, true, now
			remote := netip.AddrPortFrom(netip.AddrFrom4(d.to), d.port)
			if d.conn.OpenActive(st.freePort(), remote, st.issued) != nil || st.tcp.Register(&d.conn) != nil {
				d.why = "there is no memory for it"
			}
		} else if now >= d.queryAt {
			d.queryAt = now + synAgain
			st.arp.CacheRemove(d.hop[:])
			st.arp.StartQuery(d.hop[:], false)
		}
	case d.conn.State() == lntcp.StateEstablished:
		return true, ""
	case !d.used || d.sent && d.conn.State() == lntcp.StateClosed:
		d.why = "nobody listens there. Is the server running?"
	case now-d.asked > synAgain:
		d.asked = now
		d.conn.RequeueControl()
	}
	return false, d.why
}

// freePort is a port that none of the others has.
func (st *ipStack) freePort() uint16 {
	for i := uint16(0); ; i++ {
		port, taken := firstPort+(uint16(st.issued>>8)+i)%(65535-firstPort), false
		for _, o := range st.dials {
			taken = taken || o.used && o.conn.LocalPort() == port
		}
		if !taken {
			return port
		}
	}
}

func (d *dialled) Read(p []byte) (int, bool) {
	if !d.used {
		return 0, d.why == "" && !d.found
	}
	return d.place.Read(p)
}

func (st *ipStack) dialEvent(what dialEvent, frame []byte) {
	if what == dialExpire {
		st.learnNetwork()
	}
	for _, d := range st.dials {
		switch {
		case what == dialCut:
			d.cut()
			if d.held && d.why == "" {
				d.why = "the board's network is another one now"
			}
		case what == dialFrame:
			if d.used && [4]byte(frame[30:34]) == d.to && frame[23] == 6 && uint16(frame[34])<<8|uint16(frame[35]) == d.conn.LocalPort() {
				d.sent = true
				copy(frame, d.mac[:])
			}
		case d.used && d.closed != 0 && st.now()-d.closed > closingTimeout:
			d.cut()
		}
	}
}
