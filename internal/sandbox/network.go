package sandbox

import (
	"encoding/binary"
	"net"
	"sync"
	"time"

	"studio/host"

	"studioide/ui/src/words/say"
)

// network is descriptor 4, the board's network: a port of the loopback interface
// that this process has, from the first time on that the program asks for a
// connection. The program gets what comes in, and can do nothing else with it.
type network struct {
	g        *guest
	listener *net.TCPListener         // nil: not yet open
	places   chan struct{}            // one for each connection that comes in
	dial     func() (net.Conn, error) // makes another connection to the chip; nil: there is none
	dialled  int                      // connections that were made so and are not closed

	mu  sync.Mutex
	new []*connection // the program does not know of them yet
}

const (
	maxConnections   = 128
	maxDialled       = 32
	connectionBuffer = 8 << 10
	firstConnection  = 5
	linger           = 5 * time.Second // for the last words of a connection that the program has closed
)

// open opens the port and tells the chip.
func (n *network) open() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	n.listener, n.places = l.(*net.TCPListener), make(chan struct{}, maxConnections)
	address := l.Addr().String()
	n.g.chip.send(host.OpListening, []byte(address))
	if n.g.chip.conn == nil {
		n.g.say(say.SandboxPage(address) + "\r\n")
	}
	go n.accept()
	return nil
}

func (n *network) accept() {
	for {
		n.places <- struct{}{}
		conn, err := n.listener.AcceptTCP()
		if err != nil {
			<-n.places
			time.Sleep(50 * time.Millisecond) // out of file descriptors
			continue
		}
		c := &connection{n: n, conn: conn, in: newInbox(connectionBuffer), out: newOutlet(connectionBuffer)}
		go c.in.Run(conn, n.g.ring)
		go c.run()
		n.mu.Lock()
		n.new = append(n.new, c)
		n.mu.Unlock()
		n.g.ring()
	}
}

func (n *network) read(p []byte) (int, errno) {
	if n.listener == nil {
		if err := n.open(); err != nil {
			return 0, errNoNetwork
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	told := 0
	for len(n.new) > 0 && told+4 <= len(p) {
		fd := n.g.free()
		n.g.files[fd] = n.new[0]
		n.new = n.new[1:]
		binary.LittleEndian.PutUint32(p[told:], fd)
		told += 4
	}
	if told == 0 {
		return 0, errAgain
	}
	return told, 0
}

func (n *network) readable() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.new) > 0
}

func (*network) write([]byte) (int, errno) { return 0, errNotCapable }
func (*network) writable() bool            { return true }
func (*network) close(bool) errno          { return 0 }
func (*network) kind() byte                { return socket }

// free is a descriptor for another connection.
func (g *guest) free() uint32 {
	fd := uint32(firstConnection)
	for g.files[fd] != nil {
		fd++
	}
	return fd
}

// dialChip gives the program another connection to its chip, over which it asks
// for one to elsewhere (package studio/host). What becomes of that, the chip decides.
func (n *network) dialChip() (fd int32) {
	if n.dial == nil || n.g.chip.conn == nil || n.dialled >= maxDialled {
		return -1
	}
	conn, err := n.dial()
	if err != nil || conn == nil {
		return -1
	}
	n.dialled++
	c := &connection{n: n, conn: conn.(*net.TCPConn), in: newInbox(connectionBuffer), out: newOutlet(connectionBuffer), dialled: true}
	go c.in.Run(c.conn, n.g.ring)
	go c.run()
	at := n.g.free()
	n.g.files[at] = c
	return int32(at)
}

// connection is one to the program's server, or one that it has made.
type connection struct {
	n    *network
	conn *net.TCPConn
	in   *host.Inbox
	out  *outlet

	dialled bool

	mu     sync.Mutex
	closed bool
}

// run writes what the program writes, until it has closed the connection or its half of it.
func (c *connection) run() {
	c.out.run(c.conn, c.n.g.ring)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		c.conn.Close()
	} else {
		c.conn.CloseWrite()
	}
}

func (c *connection) read(p []byte) (int, errno) {
	n, open := c.in.Read(p)
	if n == 0 && open {
		return 0, errAgain
	}
	return n, 0
}

func (c *connection) write(p []byte) (int, errno) {
	n, open := c.out.put(p, false)
	switch {
	case !open:
		return 0, errPipe
	case n == 0 && len(p) > 0:
		return 0, errAgain
	}
	return n, 0
}

func (c *connection) close(write bool) errno {
	if write {
		c.out.finish()
		return 0
	}
	c.mu.Lock()
	c.closed = true
	c.out.mu.Lock()
	over := c.out.finished && len(c.out.waiting) == 0 && !c.out.busy || c.out.lost // run has returned, or is about to
	c.out.mu.Unlock()
	c.conn.SetDeadline(time.Now().Add(linger))
	if over {
		c.conn.Close()
	}
	c.mu.Unlock()
	c.out.finish()
	c.in.Stop()
	if c.dialled {
		c.n.dialled--
	} else {
		<-c.n.places
	}
	return 0
}

func (c *connection) readable() bool { return c.in.Ready() }
func (c *connection) writable() bool { return c.out.ready() }
func (c *connection) kind() byte     { return socket }
