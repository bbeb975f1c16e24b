//go:build wifi

package netif

import (
	"studio/board/chars"
	"studio/board/loop"
	"studio/board/web"
	"studio/link"
)

// Network is the board's own Wi-Fi: in somebody's network as a station, or an
// access point of its own, so that the board can always be reached. The
// loop's lock guards it; one goroutine turns it.
type Network struct {
	Status
	loop            *loop.Loop
	server          *web.Server
	radio           Radio
	ip              ipStack
	in              [FrameSize]byte
	out             [FrameSize]byte
	inSize, outSize int // of the frames in them

	started    bool             // the radio has been switched on
	noRadio    bool             // in vain
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

// Status is how the network is.
type Status struct {
	State   uint8 // link.Net…
	Reason  uint8 // why it is not in the network
	Signal  int8  // in dBm; 0: not known
	Address [4]byte
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
func (n *Network) run() {
	n.loop.Lock()
	for {
		if n.StepLocked() {
			n.loop.PauseLocked(0)
		} else {
			n.loop.YieldLocked()
		}
	}
}

// StepLocked does what there is to do; true: there may be more. It lets go of the lock while it calls the radio.
func (n *Network) StepLocked() (busy bool) {
	now := n.loop.Now()
	switch {
	case n.noRadio:
		return false
	case !n.started:
		n.startLocked()
		return true
	case n.led != n.lit:
		n.lit = n.led
		loop.Without(n.loop, n.radio.LED, n.lit)
	case n.scanning:
		n.scanLocked()
		return true
	case n.changed:
		n.changed, n.attempts, n.Reason, n.retryDelay = false, 0, link.NetNoReason, retryDelayFirst
		if n.known.ssid == "" {
			n.openLocked(link.NetAccessPoint)
		} else {
			n.joinLocked()
		}
		return true
	}
	switch n.State {
	case link.NetJoining:
		n.joiningLocked(now)
	case link.NetJoined:
		n.keepLeaseLocked(now)
	case link.NetFailed:
		if now >= n.nextAt && now-n.apActiveAt > apActiveFor {
			n.retryDelay = min(2*n.retryDelay, retryDelayMost)
			n.attempts = attemptsAtOnce - 1 // one is enough: people may be looking for the access point
			n.joinLocked()
			return true
		}
	case link.NetOff:
		if now >= n.nextAt {
			n.changed = true // begin anew
		}
		return false
	}
	return n.framesLocked()
}

// callRadioLocked calls the radio for what takes long, the lock let go of meanwhile.
func (n *Network) callRadioLocked(f func()) { loop.Without(n.loop, func(f func()) { f() }, f) }

// startLocked switches the radio on.
func (n *Network) startLocked() {
	n.started = true
	ok := false
	n.callRadioLocked(func() {
		if ok = n.radio.Start(); ok {
			n.mac = n.radio.MAC()
		}
	})
	if ok {
		ok = n.ip.init(n.server.LimitsLocked().Sockets, n.loop.Now) == nil
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
		n.load(&n.server.Files)
		n.changed = true
	}
}

func (n *Network) enter(state, reason uint8) {
	if state != n.State || reason != n.Reason {
		n.State, n.Reason = state, reason
		n.link.told = false
	}
}

// openLocked makes the board an access point.
func (n *Network) openLocked(state uint8) {
	ok := false
	var mac [6]byte
	n.callRadioLocked(func() {
		if ok = n.radio.OpenAP(chars.String(n.ap[:]), apChannels[n.mac[5]%3]); ok {
			mac = n.radio.MAC()
		}
	})
	n.associated, n.Signal, n.apActiveAt = false, 0, 0
	n.nextAt = n.loop.Now() + n.retryDelay
	if !ok || n.ip.configure(mac, apAddress, chars.String(n.name[:])) != nil {
		n.Address = [4]byte{}
		n.enter(link.NetOff, link.NetOther)
		n.nextAt = n.loop.Now() + retryDelayFirst
		return
	}
	n.Address = apAddress
	n.ip.names.announce()
	n.enter(state, n.Reason)
	n.link.told = false
}

// joinLocked tries once to enter the network.
func (n *Network) joinLocked() {
	n.associated, n.Address, n.Signal = false, [4]byte{}, 0
	n.enter(link.NetJoining, n.Reason)
	n.link.told = false
	known := n.known
	reason := uint8(link.NetOther)
	n.callRadioLocked(func() { reason = n.radio.Join(known.ssid, known.password) })
	if n.changed {
		return // it is about another network now
	}
	if reason == link.NetNoReason && n.ip.configure(n.mac, [4]byte{}, chars.String(n.name[:])) != nil {
		reason = link.NetOther
	}
	if reason != link.NetNoReason {
		n.failedLocked(reason)
		return
	}
	now := n.loop.Now()
	n.associated, n.until, n.nextAt = true, now+addressTimeout, now+dhcpRetryAfter
}

// failedLocked is the end of an attempt.
func (n *Network) failedLocked(reason uint8) {
	n.associated, n.Address = false, [4]byte{}
	n.Reason = reason
	n.link.told = false
	if n.attempts++; n.attempts < attemptsAtOnce {
		n.nextAt = n.loop.Now() + linkPollEvery
		return
	}
	n.openLocked(link.NetFailed)
}

// joiningLocked waits for an address, or for the next attempt.
func (n *Network) joiningLocked(now int64) {
	if !n.associated {
		if now >= n.nextAt {
			n.joinLocked()
		}
		return
	}
	if address, seconds, ok := n.ip.address(); ok {
		n.ip.take(address)
		n.Address, n.attempts, n.retryDelay = address, 0, retryDelayFirst
		n.lease(now, seconds)
		n.nextAt = now + linkPollEvery
		n.enter(link.NetJoined, link.NetNoReason)
		return
	}
	switch {
	case now >= n.until:
		n.failedLocked(link.NetNoAddress)
	case now >= n.nextAt:
		n.nextAt = now + dhcpRetryAfter
		n.ip.askAddress(n.mac, chars.String(n.name[:]), [4]byte{})
	}
}

// lease notes how long the address is ours; half of that is the time to ask again.
func (n *Network) lease(now int64, seconds uint32) {
	life := int64(max(seconds, 60)) * 1000
	n.renewAt, n.endsAt = now+life/2, now+life
}

// keepLeaseLocked keeps the address, and notices when the network is gone.
func (n *Network) keepLeaseLocked(now int64) {
	if address, seconds, ok := n.ip.address(); ok && now >= n.renewAt && n.renewing {
		n.renewing = false
		if address != n.Address {
			n.ip.take(address)
			n.Address = address
			n.link.told = false
		}
		n.lease(now, seconds)
	}
	if now >= n.renewAt && !n.renewing {
		n.renewing = true
		n.ip.askAddress(n.mac, chars.String(n.name[:]), n.Address)
		n.until = now + dhcpRetryAfter
	}
	if n.renewing && now >= n.until {
		n.until = now + 4*dhcpRetryAfter
		n.ip.askAddress(n.mac, chars.String(n.name[:]), n.Address)
	}
	if now < n.nextAt {
		return
	}
	n.nextAt = now + linkPollEvery
	in, signal := false, int8(0)
	n.callRadioLocked(func() { in, signal = n.radio.Joined(), n.radio.RSSI() })
	n.Signal = signal
	if in && now < n.endsAt {
		return
	}
	n.renewing = false
	n.associated, n.attempts = false, 0
	n.enter(link.NetJoining, link.NetLost)
	n.Address = [4]byte{}
	n.nextAt = now
}

// framesLocked moves frames both ways.
func (n *Network) framesLocked() (busy bool) {
	for range 8 {
		loop.Without(n.loop, (*Network).receive, n)
		if n.inSize == 0 {
			break
		}
		n.apActiveAt = n.loop.Now()
		n.ip.ingress(n.in[:n.inSize])
		busy = true
	}
	n.ip.acceptLocked(n.server)
	if now := n.loop.Now(); now >= n.expiring {
		n.expiring = now + 250
		n.ip.expire()
	}
	for range 8 {
		if n.outSize = n.ip.egress(n.out[:]); n.outSize == 0 {
			break
		}
		loop.Without(n.loop, (*Network).send, n)
		busy = true
	}
	return busy
}

func (n *Network) receive() { n.inSize = n.radio.Receive(n.in[:]) }
func (n *Network) send()    { n.radio.Send(n.out[:n.outSize]) }

// scanLocked asks the radio what networks there are, strongest first.
func (n *Network) scanLocked() {
	n.nfound = 0
	status := uint8(link.StatusUnsupported)
	n.callRadioLocked(func() { status = n.radio.Scan(n.addScanResult) })
	n.scanning = false
	n.link.scanned(status)
	switch {
	case status == uint8(link.StatusUnsupported) || n.changed: // the radio is as it was, or will be told
	case n.State == link.NetAccessPoint, n.State == link.NetFailed:
		n.openLocked(n.State)
	case n.State == link.NetJoined:
		n.nextAt = n.loop.Now() // it may have had to leave
	}
}

// addScanResult notes a network; of one with several stations the strongest.
func (n *Network) addScanResult(ssid string, rssi int8, secure, channel uint8) {
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

// Attach gives the network its radio, and what it hands connections to. All of
// it comes before the network is turned.
func (n *Network) Attach(l *loop.Loop, server *web.Server, r Radio) {
	n.loop, n.server, n.radio = l, server, r
	n.State = link.NetStarting
}

// SetLEDLocked lights the LED that hangs on the radio, as soon as the network's
// goroutine gets to it: a call to the radio may take long.
func (n *Network) SetLEDLocked(on bool) { n.led = on }
