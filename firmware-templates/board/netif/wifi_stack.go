//go:build wifi

package netif

import (
	"studio/board/web"
	"time"
	"unsafe"

	"github.com/soypat/lneto"
	"github.com/soypat/lneto/arp"
	"github.com/soypat/lneto/dhcp/dhcpv4"
	"github.com/soypat/lneto/ethernet"
	"github.com/soypat/lneto/internet"
	lntcp "github.com/soypat/lneto/tcp"
)

// ipStack is IPv4 over the radio's frames: lneto's protocols with memory of our
// own, which is allocated once. The server's lock guards it.
type ipStack struct {
	link     internet.StackEthernet
	ip       internet.StackIPv4
	arp      arp.Handler
	udp      internet.StackPorts
	tcp      internet.StackPorts
	dhcpPort internet.StackUDPPort
	dhcp     dhcpv4.Client
	leases   leases
	names    responder
	listener lntcp.Listener
	places   []place    // connections; one more than the server has, to turn away
	dials    []*dialled // that the program has opened
	random   func() uint32
	bits     uint8   // of the network's addresses, as far as a dial has to know,
	router   [4]byte // and the way out of it; 0: none
	issued   lntcp.Value
	valid    lneto.Validator
	peers    [16]peer
	now      func() int64 // milliseconds
}

// Segments of 1 KB: two of them fit into a connection's send buffer, so that
// the other side acknowledges at once, and one into its receive buffer.
const (
	segment   = 1024
	placeSent = 2 * segment
	placeRead = segment
	linkMTU   = segment + 40
)

// Times of a connection that the server does not have, in milliseconds.
const (
	openingTimeout = 5_000 // half-open
	closingTimeout = 3_000 // closed by us, not by the other side
	synAgain       = 1_000
)

// peer is where an address was last heard from. All that we send are answers, but
// for what is in wifi_dial.go, so this replaces routing, and asking with ARP.
type peer struct {
	ip    [4]byte
	mac   [6]byte
	heard int64
}

// init allocates what has a fixed size.
func (st *ipStack) init(sockets int, now func() int64) error {
	st.now = now
	st.places = make([]place, sockets+1)
	st.issued = lntcp.Value(time.Now().UnixNano())
	for i := range st.places {
		if err := st.configurePlace(&st.places[i]); err != nil {
			return err
		}
	}
	return nil
}

// configurePlace allocates what a connection needs.
func (st *ipStack) configurePlace(p *place) error {
	p.owner = unsafe.Pointer(st)
	return p.conn.Configure(lntcp.ConnConfig{
		RxBuf: make([]byte, placeRead), TxBuf: make([]byte, placeSent), TxPacketQueueSize: 8,
		RWBackoff: backoff, LossRecovery: &p.rto, Nanotime: func() int64 { return st.now() * 1e6 },
	})
}

// backoff is for calls that wait. We make none.
func backoff(uint) time.Duration { return time.Millisecond }

// configure begins anew, as a station (address 0) or with an access point's
// address. All connections end.
func (st *ipStack) configure(mac [6]byte, address [4]byte, name string) (err error) {
	check := func(e error) {
		if err == nil {
			err = e
		}
	}
	for i := range st.places {
		st.places[i].cut()
	}
	if tellDials != nil {
		tellDials(st, dialCut, nil)
	}
	st.peers = [16]peer{}
	check(st.link.Configure(internet.StackEthernetConfig{MTU: linkMTU, MaxNodes: 2, MAC: mac, Gateway: ethernet.BroadcastAddr()}))
	st.link.SetAcceptMulticast(true)
	check(st.ip.Reset(&st.valid, 2))
	st.ip.SetAddr4(address)
	st.ip.SetAcceptBroadcast4(true)
	st.ip.SetAcceptMulticast4(true)
	check(st.arp.Reset(arp.HandlerConfig{
		HardwareAddr: mac[:], ProtocolAddr: address[:], MaxQueries: 1, MaxPending: 4, HardwareType: 1, ProtocolType: ethernet.TypeIPv4,
	}))
	st.udp.ResetUDP(2)
	st.tcp.ResetTCP(1 + mostDials)
	check(st.listener.Reset(80, st))
	st.names.reset(name)
	check(st.udp.Register(&st.names))
	if address == ([4]byte{}) {
		check(st.askAddress(mac, name, [4]byte{}))
	} else {
		st.leases.reset(address)
		check(st.udp.Register(&st.leases))
	}
	check(st.tcp.Register(&st.listener))
	check(st.ip.Register4(&st.udp))
	check(st.ip.Register4(&st.tcp))
	check(st.link.RegisterEthernet(&st.arp))
	check(st.link.RegisterEthernet(&st.ip))
	return err
}

