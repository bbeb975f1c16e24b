package bridge

import (
	"bytes"
	"net"
	"sync"
)

// observed is a connection of the console's own which notes its handshake and
// then shows its bytes to the watchers that pages' connections have: so what is
// told of frames is what went over the line. As usual for connections, one
// goroutine may read and one write at a time.
type observed struct {
	net.Conn
	request, answer headOf
	up, down        *frameWatcher // nil during the handshake

	mu     sync.Mutex // held while bytes that are about to be sent are shown
	closed bool       // nothing is sent any more
}

// headOf keeps the first bytes of one direction, up to the end of its head.
type headOf struct {
	head  []byte
	ended bool
	rest  []byte // what came behind the head before there was a watcher
}

func (h *headOf) write(p []byte) {
	if h.ended {
		h.rest = append(h.rest, p...)
		return
	}
	// The end may lie across two pieces.
	before := len(h.head)
	h.head = append(h.head, p[:min(len(p), maxHead-len(h.head))]...)
	if i := bytes.Index(h.head[max(0, before-3):], []byte("\r\n\r\n")); i >= 0 {
		end := max(0, before-3) + i + 4
		h.ended = true
		h.rest = append(h.rest, p[end-before:]...)
		h.head = h.head[:end]
	}
}

func (o *observed) Read(p []byte) (int, error) {
	n, err := o.Conn.Read(p)
	if o.down != nil {
		o.down.write(p[:n])
	} else {
		o.answer.write(p[:n])
	}
	return n, err
}

// Write shows the bytes before it sends them, so that a quick answer is not seen before its question. What comes too late
// to be sent is not shown: whoever had taken this connection before it ended would seem to have sent it over the next one.
func (o *observed) Write(p []byte) (int, error) {
	if !o.show(p) {
		return 0, net.ErrClosed
	}
	return o.Conn.Write(p)
}

func (o *observed) show(p []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		return false
	case o.up != nil:
		o.up.write(p)
	default:
		o.request.write(p)
	}
	return true
}

func (o *observed) Close() error {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	return o.Conn.Close()
}

// watch begins to watch frames, after the handshake and before anything else is read or written.
func (o *observed) watch(t *traffic, limit int) {
	o.up = &frameWatcher{events: direction{t, true}, masked: true, limit: limit}
	o.down = &frameWatcher{events: direction{t, false}, limit: limit}
	o.down.write(o.answer.rest)
	o.request, o.answer = headOf{}, headOf{}
}
