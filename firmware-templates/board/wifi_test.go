//go:build wifi

package board

import (
	"bytes"
	"fmt"
	"math/rand"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/soypat/lneto"
	"github.com/soypat/lneto/dhcp/dhcpv4"
	"github.com/soypat/lneto/dns"
	"github.com/soypat/lneto/dns/mdns"
	lnipv4 "github.com/soypat/lneto/ipv4"
	lntcp "github.com/soypat/lneto/tcp"
	"github.com/soypat/lneto/x/xnet"

	"studio/board/netif"
	"studio/board/sizes"
	"studio/board/store"
	"studio/board/web"
	"studio/link"
	"studio/rfc6455"
)

// air is what a board's radio hears: networks, and one other computer, which is
// a network's router or somebody in the board's access point. It speaks IP by
// lneto's own stack.
type air struct {
	t        *testing.T
	s        *server
	networks map[string]string // name: password
	broken   bool              // the radio does not start
	noAP     bool              // it does not become an access point
	mode     string            // what the radio is now: "", "ap:NAME", "in:NAME"
	joins    int
	lit      bool
	flash    ram
	cable    *studio // nil: not plugged in

	far      *xnet.StackAsync
	router   dhcpv4.Server
	noDHCP   bool
	toBoard  [][]byte
	toFar    [][]byte
	sniff    func(frame []byte) // hears what the board sends
	lose     func() bool
	carrying bool
	random   uint32
	port     uint16
	calls    []*farConn
}

var (
	boardMAC = [6]byte{0x02, 0, 0, 0, 0x1A, 0x2B}
	farMAC   = [6]byte{0x02, 0, 0, 0, 0, 9}
)

func (a *air) Start() bool  { return !a.broken }
func (a *air) MAC() [6]byte { return boardMAC }
func (a *air) LED(on bool)  { a.lit = on }
func (a *air) Joined() bool {
	name, in := strings.CutPrefix(a.mode, "in:")
	_, there := a.networks[name]
	return in && there
}
func (a *air) RSSI() int8 { return -50 }
func (a *air) Scan(found func(string, int8, uint8, uint8)) uint8 {
	a.mode = ""
	found("far", -80, link.NetOpen, 11)
	for i := range 30 {
		found(fmt.Sprint("class-", i), int8(-60-i), link.NetSecure, 1)
	}
	found("near", -70, link.NetSecure, 6)
	found("near", -40, link.NetSecure, 1)
	found("", -10, link.NetSecure, 1)
	return 0
}
func (a *air) Join(ssid, password string) uint8 {
	a.joins++
	a.mode = ""
	right, there := a.networks[ssid]
	switch {
	case !there:
		return link.NetNotFound
	case right != password:
		return link.NetPassword
	}
	a.mode = "in:" + ssid
	return link.NetNoReason
}
func (a *air) OpenAP(ssid string, channel uint8) bool {
	if a.noAP {
		return false
	}
	a.mode = fmt.Sprint("ap:", ssid)
	return true
}
func (a *air) Send(frame []byte) {
	if a.sniff != nil {
		a.sniff(frame)
	}
	if a.mode != "" && (a.lose == nil || !a.lose()) {
		a.toFar = append(a.toFar, bytes.Clone(frame))
	}
}
func (a *air) Receive(frame []byte) int {
	if len(a.toBoard) == 0 {
		return 0
	}
	n := copy(frame, a.toBoard[0])
	a.toBoard = a.toBoard[1:]
	return n
}

// onAir makes a board with a radio.
func onAir(t *testing.T, l Limits, files map[string]string) *air {
	t.Helper()
	a := switchOn(t, l, make(ram, 64*store.SectorSize))
	for path, text := range files {
		putFile(t, a.s, path, text)
	}
	return a
}

// switchOn is a board with what is in its flash.
func switchOn(t *testing.T, l Limits, flash ram) *air {
	t.Helper()
	s := testServer(t, l, nil)
	s.web.Files.Store, _ = store.Mount(flash, sizes.Files)
	a := &air{t: t, s: s, flash: flash, networks: map[string]string{"home": "password", "cafe": ""}, port: 40000}
	s.net.Attach(&s.Loop, &s.web, a)
	a.arrive([4]byte{10, 0, 0, 1}, true)
	return a
}

