package virtual

import (
	"bufio"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"studio/host"
)

// control is the chip's end of a program's control channel; package studio/host
// describes the protocol.
type control struct {
	l        *bootCycle
	listener net.Listener
	key      [host.KeyLength]byte
	why      boot
	again    chan boot     // what the program asked for
	places   chan struct{} // one for each connection that has not ended
	served   chan struct{} // closed when the program's connection has ended
	pins     chan pinEvent
	wait     sync.WaitGroup

	mu      sync.Mutex
	conn    net.Conn          // of the channel
	open    map[net.Conn]bool // all that the program has made, and what was opened for it
	closed  bool
	armed   bool // a panic of the program's restarts it
	healthy bool // it has started well
}

func newControl(l *bootCycle, why boot) (*control, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &control{l: l, listener: listener, why: why, again: make(chan boot, 1), places: make(chan struct{}, mostProgramConns), served: make(chan struct{}), pins: make(chan pinEvent, 1024)}
	if l.b.config.Own != nil {
		l.b.config.Own(listener)
	}
	rand.Read(c.key[:])
	c.wait.Add(1)
	go c.accept()
	return c, nil
}

func (c *control) environment(address, key string) []string {
	return []string{address + "=" + c.listener.Addr().String(), key + "=" + hex.EncodeToString(c.key[:])}
}

// close ends the channel and waits until no request of the program is under way.
func (c *control) close() {
	c.listener.Close()
	c.mu.Lock()
	c.closed = true
	for conn := range c.open {
		conn.Close()
	}
	c.mu.Unlock()
	c.wait.Wait()
}

// drain waits for what a program that has ended has sent before.
func (c *control) drain() {
	c.mu.Lock()
	connected := c.conn != nil
	c.mu.Unlock()
	if !connected {
		return
	}
	t := time.NewTimer(drainTime)
	defer t.Stop()
	select {
	case <-c.served:
	case <-t.C: // a process that the program has started holds the connection
	}
}

func (c *control) port() int { return c.listener.Addr().(*net.TCPAddr).Port }

// mostProgramConns is how many connections a program may have to its chip: the channel, and those of OpDial.
const mostProgramConns = 40

// accept takes connections that know the key. The first one is the channel; the
// others ask for connections to elsewhere. The port stays ours as long as the
// program runs: it may connect there, and is to find nobody else.
func (c *control) accept() {
	defer c.wait.Done()
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		select {
		case c.places <- struct{}{}:
		default:
			conn.Close()
			continue
		}
		c.wait.Add(1)
		go func() {
			defer c.wait.Done()
			defer func() { <-c.places }()
			c.greet(conn)
		}()
	}
}

// greet has a connection show the key, and serves it.
func (c *control) greet(conn net.Conn) {
	if !c.opened(conn) {
		return
	}
	defer c.ended(conn)
	var key [host.KeyLength]byte
	conn.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := io.ReadFull(conn, key[:]); err != nil || subtle.ConstantTimeCompare(key[:], c.key[:]) != 1 {
		return
	}
	conn.SetDeadline(time.Time{})
	c.mu.Lock()
	first := c.conn == nil
	if first {
		c.conn = conn
	}
	c.mu.Unlock()
	if first {
		c.serve(conn)
		close(c.served)
	} else {
		c.dial(conn)
	}
}

// opened notes a connection that close has to end; ended ends it. false: it has ended already.
func (c *control) opened(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Close()
		return false
	}
	if c.open == nil {
		c.open = map[net.Conn]bool{}
	}
	c.open[conn] = true
	return true
}

func (c *control) ended(conn net.Conn) {
	c.mu.Lock()
	delete(c.open, conn)
	c.mu.Unlock()
	conn.Close()
}

// pinEvent is a frame that tells the program of a pin.
type pinEvent struct {
	op   byte
	body []byte
}

// pinChanged tells the program of an input; it never blocks.
func (c *control) pinChanged(pin uint8, level bool) {
	e := pinEvent{host.OpPin, []byte{pin, 0}}
	if level {
		e.body[1] = 1
	}
	c.tell(e)
}

// voltageChanged tells the program of a voltage; it never blocks.
func (c *control) voltageChanged(pin uint8, value uint16) {
	c.tell(pinEvent{host.OpAnalog, binary.LittleEndian.AppendUint16([]byte{pin}, value)})
}

func (c *control) tell(e pinEvent) {
	select {
	case c.pins <- e:
	default: // the program does not read: it loses edges
	}
}

// programConn is the connection that the program has made.
type programConn struct {
	net.Conn
	writing sync.Mutex
	data    []byte // that the last read gave, kept for the next one
}

func (p *programConn) send(op byte, parts ...[]byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	return host.WriteFrame(p.Conn, op, parts...)
}

// serve answers the program's requests until its connection ends.
func (c *control) serve(conn net.Conn) {
	defer conn.Close()
	welcome, ok := c.welcome()
	if !ok {
		return
	}
	p := &programConn{Conn: conn}
	if p.send(host.OpWelcome, welcome, []byte(c.why.ended)) != nil {
		return
	}
	ended := make(chan struct{})
	defer close(ended)
	c.wait.Add(1)
	go func() {
		defer c.wait.Done()
		c.tellPins(p, ended)
	}()

	r := bufio.NewReaderSize(conn, 64<<10)
	var buf []byte
	for {
		op, body, err := host.ReadFrame(r, &buf)
		if err != nil || !c.request(p, op, body) {
			return
		}
	}
}