// askAddress begins to ask for an address; had is the one that we have.
func (st *ipStack) askAddress(mac [6]byte, name string, had [4]byte) error {
	st.dhcp.Reset()
	xid := uint32(time.Now().UnixNano()) ^ uint32(mac[4])<<24 ^ uint32(mac[5])<<16 | 1
	if err := st.dhcp.BeginRequest(xid, dhcpv4.RequestConfig{RequestedAddr: had, ClientHardwareAddr: mac, Hostname: name}); err != nil {
		return err
	}
	st.dhcpPort.SetStackNode(&st.dhcp, nil, dhcpv4.DefaultServerPort)
	return st.udp.Register(&st.dhcpPort)
}

// address is what somebody has given us, and for how many seconds.
func (st *ipStack) address() (address [4]byte, seconds uint32, ok bool) {
	if st.dhcp.State() != dhcpv4.StateBound {
		return address, 0, false
	}
	address, ok = st.dhcp.AssignedAddr()
	return address, st.dhcp.IPLeaseSeconds(), ok
}

// take uses an address.
func (st *ipStack) take(address [4]byte) {
	st.ip.SetAddr4(address)
	st.arp.UpdateProtoAddr(address[:])
	st.names.announce()
}

const (
	etherHead = 14
	ipHead    = 20
)

// ipv4 reports whether a frame carries an IPv4 packet.
func ipv4(frame []byte) bool {
	return len(frame) >= etherHead+ipHead && frame[12] == 0x08 && frame[13] == 0
}

// ingress takes a frame in.
func (st *ipStack) ingress(frame []byte) {
	// What the stack has no use for is an error to it, and everyday noise to us.
	if st.link.Demux(frame, 0) == nil && ipv4(frame) {
		st.learn([4]byte(frame[26:30]), [6]byte(frame[6:12]))
	}
}

func (st *ipStack) learn(ip [4]byte, mac [6]byte) {
	at := 0
	for i := range st.peers {
		if st.peers[i].ip == ip {
			at = i
			break
		}
		if st.peers[i].heard < st.peers[at].heard {
			at = i
		}
	}
	st.peers[at] = peer{ip, mac, st.now() + 1}
}

// egress makes the next frame to send; 0: there is none.
func (st *ipStack) egress(frame []byte) int {
	n, err := st.link.Encapsulate(frame, -1, 0)
	if err != nil || n == 0 {
		return 0
	}
	if frame = frame[:n]; !ipv4(frame) {
		return n
	}
	to := [4]byte(frame[30:34])
	mac := frame[:6]
	switch {
	case to[0]&0xF0 == 0xE0: // multicast
		copy(mac, []byte{1, 0, 0x5E, to[1] & 0x7F, to[2], to[3]})
	default:
		copy(mac, broadcastMAC[:]) // also for a peer that has been forgotten
		for i := range st.peers {
			if st.peers[i].ip == to {
				copy(mac, st.peers[i].mac[:])
			}
		}
		if tellDials != nil {
			tellDials(st, dialFrame, frame)
		}
	}
	return n
}

var broadcastMAC = ethernet.BroadcastAddr()