// arrive puts the other computer there, with an address or without.
func (a *air) arrive(address [4]byte, router bool) {
	a.t.Helper()
	a.far = new(xnet.StackAsync)
	a.check(a.far.Reset(xnet.StackConfig{StaticAddress4: address, Hostname: "far0", MaxActiveTCPPorts: 40, MaxActiveUDPPorts: 4,
		RandSeed: 77, HardwareAddress: farMAC, MTU: 1500, AcceptIPv4Broadcast: true, AcceptMulticast: true, PassivePeers: 4}))
	if address != ([4]byte{}) {
		a.far.SetSubnet4(address, 24)
	}
	if router {
		a.check(a.router.Configure(dhcpv4.ServerConfig{ServerAddr: address, Gateway: address, Subnet: lnipv4.PrefixFrom(address, 24), LeaseSeconds: 120}))
		a.check(a.far.RegisterUDP4(&a.router, [4]byte{}, dhcpv4.DefaultClientPort))
	}
}

func (a *air) check(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// pass lets everybody work, and then a millisecond go by.
func (a *air) pass() {
	if a.cable != nil {
		a.cable.exchange()
	} else {
		a.s.stepLocked()
		a.s.pass(time.Millisecond)
	}
	a.carry()
}

// carry lets the network's goroutine and the other computer work. The caller
// has the server's lock.
func (a *air) carry() {
	if a.carrying {
		return // somebody is at it, and has let go of the lock
	}
	a.carrying = true
	defer func() { a.carrying = false }()
	a.s.net.StepLocked()
	for _, f := range a.toFar {
		if a.noDHCP && len(f) > 36 && f[23] == 17 && f[37] == 67 {
			continue
		}
		a.far.IngressEthernet(f)
	}
	a.toFar = nil
	a.calls = slices.DeleteFunc(a.calls, func(c *farConn) bool {
		c.take()
		return c.State() == lntcp.StateClosed && !c.AwaitingSynSend()
	})
	buf := make([]byte, 1600)
	for {
		n, _ := a.far.EgressEthernet(buf)
		if n == 0 {
			break
		}
		if a.mode != "" && (a.lose == nil || !a.lose()) {
			a.toBoard = append(a.toBoard, bytes.Clone(buf[:n]))
		}
	}
}

// aside carries on while the test's goroutine waits inside of the server, as
// it does when a program sends more than there is room for.
func (a *air) aside() {
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if a.s.TryLock() {
				a.carry()
				a.s.Unlock()
			}
			time.Sleep(50 * time.Microsecond)
		}
	}()
	a.t.Cleanup(func() { close(stop); <-done })
}

// plug connects Studio by the cable.
func (a *air) plug() *studio {
	a.cable = join(a.t, a.s)
	return a.cable
}

func (a *air) until(what string, so func() bool) {
	a.t.Helper()
	for i := 0; !so(); i++ {
		if i > 400_000 {
			a.t.Fatalf("never: %s; state %d, reason %d, radio %q", what, a.s.net.State, a.s.net.Reason, a.mode)
		}
		a.pass()
	}
}

func (a *air) state(want uint8) {
	a.t.Helper()
	a.until(fmt.Sprintf("state %d", want), func() bool { return a.s.net.State == want })
}

// phone joins the board's access point and gets an address.
func (a *air) phone() {
	a.t.Helper()
	a.arrive([4]byte{}, false)
	a.check(a.far.StartDHCPv4Request([4]byte{}))
	a.until("an address for the phone", func() bool { _, err := a.far.ResultDHCP(); return err == nil })
	r, _ := a.far.ResultDHCP()
	a.check(a.far.AssimilateDHCPResults(r))
}

// tcp is the other computer's end of a connection.
type farConn struct {
	a    *air
	came []byte // and has not been looked at
	lntcp.Conn
	rto lntcp.RTO
}

