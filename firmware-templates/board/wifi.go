//go:build wifi

package board

import (
	"studio/board/chars"
	"studio/board/loop"
	"studio/link"
)

// network is the board's own Wi-Fi: in somebody's network as a station, or an
// access point of its own, so that the board can always be reached. The
// server's lock guards it; one goroutine turns it.
type network struct {
	radio           radio
	ip              ipStack
	in              [frameSize]byte
	out             [frameSize]byte
	inSize, outSize int // of the frames in them

	started    bool  // the radio has been switched on
	noRadio    bool  // in vain
	state      uint8 // link.Net…
	reason     uint8 // why it is not in the network
	signal     int8
	address    [4]byte
	name       [nameLength]byte // studio-1a2b
	ap         [nameLength]byte // Studio-1A2B
	mac        [6]byte
	known      credentials
	changed    bool  // known is new
	associated bool  // the radio has joined; an address may still be missing
	attempts   int   // that have failed, since known is known or the network was lost
	until      int64 // when asking for an address has taken too long
	nextAt     int64 // when to try, to ask, or to look, again
	retryDelay int64 // between attempts while the access point is open
	renewing   bool
	renewAt    int64 // when to ask for the address again
	endsAt     int64 // when the address is no longer ours
	apActiveAt int64 // when somebody was last heard in our access point
	expiring   int64

	led bool // what the LED on the radio should be,
	lit bool // and what it is

	scanning bool // asked for, and not done
	found    [maxFound]found
	nfound   int

	link netLink
}

// credentials are a network's name and password.
type credentials struct {
	ssid, password string
}

type found struct {
	name    [link.MaxSSID]byte
	n       uint8
	rssi    int8
	secure  uint8
	channel uint8
}

const (
	nameLength = 11
	maxFound   = 20
)

// Times in milliseconds.
const (
	addressTimeout  = 10_000 // for somebody to give us an address
	dhcpRetryAfter  = 2_500
	linkPollEvery   = 1_000  // whether we are still in the network
	retryDelayFirst = 30_000 // with the access point open: the next attempt to join
	retryDelayMost  = 300_000
	apActiveFor     = 60_000 // somebody in our access point keeps us there
	attemptsAtOnce  = 2
)

var (
	apAddress = [4]byte{192, 168, 4, 1}
	// The three channels that do not disturb each other: a class's boards
	// spread over them.
	apChannels = [3]uint8{1, 6, 11}
)

// run turns for ever.
func (n *network) run(s *server) {
	s.Lock()
	for {
		if n.step(s) {
			s.PauseLocked(0)
		} else {
			s.YieldLocked()
		}
	}
}

// step does what there is to do. It lets go of the lock while it calls the radio.
func (n *network) step(s *server) (busy bool) {
	now := s.Now()
	switch {
	case n.noRadio:
		return false
	case !n.started:
		n.start(s)
		return true
	case n.led != n.lit:
		n.lit = n.led
		loop.Without(&s.Loop, n.radio.led, n.lit)
	case n.scanning:
		n.scan(s)
		return true
	case n.changed:
		n.changed, n.attempts, n.reason, n.retryDelay = false, 0, link.NetNoReason, retryDelayFirst
		if n.known.ssid == "" {
			n.open(s, link.NetAccessPoint)
		} else {
			n.join(s)
		}
		return true
	}
	switch n.state {
	case link.NetJoining:
		n.joining(s, now)
	case link.NetJoined:
		n.keepLease(s, now)
	case link.NetFailed:
		if now >= n.nextAt && now-n.apActiveAt > apActiveFor {
			n.retryDelay = min(2*n.retryDelay, retryDelayMost)
			n.attempts = attemptsAtOnce - 1 // one is enough: people may be looking for the access point
			n.join(s)
			return true
		}
	case link.NetOff:
		if now >= n.nextAt {
			n.changed = true // begin anew
		}
		return false
	}
	return n.frames(s)
}