// GetTCP gives the listener a connection for somebody who has come.
func (st *ipStack) GetTCP() (*lntcp.Conn, any, lntcp.Value) {
	st.issued += 64_123
	for i := range st.places {
		if p := &st.places[i]; !p.used && !p.held {
			p.used, p.waits, p.since, p.asked, p.closed = true, false, st.now(), st.now(), 0
			return &p.conn, p, st.issued
		}
	}
	return nil, nil, 0
}

// PutTCP takes back what GetTCP gave. The server may still hold it.
func (st *ipStack) PutTCP(c *lntcp.Conn) {
	for i := range st.places {
		if p := &st.places[i]; &p.conn == c {
			c.Abort()
			p.used = false
		}
	}
}

// acceptLocked hands those who have come to the server.
func (st *ipStack) acceptLocked(server *web.Server) {
	for st.listener.NumberOfReadyToAccept() > 0 {
		_, data, err := st.listener.TryAccept()
		if err != nil {
			break
		}
		p := data.(*place)
		p.waits, p.since = true, st.now()
	}
	for i := range st.places {
		p := &st.places[i]
		if !p.waits {
			continue
		}
		switch {
		case !p.used:
			p.waits = false
		case server.AdoptLocked(p):
			p.waits, p.held = false, true
		case st.now()-p.since > web.SlotTimeout:
			// It is told, and has to go: what it may still send is not read.
			p.waits = false
			p.conn.Write(std503)
			p.shut()
		}
	}
}

var std503 = []byte(web.BusyAnswer)

// expire ends connections that nobody else ends.
func (st *ipStack) expire() {
	now := st.now()
	if tellDials != nil {
		tellDials(st, dialExpire, nil)
	}
	for i := range st.places {
		p := &st.places[i]
		if !p.used {
			continue
		}
		switch state := p.conn.State(); {
		case state.IsPreestablished():
			if now-p.since > openingTimeout {
				p.conn.Abort()
			} else if now-p.asked > synAgain {
				p.asked = now
				p.conn.RequeueControl()
			}
		case p.waits:
		case !p.held && p.closed == 0 && state != lntcp.StateEstablished:
			p.closed = now
		case !p.held && p.closed != 0 && now-p.closed > closingTimeout:
			p.conn.Abort()
		}
	}
}

// place is room for one TCP connection, and a web.Transport. It is free
// when neither the listener nor the server has it.
type place struct {
	owner  unsafe.Pointer // the *ipStack; why not so: see web.Transport
	conn   lntcp.Conn
	rto    lntcp.RTO
	used   bool  // by the listener: packets arrive
	held   bool  // by the server
	waits  bool  // for the server to have room
	since  int64 // when it was taken, or began to wait
	asked  int64 // when the handshake's answer was last sent
	closed int64 // when we closed it
}

func (p *place) Read(b []byte) (n int, open bool) {
	if !p.used {
		return 0, false
	}
	if p.conn.BufferedInput() > 0 {
		n, _ = p.conn.Read(b)
		return n, true
	}
	return 0, p.conn.State().RxDataOpen()
}

func (p *place) Write(b []byte) (n int, open bool) {
	if !p.used || !p.conn.State().TxDataOpen() {
		return 0, false
	}
	if n = min(p.conn.FreeOutput(), len(b)); n == 0 {
		return 0, true
	}
	n, err := p.conn.Write(b[:n])
	return n, err == nil
}

func (p *place) Finish() {
	if p.used {
		p.conn.Close()
	}
}

// Close lets the other side know, too: what it sends from now on is refused.
func (p *place) Close() {
	p.held = false
	if p.used {
		p.conn.CloseRead()
		p.shut()
	}
}

func (p *place) shut() {
	p.conn.Close()
	p.closed = (*ipStack)(p.owner).now()
}

// cut ends the connection without a word: the network is another one now.
func (p *place) cut() {
	p.conn.Abort()
	p.used = false
}

// OpenLocked is how many connections there are, those included that are about to
// begin or to end.
func (n *Network) OpenLocked() (open int) {
	for i := range n.ip.places {
		if p := &n.ip.places[i]; p.used || p.held {
			open++
		}
	}
	return open
}