func (a *air) dial() *farConn {
	a.t.Helper()
	c := &farConn{a: a}
	a.calls = append(a.calls, c)
	a.check(c.Configure(lntcp.ConnConfig{RxBuf: make([]byte, 8192), TxBuf: make([]byte, 200_000), TxPacketQueueSize: 200, LossRecovery: &c.rto,
		RWBackoff: lneto.BackoffStrategy(func(uint) time.Duration { return 0 }), Nanotime: func() int64 { return a.s.Now() * 1e6 }}))
	a.port++
	a.check(a.far.DialTCP(&c.Conn, a.port, netip.AddrPortFrom(netip.AddrFrom4(a.s.net.Address), 80)))
	return c
}

func (a *air) open() *farConn {
	a.t.Helper()
	c := a.dial()
	a.until("a connection", func() bool { return c.State() == lntcp.StateEstablished })
	return c
}

// read takes what is there.
func (c *farConn) read() string {
	got := string(c.came)
	c.came = nil
	return got
}

// take empties the receive buffer.
func (c *farConn) take() {
	if n := c.BufferedInput(); n > 0 {
		b := make([]byte, n)
		n, err := c.Conn.Read(b)
		c.a.check(err)
		c.came = append(c.came, b[:n]...)
	}
}

// hear waits for as many bytes, or the end.
func (c *farConn) hear(n int) (got string) {
	c.a.t.Helper()
	c.a.until(fmt.Sprintf("%d bytes", n), func() bool {
		got += c.read()
		return len(got) >= n || !c.State().RxDataOpen()
	})
	return got
}

func (c *farConn) say(p string) {
	c.a.t.Helper()
	_, err := c.Write([]byte(p))
	c.a.check(err)
}

// ends waits for the board's end of the connection.
func (c *farConn) ends() (rest string) {
	c.a.t.Helper()
	c.a.until("the end", func() bool {
		rest += c.read()
		return !c.State().RxDataOpen()
	})
	return rest
}

// get asks for a page on a connection of its own.
func (a *air) get(path string) string {
	a.t.Helper()
	c := a.open()
	c.say("GET " + path + " HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n")
	return c.ends()
}

func (a *air) socket() *farConn {
	a.t.Helper()
	c := a.open()
	c.say(handshake)
	got := c.hear(len("HTTP/1.1 101 Switching Protocols\r\n"))
	for !strings.HasSuffix(got, "\r\n\r\n") {
		got += c.hear(1)
	}
	if !strings.HasPrefix(got, "HTTP/1.1 101 ") {
		a.t.Fatalf("%q", got)
	}
	return c
}

// served checks that pages and WebSockets work.
func (a *air) served() {
	a.t.Helper()
	if got := a.get("/"); !strings.HasSuffix(got, webFiles["/www/index.html"]) {
		a.t.Fatalf("%q", got)
	}
	if got := a.get("/.studio"); !strings.HasSuffix(got, "\r\n\r\nstudio-1a2b") {
		a.t.Fatalf("%q", got)
	}
	w := a.socket()
	w.say(string(text("hello")))
	if got := w.hear(7); got != string(echoed("hello")) {
		a.t.Fatalf("%q", got)
	}
	w.say(string(send(0x88, code(1000))))
	if got := w.ends(); got != string(closed(1000)) {
		a.t.Fatalf("% x", got)
	}
}

// status is what the link tells.
type netStatus struct {
	state, reason byte
	rssi          int8
	address       [4]byte
	ssid, name    string
	ap            string
}

func parseStatus(t *testing.T, b []byte) netStatus {
	r := link.Reader{B: b}
	n := netStatus{r.U8(), r.U8(), int8(r.U8()), [4]byte(r.Bytes(4)), string(r.Str()), string(r.Str()), string(r.Str())}
	if r.Short || len(r.B) > 0 {
		t.Fatalf("% x", b)
	}
	return n
}

func TestAccessPointWithoutCredentials(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	echo(a.s)
	a.state(link.NetAccessPoint)
	if a.mode != "ap:Studio-1A2B" || a.s.net.Address != [4]byte{192, 168, 4, 1} || a.joins != 0 {
		t.Fatal(a.mode, a.s.net.Address, a.joins)
	}
	a.phone()
	if a.far.Addr4() != [4]byte{192, 168, 4, 2} {
		t.Fatal(a.far.Addr4())
	}
	a.served()
}