// withoutLock calls the radio without the lock, for what takes long.
func (s *server) withoutLock(f func()) { loop.Without(&s.Loop, plain, f) }

// start switches the radio on.
func (n *network) start(s *server) {
	n.started = true
	ok := false
	s.withoutLock(func() {
		if ok = n.radio.start(); ok {
			n.mac = n.radio.mac()
		}
	})
	if ok {
		ok = n.ip.init(s.limits.Sockets, s.Now) == nil
	}
	if !ok {
		n.noRadio = true
		n.enter(link.NetOff, link.NetOther)
		return
	}
	copy(n.name[:], "studio-")
	copy(n.ap[:], "Studio-")
	for i, b := range [4]byte{n.mac[4] >> 4, n.mac[4] & 15, n.mac[5] >> 4, n.mac[5] & 15} {
		n.name[7+i] = chars.HexDigits[b]
		n.ap[7+i] = "0123456789ABCDEF"[b]
	}
	if !n.changed { // else somebody was faster
		n.load(&s.web.Files)
		n.changed = true
	}
}

func (n *network) enter(state, reason uint8) {
	if state != n.state || reason != n.reason {
		n.state, n.reason = state, reason
		n.link.told = false
	}
}

// open makes the board an access point.
func (n *network) open(s *server, state uint8) {
	ok := false
	var mac [6]byte
	s.withoutLock(func() {
		if ok = n.radio.openAP(chars.String(n.ap[:]), apChannels[n.mac[5]%3]); ok {
			mac = n.radio.mac()
		}
	})
	n.associated, n.signal, n.apActiveAt = false, 0, 0
	n.nextAt = s.Now() + n.retryDelay
	if !ok || n.ip.configure(mac, apAddress, chars.String(n.name[:])) != nil {
		n.address = [4]byte{}
		n.enter(link.NetOff, link.NetOther)
		n.nextAt = s.Now() + retryDelayFirst
		return
	}
	n.address = apAddress
	n.ip.names.announce()
	n.enter(state, n.reason)
	n.link.told = false
}

// join tries once to enter the network.
func (n *network) join(s *server) {
	n.associated, n.address, n.signal = false, [4]byte{}, 0
	n.enter(link.NetJoining, n.reason)
	n.link.told = false
	known := n.known
	reason := uint8(link.NetOther)
	s.withoutLock(func() { reason = n.radio.join(known.ssid, known.password) })
	if n.changed {
		return // it is about another network now
	}
	if reason == link.NetNoReason && n.ip.configure(n.mac, [4]byte{}, chars.String(n.name[:])) != nil {
		reason = link.NetOther
	}
	if reason != link.NetNoReason {
		n.failed(s, reason)
		return
	}
	now := s.Now()
	n.associated, n.until, n.nextAt = true, now+addressTimeout, now+dhcpRetryAfter
}

// failed is the end of an attempt.
func (n *network) failed(s *server, reason uint8) {
	n.associated, n.address = false, [4]byte{}
	n.reason = reason
	n.link.told = false
	if n.attempts++; n.attempts < attemptsAtOnce {
		n.nextAt = s.Now() + linkPollEvery
		return
	}
	n.open(s, link.NetFailed)
}

// joining waits for an address, or for the next attempt.
func (n *network) joining(s *server, now int64) {
	if !n.associated {
		if now >= n.nextAt {
			n.join(s)
		}
		return
	}
	if address, seconds, ok := n.ip.address(); ok {
		n.ip.take(address)
		n.address, n.attempts, n.retryDelay = address, 0, retryDelayFirst
		n.lease(now, seconds)
		n.nextAt = now + linkPollEvery
		n.enter(link.NetJoined, link.NetNoReason)
		return
	}
	switch {
	case now >= n.until:
		n.failed(s, link.NetNoAddress)
	case now >= n.nextAt:
		n.nextAt = now + dhcpRetryAfter
		n.ip.askAddress(n.mac, chars.String(n.name[:]), [4]byte{})
	}
}

