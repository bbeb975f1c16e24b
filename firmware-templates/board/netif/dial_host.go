//go:build !tinygo

package netif

import (
	"net"
	"strconv"
	"sync"

	"studio/board/loop"
	"studio/board/web"
	"studio/host"
)

// Dials: the virtual board connects to what Studio lets it.
const Dials = true

// Outside is the computer's network, as far as package host gives it.
func Outside(_ *Network, l *loop.Loop) web.Outside {
	return web.Outside{Open: open, Random: host.Random}
}

// outgoing is a TCP connection that is about to be opened.
type outgoing struct {
	mu     sync.Mutex
	tcp    *tcp // nil: not yet
	why    string
	closed bool
}

// open begins to open a connection, in a goroutine that waits for it.
func open(address string, port uint16) web.Opening {
	o := &outgoing{}
	go func() {
		c, status := host.Dial(net.JoinHostPort(address, strconv.Itoa(int(port))))
		o.mu.Lock()
		defer o.mu.Unlock()
		switch {
		case status != host.StatusDone:
			o.why = reason(status)
		case o.closed:
			c.Close()
		default:
			t := &tcp{conn: c}
			t.in.Init(4096)
			t.out.init()
			go t.in.Run(c)
			go t.out.run(c)
			o.tcp = t
		}
		loop.Wake()
	}()
	return o
}

// reason says why there is no connection.
func reason(status byte) string {
	switch status {
	case host.StatusRefused:
		return web.NotAllowed
	case host.StatusOwn:
		return "Studio itself is there, and no program may connect to it. Use another server"
	case host.StatusNoHost:
		return "there is no computer of that name"
	case host.StatusNobody:
		return "nobody listens there. Is the server running?"
	}
	return "nobody answers there"
}

func (o *outgoing) Opened() (open bool, why string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tcp != nil, o.why
}

func (o *outgoing) Read(p []byte) (int, bool) {
	if open, why := o.Opened(); !open {
		return 0, why == ""
	}
	return o.tcp.Read(p)
}

func (o *outgoing) Write(p []byte) (int, bool) {
	if open, why := o.Opened(); !open {
		return 0, why == ""
	}
	return o.tcp.Write(p)
}

func (o *outgoing) Finish() {
	if open, _ := o.Opened(); open {
		o.tcp.Finish()
	}
}

func (o *outgoing) Close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if o.tcp != nil {
		o.tcp.Close()
	}
}
