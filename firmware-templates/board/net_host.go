//go:build !tinygo

package board

import (
	"time"

	"studio/board/loop"
	"studio/board/web"
	"studio/host"
)

// The virtual board's network is the computer's, as far as package host gives it.
func openNetwork(s *server) {
	l, err := host.Listen()
	if err != nil {
		println("no network: " + err.Error())
		return
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				time.Sleep(50 * time.Millisecond) // out of file descriptors
				continue
			}
			s.arrived(c)
		}
	}()
}

func (s *server) arrived(c host.Connection) {
	t := &tcp{conn: c}
	t.in.Init(4096)
	t.out.init()
	if !s.place(t) {
		go func() {
			// A connection that ends just now leaves its place to this one.
			for began := time.Now(); time.Since(began) < web.SlotTimeout*time.Millisecond; {
				time.Sleep(10 * time.Millisecond)
				if s.place(t) {
					return
				}
			}
			turnAway(c)
		}()
	}
}

// place gives a connection a place and lets it run.
func (s *server) place(t *tcp) bool {
	s.Lock()
	ok := s.web.AdoptLocked(t)
	s.Unlock()
	if ok {
		go t.in.Run(t.conn)
		go t.out.run(t.conn)
	}
	return ok
}

// turnAway tells somebody that there is no room.
func turnAway(c host.Connection) {
	c.SetDeadline(time.Now().Add(time.Second))
	c.Write([]byte(web.BusyAnswer))
	c.CloseWrite()
	var b [512]byte
	for {
		if _, err := c.Read(b[:]); err != nil {
			break
		}
	}
	c.Close()
}

// tcp is a TCP connection as a web.Transport. Two goroutines wait for the other
// side, one to read and one to write, so that the server never does.
type tcp struct {
	conn host.Connection
	in   loop.Inbox
	out  outbox
}

func (t *tcp) Read(p []byte) (int, bool)  { return t.in.Read(p) }
func (t *tcp) Write(p []byte) (int, bool) { return t.out.Write(p) }
func (t *tcp) Finish()                    { t.out.finish() }

func (t *tcp) Close() {
	t.in.Stop()
	t.out.close(t.conn)
}

// The virtual board has no radio on which pins would hang.
const radioPins = 0

func driveRadioPin(bool)         {}
func isRadioReserved(uint8) bool { return false }