// lease notes how long the address is ours; half of that is the time to ask again.
func (n *network) lease(now int64, seconds uint32) {
	life := int64(max(seconds, 60)) * 1000
	n.renewAt, n.endsAt = now+life/2, now+life
}

// keepLease keeps the address, and notices when the network is gone.
func (n *network) keepLease(s *server, now int64) {
	if address, seconds, ok := n.ip.address(); ok && now >= n.renewAt && n.renewing {
		n.renewing = false
		if address != n.address {
			n.ip.take(address)
			n.address = address
			n.link.told = false
		}
		n.lease(now, seconds)
	}
	if now >= n.renewAt && !n.renewing {
		n.renewing = true
		n.ip.askAddress(n.mac, chars.String(n.name[:]), n.address)
		n.until = now + dhcpRetryAfter
	}
	if n.renewing && now >= n.until {
		n.until = now + 4*dhcpRetryAfter
		n.ip.askAddress(n.mac, chars.String(n.name[:]), n.address)
	}
	if now < n.nextAt {
		return
	}
	n.nextAt = now + linkPollEvery
	in, signal := false, int8(0)
	s.withoutLock(func() { in, signal = n.radio.joined(), n.radio.rssi() })
	n.signal = signal
	if in && now < n.endsAt {
		return
	}
	n.renewing = false
	n.associated, n.attempts = false, 0
	n.enter(link.NetJoining, link.NetLost)
	n.address = [4]byte{}
	n.nextAt = now
}

// frames moves frames both ways.
func (n *network) frames(s *server) (busy bool) {
	for range 8 {
		loop.Without(&s.Loop, (*network).receive, n)
		if n.inSize == 0 {
			break
		}
		n.apActiveAt = s.Now()
		n.ip.ingress(n.in[:n.inSize])
		busy = true
	}
	n.ip.accept(s)
	if now := s.Now(); now >= n.expiring {
		n.expiring = now + 250
		n.ip.expire()
	}
	for range 8 {
		if n.outSize = n.ip.egress(n.out[:]); n.outSize == 0 {
			break
		}
		loop.Without(&s.Loop, (*network).send, n)
		busy = true
	}
	return busy
}

func (n *network) receive() { n.inSize = n.radio.receive(n.in[:]) }
func (n *network) send()    { n.radio.send(n.out[:n.outSize]) }

// scan asks the radio what networks there are, strongest first.
func (n *network) scan(s *server) {
	n.nfound = 0
	status := uint8(link.StatusUnsupported)
	s.withoutLock(func() { status = n.radio.scan(n.addScanResult) })
	n.scanning = false
	n.link.scanned(status)
	switch {
	case status == uint8(link.StatusUnsupported) || n.changed: // the radio is as it was, or will be told
	case n.state == link.NetAccessPoint, n.state == link.NetFailed:
		n.open(s, n.state)
	case n.state == link.NetJoined:
		n.nextAt = s.Now() // it may have had to leave
	}
}

// addScanResult notes a network; of one with several stations the strongest.
func (n *network) addScanResult(ssid string, rssi int8, secure, channel uint8) {
	if len(ssid) == 0 || len(ssid) > link.MaxSSID {
		return
	}
	f := found{n: uint8(len(ssid)), rssi: rssi, secure: secure, channel: channel}
	copy(f.name[:], ssid)
	at := n.nfound
	for i := range n.found[:n.nfound] {
		if o := &n.found[i]; o.n == f.n && o.name == f.name {
			if o.rssi >= rssi {
				return
			}
			at = i
		}
	}
	if at == n.nfound {
		if at == maxFound {
			if at--; n.found[at].rssi >= rssi {
				return
			}
		} else {
			n.nfound++
		}
	}
	for ; at > 0 && n.found[at-1].rssi < rssi; at-- {
		n.found[at] = n.found[at-1]
	}
	n.found[at] = f
}

// openRadio begins with a radio.
func (s *server) openRadio(r radio) {
	s.net.radio = r
	s.net.state = link.NetStarting
	go s.net.run(s)
}