func TestJoin(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	echo(a.s)
	h := a.plug()
	a.state(link.NetAccessPoint)
	before := parseStatus(t, h.must(link.OpNetStatus))
	if before != (netStatus{state: link.NetAccessPoint, address: [4]byte{192, 168, 4, 1}, name: "studio-1a2b", ap: "Studio-1A2B"}) {
		t.Fatal(before)
	}
	h.must(link.OpNetJoin, str("home"), str("password"))
	a.state(link.NetJoined)
	a.served()
	a.until("a look at the signal", func() bool { return a.s.net.Signal != 0 })
	want := netStatus{link.NetJoined, 0, -50, a.s.net.Address, "home", "studio-1a2b", ""}
	if got := parseStatus(t, h.must(link.OpNetStatus)); got != want || a.s.net.Address[0] != 10 {
		t.Fatal(got)
	}
	var states []byte
	for _, e := range h.events {
		if e[1] == link.EventNet {
			states = append(states, parseStatus(t, e[2:]).state)
		}
	}
	if !slices.Equal(states, []byte{link.NetJoining, link.NetJoined}) {
		t.Fatalf("events: %v", states)
	}
	for _, e := range h.events {
		if bytes.Contains(e, []byte("password")) {
			t.Fatal("an event tells the password")
		}
	}

	// Nobody sees the credentials, and FORMAT leaves them.
	for _, op := range []byte{link.OpRead, link.OpBlocks} {
		h.refused(link.StatusNotFound, op, str("/.wifi"), u32(0), u16(100))
	}
	h.refused(link.StatusBadArgument, link.OpOpen, str("/.wifi"), u32(3), sum16([]byte("abc")))
	h.refused(link.StatusBadArgument, link.OpDelete, str("/.wifi"))
	if list := h.must(link.OpList, u16(0)); bytes.Contains(list, []byte("wifi")) || int(list[0]) != len(webFiles) {
		t.Fatalf("%q", list)
	}
	if got := a.get("/.wifi"); !strings.HasPrefix(got, "HTTP/1.1 404 ") {
		t.Fatal(got)
	}
	h.must(link.OpFormat)
	if root := h.must(link.OpRoot); root[16] != 0 {
		t.Fatalf("% x", root)
	}

	// After a restart the board is in the network by itself.
	b := switchOn(t, Limits{}, a.flash)
	b.state(link.NetJoined)
	if b.joins != 1 {
		t.Fatal(b.joins)
	}
}

func TestWrongPassword(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	echo(a.s)
	h := a.plug()
	h.must(link.OpNetJoin, str("home"), str("wrong one"))
	a.state(link.NetFailed)
	if a.s.net.Reason != link.NetPassword || a.joins != 2 || a.mode != "ap:Studio-1A2B" {
		t.Fatal(a.s.net.Reason, a.joins, a.mode)
	}
	got := parseStatus(t, h.must(link.OpNetStatus))
	if got.reason != link.NetPassword || got.ap != "Studio-1A2B" || got.ssid != "home" || got.address != [4]byte{192, 168, 4, 1} {
		t.Fatal(got)
	}

	// Somebody in the access point keeps it open; later attempts go on.
	a.phone()
	a.served()
	joins, began := a.joins, a.s.Now()
	for a.s.Now() < began+75_000 {
		if len(a.toBoard) == 0 && a.s.Now()%20_000 == 0 {
			a.get("/")
		}
		a.pass()
	}
	if a.joins != joins {
		t.Fatal("it left somebody alone")
	}
	a.networks["home"] = "wrong one"
	a.arrive([4]byte{10, 0, 0, 1}, true)
	a.state(link.NetJoined)
	a.served()
}

func TestReasons(t *testing.T) {
	a := onAir(t, Limits{}, nil)
	h := a.plug()
	h.must(link.OpNetJoin, str("nowhere"), str(""))
	a.state(link.NetFailed)
	if a.s.net.Reason != link.NetNotFound {
		t.Fatal(a.s.net.Reason)
	}
	a.noDHCP = true
	h.must(link.OpNetJoin, str("cafe"), str(""))
	a.until("joining", func() bool { return a.s.net.State == link.NetJoining })
	a.state(link.NetFailed)
	if a.s.net.Reason != link.NetNoAddress {
		t.Fatal(a.s.net.Reason)
	}
	for _, bad := range [][2]string{{"", "password"}, {"home", "short"}, {letters(33), "password"}, {"home", letters(65)}} {
		h.refused(link.StatusBadArgument, link.OpNetJoin, str(bad[0]), str(bad[1]))
	}
}

