//go:build !tinygo

package board

import (
	"net"
	"os"
	"time"

	"studio/host"
)

// The virtual board's network is a port of the computer's own loopback
// interface; the chip is told which. STUDIO_LISTEN asks for another address
// when there is no chip.
func openNetwork(s *server) {
	address := "127.0.0.1:0"
	if a := os.Getenv("STUDIO_LISTEN"); a != "" && !host.Attached() {
		address = a
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		println("no network: " + err.Error())
		return
	}
	host.Listening(l.Addr().String())
	if !host.Attached() {
		println("Page: http://" + l.Addr().String() + "/")
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				time.Sleep(50 * time.Millisecond) // out of file descriptors
				continue
			}
			s.arrived(c.(*net.TCPConn))
		}
	}()
}

func (s *server) arrived(c *net.TCPConn) {
	t := &tcp{conn: c}
	t.in.init(4096)
	s.mu.Lock()
	ok := s.adopt(t)
	s.mu.Unlock()
	if !ok {
		go turnAway(c)
		return
	}
	go t.in.run(c)
}

// turnAway tells somebody that there is no room.
func turnAway(c *net.TCPConn) {
	c.SetDeadline(time.Now().Add(time.Second))
	c.Write([]byte(busyAnswer))
	c.CloseWrite()
	var b [512]byte
	for {
		if _, err := c.Read(b[:]); err != nil {
			break
		}
	}
	c.Close()
}

// tcp is a TCP connection as a transport.
type tcp struct {
	conn    *net.TCPConn
	in      inbox
	blocked time.Time // when the other side last took nothing
}

func (t *tcp) Read(p []byte) (int, bool) { return t.in.Read(p) }

// Write gives the kernel what it takes within a millisecond, and asks a full
// one again after five.
func (t *tcp) Write(p []byte) (int, bool) {
	now := time.Now()
	if !t.blocked.IsZero() && now.Sub(t.blocked) < 5*time.Millisecond {
		return 0, true
	}
	t.conn.SetWriteDeadline(now.Add(time.Millisecond))
	n, err := t.conn.Write(p)
	t.blocked = time.Time{}
	if err != nil {
		if e, ok := err.(net.Error); !ok || !e.Timeout() {
			return n, false
		}
		t.blocked = time.Now()
	}
	return n, true
}

func (t *tcp) Finish() { t.conn.CloseWrite() }

func (t *tcp) Close() {
	t.conn.Close()
	t.in.stop()
}