// welcome is what the program is told first. From then on pinChanged and
// voltageChanged tell every change. false: EN has fallen.
func (c *control) welcome() (welcome []byte, ok bool) {
	b := c.l.b
	welcome = make([]byte, host.WelcomeLength)
	binary.LittleEndian.PutUint32(welcome[0:], uint32(b.flash.size))
	welcome[4] = c.why.reason
	rand.Read(welcome[9:host.WelcomeVoltages])
	welcome[host.WelcomeEarlyEnds] = c.why.early
	b.mu.Lock()
	defer b.mu.Unlock()
	if !c.l.currentLocked() {
		return nil, false
	}
	binary.LittleEndian.PutUint32(welcome[5:], b.inputsLocked())
	for pin, p := range b.pins {
		binary.LittleEndian.PutUint16(welcome[host.WelcomeVoltages+2*pin:], uint16(p.voltage))
	}
	b.control = c
	return welcome, true
}

// tellPins sends what changes at the pins until the connection has ended.
func (c *control) tellPins(p *programConn, ended <-chan struct{}) {
	for {
		select {
		case e := <-c.pins:
			if p.send(e.op, e.body) != nil {
				return
			}
		case <-ended:
			return
		}
	}
}

// request does what one frame asks for. false: the connection is of no more use.
func (c *control) request(p *programConn, op byte, body []byte) (ok bool) {
	switch op {
	case host.OpRead:
		return c.readFlash(p, body)
	case host.OpWrite, host.OpErase:
		return c.changeFlash(p, op, body)
	case host.OpPin:
		c.setPin(body)
	case host.OpStrip:
		c.setStrip(body)
	case host.OpListening:
		c.listening(string(body))
	case host.OpArm, host.OpHealthy:
		c.mu.Lock()
		c.armed = true
		c.healthy = c.healthy || op == host.OpHealthy
		c.mu.Unlock()
	case host.OpWatchdog:
		again := bootWatchdog
		again.ended = string(body[:min(len(body), longestWhy)])
		c.restart(again)
	case host.OpReset:
		c.restart(bootSoftware)
	case host.OpBootloader:
		b := c.l.b
		b.mu.Lock()
		if c.l.currentLocked() {
			b.forceBootloader = true
		}
		b.mu.Unlock()
		c.restart(bootSoftware)
	}
	return true
}

// restart has the chip start again; what was asked first counts.
func (c *control) restart(why boot) {
	select {
	case c.again <- why:
	default:
	}
}

func (c *control) readFlash(p *programConn, body []byte) (ok bool) {
	if len(body) < 8 {
		return false
	}
	off, n := int64(word(body, 0)), int64(word(body, 1))
	if n > 512<<10 {
		return false
	}
	if int64(cap(p.data)) < n {
		p.data = make([]byte, n)
	}
	p.data = p.data[:n]
	status := host.StatusDone
	if err := c.l.b.flash.read(p.data, off); err != nil {
		status, p.data = failed(err), p.data[:0]
	} else if len(body) > 8 && body[8] == 1 {
		if n := c.l.b.flash.blankFrom(p.data, off); n > 0 {
			status, p.data = host.StatusBlank, binary.LittleEndian.AppendUint32(p.data[:0], uint32(n))
		}
	}
	return p.send(host.OpRead, []byte{status}, p.data) == nil
}

// changeFlash writes or erases, and takes the time for it that a chip takes.
func (c *control) changeFlash(p *programConn, op byte, body []byte) (ok bool) {
	if len(body) < 4 || op == host.OpErase && len(body) < 8 {
		return false
	}
	b, off := c.l.b, int64(word(body, 0))
	var err error
	if op == host.OpWrite {
		var pages int64
		pages, err = b.flash.program(body[4:], off)
		b.busy(c.l.ctx, time.Duration(pages)*pageTime)
	} else {
		n := int64(word(body, 1))
		if b.flash.inside(off, n) {
			b.busy(c.l.ctx, time.Duration(n/sectorSize)*sectorTime)
		}
		err = b.flash.erase(off, n)
	}
	if errors.Is(err, errPower) {
		b.Power(false)
		return false
	}
	status := host.StatusDone
	if err != nil {
		status = failed(err)
	}
	return p.send(op, []byte{status}) == nil
}

// setPin takes what the program drives a pin with.
func (c *control) setPin(body []byte) {
	if len(body) < 3 || int(body[0]) >= pinCount || body[1] > host.Analog {
		return
	}
	b := c.l.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.l.currentLocked() {
		p := &b.pins[body[0]]
		p.mode, p.level, p.duty = body[1], body[2] != 0, min(int(body[2]), 100)
		b.events.add(Event{Kind: Pins})
	}
}

// setStrip takes what the program sends to coloured LEDs at a pin.
func (c *control) setStrip(body []byte) {
	if len(body) < 1 || int(body[0]) >= pinCount || len(body) > 1+3*host.StripLEDs {
		return
	}
	b := c.l.b
	b.mu.Lock()
	defer b.mu.Unlock()
	p, colours := &b.pins[body[0]], coloursOf(body[1:])
	if c.l.currentLocked() && colours != p.colours {
		p.colours = colours
		b.events.add(Event{Kind: Pins})
	}
}

func failed(err error) byte {
	if errors.Is(err, errRange) {
		return host.StatusRange
	}
	return host.StatusFlash
}

// listening takes the program's address, if it is one on this computer only:
// others connect to it on the program's word.
func (c *control) listening(a string) {
	h, p, err := net.SplitHostPort(a)
	if err != nil || p == "" || p == "0" || len(a) > 64 {
		return
	}
	if ip := net.ParseIP(h); ip == nil || !ip.IsLoopback() {
		return
	}
	b := c.l.b
	b.mu.Lock()
	if c.l.currentLocked() {
		b.setAddressLocked(a)
	}
	b.mu.Unlock()
}
