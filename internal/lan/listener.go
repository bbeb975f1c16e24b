package lan

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// What is open at a time, of all devices and of one address. Whoever opens more is hung up on.
const (
	mostConns      = 400
	mostConnsOfOne = 60
)

// conns are the connections that are open, those of WebSockets included, so that all of them can be ended.
type conns struct {
	mu     sync.Mutex
	open   map[*conn]struct{}
	of     map[netip.Addr]int
	closed bool
}

// add counts a connection; false: it is one too many, or all is over.
func (s *conns) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.open) >= mostConns || s.of[c.from] >= mostConnsOfOne {
		return false
	}
	s.open[c] = struct{}{}
	s.of[c.from]++
	return true
}

func (s *conns) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.open[c]; !ok {
		return
	}
	delete(s.open, c)
	if s.of[c.from]--; s.of[c.from] <= 0 {
		delete(s.of, c.from)
	}
}

// end closes all, now and from now on.
func (s *conns) end() {
	s.mu.Lock()
	s.closed = true
	list := make([]*conn, 0, len(s.open))
	for c := range s.open {
		list = append(list, c)
	}
	s.mu.Unlock()
	for _, c := range list {
		c.Close()
	}
}

// listener accepts connections and keeps count of them.
type listener struct {
	net.Listener
	conns *conns
	left  func(*device)          // a connection of the device has ended
	own   func(host string) bool // knows the hosts that may be asked for
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: raw, listener: l}
		if at, err := netip.ParseAddrPort(raw.RemoteAddr().String()); err == nil {
			c.from = deviceOf(at.Addr())
		}
		if l.conns.add(c) {
			return c, nil
		}
		raw.Close()
	}
}

// conn is a connection below TLS.
type conn struct {
	net.Conn
	listener *listener
	from     netip.Addr
	begun    bool
	once     sync.Once

	mu     sync.Mutex
	device *device // that has used it; nil: none yet
	over   bool
}

// by notes whose connection it is. True: it is the device's first request on it.
func (c *conn) by(d *device) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.device != nil || c.over {
		return false
	}
	c.device = d
	return true
}

func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.listener.conns.remove(c)
		c.mu.Lock()
		d := c.device
		c.over = true
		c.mu.Unlock()
		if d != nil {
			c.listener.left(d)
		}
	})
	return err
}

// Read looks at the first byte: one of a user who has typed the address without
// https:// is a letter, and is sent there. A TLS record begins with 22.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.begun && n > 0 {
		c.begun = true
		if p[0] >= 'A' && p[0] <= 'Z' {
			c.sendToTLS(p[:n])
			return 0, io.EOF
		}
	}
	return n, err
}

// sendToTLS answers a request of plain HTTP with the address that it should have had.
func (c *conn) sendToTLS(first []byte) {
	c.SetDeadline(time.Now().Add(5 * time.Second))
	rest := io.LimitReader(io.MultiReader(bytes.NewReader(first), c.Conn), 8<<10)
	r, err := http.ReadRequest(bufio.NewReaderSize(rest, 1<<10))
	if err != nil || !c.listener.own(r.Host) {
		io.WriteString(c.Conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		return
	}
	io.WriteString(c.Conn, "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://"+r.Host+"/\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}
