//go:build !tinygo

package netif

import (
	"time"

	"studio/board/loop"
	"studio/board/web"
	"studio/host"
)

// Open begins to listen: the virtual board's network is the computer's, as far as
// package host gives it.
func Open(_ *Network, l *loop.Loop, server *web.Server) {
	listener, err := host.Listen()
	if err != nil {
		println("no network: " + err.Error())
		return
	}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				time.Sleep(50 * time.Millisecond) // out of file descriptors
				continue
			}
			arrived(c, l, server)
		}
	}()
}

func arrived(c host.Connection, l *loop.Loop, server *web.Server) {
	t := &tcp{conn: c}
	t.in.Init(4096)
	t.out.init()
	if !t.place(l, server) {
		go func() {
			// A connection that ends just now leaves its place to this one.
			for began := time.Now(); time.Since(began) < web.SlotTimeout*time.Millisecond; {
				time.Sleep(10 * time.Millisecond)
				if t.place(l, server) {
					return
				}
			}
			turnAway(c)
		}()
	}
}

// place gives a connection a place in the server and lets it run.
func (t *tcp) place(l *loop.Loop, server *web.Server) bool {
	l.Lock()
	ok := server.AdoptLocked(t)
	l.Unlock()
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

// Pins is 0: the virtual board has no radio on which pins would hang.
const Pins = 0

// Reserved keeps no pin from programs.
func Reserved(uint8) bool { return false }