func TestLostAndForgotten(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	echo(a.s)
	h := a.plug()
	h.must(link.OpNetJoin, str("home"), str("password"))
	a.state(link.NetJoined)
	delete(a.networks, "home")
	a.until("the loss", func() bool { return a.s.net.State == link.NetJoining && a.s.net.Reason == link.NetLost })
	a.networks["home"] = "password"
	a.state(link.NetJoined)
	a.served()
	delete(a.networks, "home")
	a.state(link.NetFailed)
	a.networks["home"] = "password"
	a.state(link.NetJoined)
	h.must(link.OpNetForget)
	a.state(link.NetAccessPoint)
	if got := parseStatus(t, h.must(link.OpNetStatus)); got.ssid != "" || got.reason != 0 {
		t.Fatal(got)
	}
	b := switchOn(t, Limits{}, a.flash)
	b.state(link.NetAccessPoint)
	if b.joins != 0 {
		t.Fatal(b.joins)
	}
}

// JOIN in the middle of a write interrupts it; it is taken up again where it was.
func TestJoinWhileWriting(t *testing.T) {
	a := onAir(t, Limits{}, nil)
	h := a.plug()
	a.state(link.NetAccessPoint)
	file := []byte(letters(9000))
	begin := func() int {
		return int(link.GetU32(h.must(link.OpOpen, str("/www/a"), u32(len(file)), sum16(file))))
	}
	write := func(from, to int) {
		h.must(link.OpWrite, u32(from), []byte{link.EncodingRaw}, u16(to-from), file[from:to])
	}
	if at := begin(); at != 0 {
		t.Fatal(at)
	}
	write(0, 4000)
	write(4000, 8000)
	h.must(link.OpNetJoin, str("home"), str("password"))
	h.refused(link.StatusRefused, link.OpWrite, u32(8000), []byte{link.EncodingRaw}, u16(10), file[:10])
	at := begin()
	if at == 0 || at > 8000 {
		t.Fatal(at)
	}
	for ; at < len(file); at += 1000 {
		write(at, min(at+1000, len(file)))
	}
	h.must(link.OpCommit)
	a.state(link.NetJoined)
}

// TestBoardOnAir is no test but a board for those of Studio: with STUDIO_AIR set
// it serves the link on standard input and output, and its radio is made up.
func TestBoardOnAir(t *testing.T) {
	if os.Getenv("STUDIO_AIR") == "" {
		t.Skip("not asked for")
	}
	std.start()
	std.Lock()
	a := &air{t: t, s: &std, networks: map[string]string{"home": "password", "cafe": ""}}
	std.net.Attach(&std.Loop, &std.web, a) // before anybody is answered, as on a board
	go std.run()
	a.arrive([4]byte{10, 0, 0, 1}, true)
	for {
		a.carry()
		std.Unlock()
		time.Sleep(time.Millisecond)
		std.Lock()
	}
}

// The lease of 120 s is asked for again after half of that, and kept.
func TestAddressIsRenewed(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	echo(a.s)
	a.plug().must(link.OpNetJoin, str("home"), str("password"))
	a.state(link.NetJoined)
	n := &a.s.net
	address, began := n.Address, a.s.Now()
	a.until("the end of two leases", func() bool { return a.s.Now() > began+250_000 })
	if n.Address != address || n.State != link.NetJoined || a.joins != 1 {
		t.Fatal(n.Address, n.State, a.joins)
	}
	a.served()
	a.noDHCP = true
	a.until("the end of the lease", func() bool { return n.State == link.NetJoining })
}

func TestRadioThatDoesNotStart(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	a.broken = true
	h := a.plug()
	a.state(link.NetOff)
	if got := parseStatus(t, h.must(link.OpNetStatus)); got.state != link.NetOff || got.reason != link.NetOther {
		t.Fatal(got)
	}
	h.refused(link.StatusRefused, link.OpNetScan)
	if list := h.must(link.OpList, u16(0)); int(list[0]) != len(webFiles) {
		t.Fatal(list)
	}
}

