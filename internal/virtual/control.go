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
	served   chan struct{} // closed when the program's connection has ended
	pins     chan pinEvent
	wait     sync.WaitGroup

	mu      sync.Mutex
	conn    net.Conn
	armed   bool // a panic of the program's restarts it
	healthy bool // it has started well
}

func newControl(l *bootCycle, why boot) (*control, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &control{l: l, listener: listener, why: why, again: make(chan boot, 1), served: make(chan struct{}), pins: make(chan pinEvent, 1024)}
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
	if c.conn != nil {
		c.conn.Close()
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

// accept takes the one connection that knows the key. The port stays ours as
// long as the program runs: it may connect there, and is to find nobody else.
func (c *control) accept() {
	defer c.wait.Done()
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		var key [host.KeyLength]byte
		conn.SetDeadline(time.Now().Add(2 * time.Second))
		if _, err := io.ReadFull(conn, key[:]); err != nil || subtle.ConstantTimeCompare(key[:], c.key[:]) != 1 {
			conn.Close()
			continue
		}
		conn.SetDeadline(time.Time{})
		c.mu.Lock()
		c.conn = conn
		c.mu.Unlock()
		c.serve(conn)
		close(c.served)
		return
	}
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

func (c *control) serve(conn net.Conn) {
	defer conn.Close()
	b := c.l.b
	var welcome [host.WelcomeLength]byte
	binary.LittleEndian.PutUint32(welcome[0:], uint32(b.flash.size))
	welcome[4] = c.why.reason
	rand.Read(welcome[9:host.WelcomeVoltages])
	welcome[host.WelcomeEarlyEnds] = c.why.early
	b.mu.Lock()
	if !c.l.currentLocked() {
		b.mu.Unlock()
		return
	}
	binary.LittleEndian.PutUint32(welcome[5:], b.inputsLocked())
	for pin, p := range b.pins {
		binary.LittleEndian.PutUint16(welcome[host.WelcomeVoltages+2*pin:], uint16(p.voltage))
	}
	b.control = c // from here on pinChanged tells every change
	b.mu.Unlock()

	var writing sync.Mutex
	write := func(op byte, parts ...[]byte) error {
		writing.Lock()
		defer writing.Unlock()
		return host.WriteFrame(conn, op, parts...)
	}
	if write(host.OpWelcome, welcome[:], []byte(c.why.ended)) != nil {
		return
	}
	ended := make(chan struct{})
	defer close(ended)
	c.wait.Add(1)
	go func() {
		defer c.wait.Done()
		for {
			select {
			case e := <-c.pins:
				if write(e.op, e.body) != nil {
					return
				}
			case <-ended:
				return
			}
		}
	}()

	r := bufio.NewReaderSize(conn, 64<<10)
	var buf, data []byte
	for {
		op, body, err := host.ReadFrame(r, &buf)
		if err != nil {
			return
		}
		status := []byte{host.StatusDone}
		switch op {
		case host.OpRead:
			if len(body) < 8 {
				return
			}
			n := int64(word(body, 1))
			if n > 512<<10 {
				return
			}
			if int64(cap(data)) < n {
				data = make([]byte, n)
			}
			data = data[:n]
			off := int64(word(body, 0))
			if err := b.flash.read(data, off); err != nil {
				status[0], data = failed(err), data[:0]
			} else if len(body) > 8 && body[8] == 1 {
				if n := b.flash.blankFrom(data, off); n > 0 {
					status[0], data = host.StatusBlank, binary.LittleEndian.AppendUint32(data[:0], uint32(n))
				}
			}
			if write(op, status, data) != nil {
				return
			}
		case host.OpWrite:
			if len(body) < 4 {
				return
			}
			pages, err := b.flash.program(body[4:], int64(word(body, 0)))
			b.busy(c.l.ctx, time.Duration(pages)*pageTime)
			if !c.flashDone(write, op, err) {
				return
			}
		case host.OpErase:
			if len(body) < 8 {
				return
			}
			off, n := int64(word(body, 0)), int64(word(body, 1))
			if b.flash.inside(off, n) {
				b.busy(c.l.ctx, time.Duration(n/sectorSize)*sectorTime)
			}
			if !c.flashDone(write, op, b.flash.erase(off, n)) {
				return
			}
		case host.OpPin:
			if len(body) < 3 || int(body[0]) >= pinCount || body[1] > host.Analog {
				break
			}
			b.mu.Lock()
			if c.l.currentLocked() {
				p := &b.pins[body[0]]
				p.mode, p.level, p.duty = body[1], body[2] != 0, min(int(body[2]), 100)
				b.events.add(Event{Kind: Pins})
			}
			b.mu.Unlock()
		case host.OpStrip:
			if len(body) < 1 || int(body[0]) >= pinCount || len(body) > 1+3*host.StripLEDs {
				break
			}
			b.mu.Lock()
			if p := &b.pins[body[0]]; c.l.currentLocked() {
				if colours := coloursOf(body[1:]); colours != p.colours {
					p.colours = colours
					b.events.add(Event{Kind: Pins})
				}
			}
			b.mu.Unlock()
		case host.OpListening:
			c.listening(string(body))
		case host.OpWatchdog:
			again := bootWatchdog
			again.ended = string(body[:min(len(body), longestWhy)])
			select {
			case c.again <- again:
			default:
			}
		case host.OpArm, host.OpHealthy:
			c.mu.Lock()
			c.armed = true
			c.healthy = c.healthy || op == host.OpHealthy
			c.mu.Unlock()
		case host.OpReset, host.OpBootloader:
			b.mu.Lock()
			if op == host.OpBootloader && c.l.currentLocked() {
				b.forceBootloader = true
			}
			b.mu.Unlock()
			select {
			case c.again <- bootSoftware:
			default:
			}
		}
	}
}

func failed(err error) byte {
	if errors.Is(err, errRange) {
		return host.StatusRange
	}
	return host.StatusFlash
}

// flashDone answers a write or an erase; false when the power is gone.
func (c *control) flashDone(write func(byte, ...[]byte) error, op byte, err error) bool {
	if errors.Is(err, errPower) {
		c.l.b.Power(false)
		return false
	}
	status := host.StatusDone
	if err != nil {
		status = failed(err)
	}
	return write(op, []byte{status}) == nil
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