// An access point that does not open is tried again.
func TestAccessPointThatDoesNotOpen(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	echo(a.s)
	a.noAP = true
	a.state(link.NetOff)
	a.noAP = false
	a.state(link.NetAccessPoint)
	a.phone()
	a.served()
}

// Frames come and go without allocation.
func TestNoAllocationPerTurn(t *testing.T) {
	a := onAir(t, Limits{}, nil)
	a.state(link.NetAccessPoint)
	for range 100 {
		a.pass()
	}
	if n := testing.AllocsPerRun(100, func() { a.s.net.StepLocked() }); n != 0 {
		t.Fatal(n)
	}
	frame := rawSYN(a, 5000)
	copy(frame, []byte{9, 9, 9}) // somebody else's
	list := [][]byte{frame}
	if n := testing.AllocsPerRun(100, func() {
		a.toBoard = list
		a.s.net.StepLocked()
	}); n != 0 {
		t.Fatal(n)
	}
}

func TestScan(t *testing.T) {
	a := onAir(t, Limits{}, webFiles)
	echo(a.s)
	h := a.plug()
	a.state(link.NetAccessPoint)
	h.must(link.OpNetScan)
	var names []string
	a.until("an event", func() bool {
		for _, e := range h.events {
			if e[1] != link.EventScanned {
				continue
			}
			r := link.Reader{B: e[3:]}
			last := int8(0)
			for len(r.B) > 0 {
				names = append(names, string(r.Str()))
				rssi := int8(r.U8())
				secure, channel := r.U8(), r.U8()
				if rssi > last {
					t.Fatal("not by strength:", names)
				}
				if last = rssi; r.Short || names[len(names)-1] == "near" && (rssi != -40 || secure != link.NetSecure || channel != 1) {
					t.Fatalf("% x", e)
				}
			}
		}
		return len(names) > 0
	})
	if len(names) != 20 || names[0] != "near" || names[1] != "class-0" || slices.Contains(names, "class-29") {
		t.Fatal(names)
	}
	a.until("the access point", func() bool { return a.mode == "ap:Studio-1A2B" })
	a.phone()
	a.served()
}

func TestLEDOnTheRadio(t *testing.T) {
	a := onAir(t, Limits{}, nil)
	a.s.net.SetLEDLocked(true)
	a.until("light", func() bool { return a.lit })
}

// joinedAir is a board in a network, with an echoing program.
func joinedAir(t *testing.T, l Limits, files map[string]string) *air {
	t.Helper()
	a := onAir(t, l, files)
	echo(a.s)
	status, err := a.s.net.RequestLocked(link.OpNetJoin, &link.Reader{B: append(str("home"), str("password")...)}, &link.Writer{})
	if status != link.StatusDone || err != nil {
		t.Fatal(status, err)
	}
	a.state(link.NetJoined)
	return a
}

// The cases of RFC 6455, over TCP.
func TestRFC6455OverWiFi(t *testing.T) {
	boards := map[int]*air{}
	n := 0
	for _, c := range append(rfc6455.Messages(), rfc6455.Limits(asItComes)...) {
		limit := rfc6455.MessageLimit
		if c.Section == rfc6455.LimitSection {
			limit = asItComes
		}
		a := boards[limit]
		if a == nil {
			a = joinedAir(t, Limits{MaxMessage: limit}, nil)
			a.aside()
			boards[limit] = a
		}
		w := a.socket()
		w.say(string(c.In))
		if got := w.hear(len(c.Want)); got != string(c.Want) {
			t.Fatalf("%s %s: got % .60x\nwant % .60x", c.Section, c.Name, got, c.Want)
		}
		if c.Open {
			w.say(string(text("still?")))
			if got := w.hear(8); got != string(echoed("still?")) {
				t.Fatalf("%s %s: does not go on: % x", c.Section, c.Name, got)
			}
		} else if rest := w.ends(); rest != "" {
			t.Fatalf("%s %s: and then % x", c.Section, c.Name, rest)
		}
		w.Conn.Close()
		a.until("a free place", func() bool { return a.s.net.OpenLocked() == 0 })
		n++
	}
	a := boards[asItComes]
	for _, c := range rfc6455.Openings() {
		w := a.open()
		w.say(c.Request())
		if got, want := w.hear(13), fmt.Sprintf("HTTP/1.1 %d ", c.Status); !strings.HasPrefix(got, want) {
			t.Fatalf("4.2 %s: want %d: %q", c.Name, c.Status, got)
		}
		w.Conn.Close()
		a.until("a free place", func() bool { return a.s.net.OpenLocked() == 0 })
		n++
	}
	t.Logf("RFC 6455 over lneto: %d cases", n)
}

// The cases of HTTP, over TCP.
func TestHTTPOverWiFi(t *testing.T) {
	a := joinedAir(t, Limits{}, webFiles)
	for _, c := range httpCases() {
		w := a.open()
		w.say(c.in)
		got := w.hear(13)
		if want := fmt.Sprintf("HTTP/1.1 %d ", c.status); !strings.HasPrefix(got, want) {
			t.Fatalf("%s: want %d: %q", c.name, c.status, got)
		}
		if c.close {
			got += w.ends()
		} else if c.body != "" && c.body != "-" {
			for !strings.Contains(got, "\r\n\r\n") || len(got) < strings.Index(got, "\r\n\r\n")+4+len(c.body) {
				got += w.hear(1)
			}
		}
		head, body, _ := strings.Cut(got, "\r\n\r\n")
		if c.body != "" && c.body != "-" && body != c.body {
			t.Fatalf("%s: %d bytes %.80q", c.name, len(body), body)
		}
		for _, line := range c.header {
			if c.body != "-" && !strings.Contains(head+"\r\n", line+"\r\n") {
				t.Fatalf("%s: no %q in %q", c.name, line, head)
			}
		}
		w.Conn.Close()
		a.until("a free place", func() bool { return a.s.net.OpenLocked() == 0 })
	}
}

func TestLongFileOverWiFi(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 100*1024/16)
	a := joinedAir(t, Limits{}, map[string]string{"/www/long.bin": long})
	if got := a.get("/long.bin"); !strings.HasSuffix(got, "\r\n\r\n"+long) {
		t.Fatalf("%d bytes", len(got))
	}
	// One frame of twenty is lost, in both directions.
	noise := rand.New(rand.NewSource(1))
	a.lose = func() bool { return noise.Intn(20) == 0 }
	if got := a.get("/long.bin"); !strings.HasSuffix(got, "\r\n\r\n"+long) {
		t.Fatalf("%d bytes", len(got))
	}
}

func TestTooManyOverWiFi(t *testing.T) {
	a := joinedAir(t, Limits{Clients: 6, Sockets: 8}, webFiles)
	var clients []*farConn
	for range 6 {
		clients = append(clients, a.socket())
	}
	seventh := a.open()
	seventh.say(handshake)
	if got := seventh.ends(); !strings.HasPrefix(got, "HTTP/1.1 503 ") {
		t.Fatalf("%q", got)
	}
	seventh.Conn.Close()
	busy := []*farConn{a.open(), a.open()}
	for _, c := range busy {
		c.say("GET / HTTP/1.1\r\n") // and no more: it is not idle
	}
	for range 200 { // until both heads have come
		a.pass()
	}
	ninth := a.dial()
	got := ""
	a.until("an answer", func() bool { got += ninth.read(); return strings.HasSuffix(got, "\n") && len(got) > 100 })
	if got != web.BusyAnswer {
		t.Fatalf("%q", got)
	}
	tenth := a.dial()
	a.until("a refusal", func() bool { return tenth.State() == lntcp.StateClosed })
	for _, c := range clients {
		c.say(string(text("there?")))
		if got := c.hear(8); got != string(echoed("there?")) {
			t.Fatalf("%q", got)
		}
	}
	for _, c := range append(clients, append(busy, ninth)...) {
		c.Conn.Close()
	}
	a.until("free places", func() bool { return a.s.net.OpenLocked() == 0 })
	a.served()
}

// Peers that vanish do not keep their places.
func TestSilentPeersOverWiFi(t *testing.T) {
	a := joinedAir(t, Limits{Clients: 6, Sockets: 6}, webFiles)
	for range 3 {
		a.socket()
		a.open()
	}
	deaf := false
	a.lose = func() bool { return deaf }
	deaf = true
	a.until("all places free", func() bool { return a.s.net.OpenLocked() == 0 })
	if a.s.web.ClientsLocked() != 0 {
		t.Fatal(a.s.web.ClientsLocked())
	}

	// Half-open: the handshake's end never comes.
	deaf = false
	a.arrive([4]byte{10, 0, 0, 1}, true)
	const places = 6 + 1
	for i := range places {
		syn := rawSYN(a, uint16(50000+i))
		a.toBoard = append(a.toBoard, syn)
	}
	a.until("half-open connections", func() bool { return a.s.net.OpenLocked() == places })
	a.until("their end", func() bool { return a.s.net.OpenLocked() == 0 })
	a.served()
}

// rawSYN is the first frame of a connection by somebody who then says no more.
func rawSYN(a *air, port uint16) []byte {
	f := make([]byte, 60)
	copy(f, boardMAC[:])
	copy(f[6:], []byte{2, 0, 0, 0, 0, 77, 8, 0})
	ip := f[14:34]
	copy(ip, []byte{0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 77})
	copy(ip[16:], a.s.net.Address[:])
	sum := func(b []byte, start uint32) uint16 {
		for i := 0; i+1 < len(b); i += 2 {
			start += uint32(b[i])<<8 | uint32(b[i+1])
		}
		for start>>16 != 0 {
			start = start&0xFFFF + start>>16
		}
		return ^uint16(start)
	}
	v := sum(ip, 0)
	ip[10], ip[11] = byte(v>>8), byte(v)
	tcp := f[34:54]
	copy(tcp, []byte{byte(port >> 8), byte(port), 0, 80, 0, 0, 1, 0, 0, 0, 0, 0, 0x50, 2, 0x10, 0})
	v = sum(append(bytes.Clone(ip[12:20]), tcp...), 6+20)
	tcp[16], tcp[17] = byte(v>>8), byte(v)
	return f
}

func TestNameIsAnswered(t *testing.T) {
	a := joinedAir(t, Limits{}, nil)
	a.far.SetAcceptMulticast4(true)
	var q mdns.Client
	group := [4]byte{224, 0, 0, 251}
	name := func(s string) dns.Name {
		n, err := dns.NewName(s)
		a.check(err)
		return n
	}
	a.check(q.Configure(mdns.ClientConfig{LocalPort: mdns.Port, MulticastAddr: group[:]}))
	a.check(a.far.RegisterUDP4(&q, group, mdns.Port))
	for i := 0; i < 100; i++ {
		a.pass() // what the board says by itself
	}
	ask := func(s string) (answer []byte) {
		a.check(q.StartResolve(mdns.ResolveConfig{Questions: []dns.Question{{Name: name(s), Type: dns.TypeA, Class: dns.ClassINET}}, MaxResponseAnswers: 2}))
		var out [2]dns.Resource
		for i := 0; i < 2000; i++ {
			a.pass()
			if n, done, err := q.AnswersCopyTo(out[:]); done && err == nil && n > 0 {
				return bytes.Clone(out[0].RawData())
			}
		}
		return nil
	}
	if got := ask("STUDIO-1a2b.local"); !bytes.Equal(got, a.s.net.Address[:]) {
		t.Fatal(got)
	}
	if got := ask("studio-9999.local"); got != nil {
		t.Fatal(got)
	}
}

// Whatever a frame contains, the board goes on.
func FuzzEthernet(f *testing.F) {
	f.Add([]byte{0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 77, 192, 168, 4, 1, 0, 1, 0, 80}, true)
	f.Add([]byte{0, 1, 8, 0, 6, 4, 0, 1}, false)
	f.Fuzz(func(t *testing.T, b []byte, ip bool) {
		a := onAir(t, Limits{}, nil)
		a.state(link.NetAccessPoint)
		kind := byte(6)
		if ip {
			kind = 0
		}
		frame := append(append(append(bytes.Clone(boardMAC[:]), farMAC[:]...), 8, kind), b...)
		a.toBoard = append(a.toBoard, frame[:min(len(frame), netif.FrameSize)])
		a.pass()
		a.pass()
	})
}
