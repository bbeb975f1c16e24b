package netfault

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// conn is a connection in a Network. Until the first fault bytes go straight
// through; from then on a goroutine for each direction carries them from a queue.
type conn struct {
	net.Conn
	n      *Network
	in     queue // from the board
	out    queue // to the board
	once   sync.Once
	closed chan struct{}

	mu      sync.Mutex
	pumping bool // a goroutine reads from Conn
	writing bool // a goroutine writes to it
}

// Read gives what has arrived.
func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	pumping := c.pumping
	c.mu.Unlock()
	if !pumping {
		if kind, _ := c.n.now(); kind == "" || kind == Restart {
			n, err := c.Conn.Read(p)
			if kind, _ := c.n.now(); err != nil || kind == "" || kind == Restart {
				return n, c.cause(err)
			}
			c.in.put(c, p[:n], false) // it came after the fault began
		}
		c.mu.Lock()
		if !c.pumping {
			c.pumping = true
			c.Conn.SetReadDeadline(time.Time{}) // the queue keeps the deadlines from now on
			go c.pump()
		}
		c.mu.Unlock()
	}
	return c.in.take(c, p)
}

// pump reads until the end.
func (c *conn) pump() {
	buffer := make([]byte, 8<<10)
	for {
		n, err := c.Conn.Read(buffer)
		if n > 0 && c.in.put(c, buffer[:n], false) != nil {
			return
		}
		if err != nil {
			c.in.end(err)
			return
		}
	}
}

// Write sends bytes, or puts them into the queue.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	if !c.writing {
		if kind, _ := c.n.now(); kind == "" || kind == Restart {
			c.mu.Unlock()
			n, err := c.Conn.Write(p)
			return n, c.cause(err)
		}
		c.writing = true
		c.Conn.SetWriteDeadline(time.Time{})
		go c.drain()
	}
	c.mu.Unlock()
	if err := c.out.put(c, p, true); err != nil {
		return 0, err
	}
	return len(p), nil
}

// drain writes what is due until the end.
func (c *conn) drain() {
	buffer := make([]byte, 8<<10)
	for {
		n, err := c.out.take(c, buffer)
		if n > 0 {
			if _, err := c.Conn.Write(buffer[:n]); err != nil {
				c.out.end(err)
				return
			}
		}
		if errors.Is(err, io.EOF) {
			closeWrite(c.Conn)
		}
		if err != nil {
			return
		}
	}
}

// CloseWrite says that nothing will be written any more, after what has been.
func (c *conn) CloseWrite() error {
	c.mu.Lock()
	writing := c.writing
	c.mu.Unlock()
	if !writing {
		return closeWrite(c.Conn)
	}
	c.out.end(io.EOF)
	return nil
}

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}

// Close ends both directions.
func (c *conn) Close() error {
	c.stop(net.ErrClosed)
	return c.Conn.Close()
}

func (c *conn) cut() {
	c.stop(ErrCut)
	c.Conn.Close()
}

func (c *conn) stop(err error) {
	c.once.Do(func() {
		c.in.fail(err)
		c.out.fail(err)
		close(c.closed)
		c.n.mu.Lock()
		delete(c.n.conns, c)
		c.n.mu.Unlock()
	})
}

// cause is why the connection really ended.
func (c *conn) cause(err error) error {
	select {
	case <-c.closed:
		if err != nil && errors.Is(c.in.failed(), ErrCut) {
			return ErrCut
		}
	default:
	}
	return err
}

// SetDeadline sets both.
func (c *conn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline is for the queue, and for reading without one.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pumping {
		return nil
	}
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline is for the queue, and for writing without one.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing {
		return nil
	}
	return c.Conn.SetWriteDeadline(t)
}

// piece is bytes that arrive at a time.
type piece struct {
	at   time.Time
	kind Kind // why not before
	data []byte
}

// queue is what is on its way in one direction.
type queue struct {
	mu     sync.Mutex
	pieces []piece
	size   int
	last   time.Time // when the last piece arrives
	kind   Kind      // and why not before
	err    error     // after the pieces
	broken bool      // err counts before them
	until  time.Time // deadline of whoever waits; zero: none
	news   chan struct{}
}

func (q *queue) init() { q.news = make(chan struct{}) }

// tellLocked wakes those who wait.
func (q *queue) tellLocked() {
	close(q.news)
	q.news = make(chan struct{})
}

func (q *queue) end(err error) {
	q.mu.Lock()
	if q.err == nil {
		q.err = err
	}
	q.tellLocked()
	q.mu.Unlock()
}

// fail ends it at once.
func (q *queue) fail(err error) {
	q.mu.Lock()
	q.err, q.broken, q.pieces, q.size = err, true, nil, 0
	q.tellLocked()
	q.mu.Unlock()
}

func (q *queue) failed() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

func (q *queue) setDeadline(t time.Time) {
	q.mu.Lock()
	q.until = t
	q.tellLocked()
	q.mu.Unlock()
}

// put adds bytes, in packets, as soon as there is room. impatient: it waits no
// longer than until the deadline.
func (q *queue) put(c *conn, p []byte, impatient bool) error {
	for len(p) > 0 {
		kind, change := c.n.now()
		size, room := packet, queueSize
		if kind == Slow {
			size, room = SlowRate/10, slowQueue
		}
		part := p[:min(size, len(p))]
		q.mu.Lock()
		if q.err != nil {
			defer q.mu.Unlock()
			return q.err
		}
		if q.size > 0 && q.size+len(part) > room {
			var until time.Time
			if impatient {
				until = q.until
			}
			news := q.news
			q.mu.Unlock()
			if !wait(news, change, until) {
				return os.ErrDeadlineExceeded
			}
			continue
		}
		if q.kind != kind {
			q.kind, q.last = kind, time.Time{}
		}
		q.last = c.n.due(kind, q.last, len(part))
		q.pieces = append(q.pieces, piece{q.last, kind, append([]byte(nil), part...)})
		q.size += len(part)
		q.tellLocked()
		q.mu.Unlock()
		p = p[len(part):]
	}
	return nil
}

// take waits for the next piece to arrive and gives as much of it as fits.
func (q *queue) take(c *conn, p []byte) (int, error) {
	for {
		kind, change := c.n.now()
		q.mu.Lock()
		news, until := q.news, q.until
		now := time.Now()
		switch {
		case q.broken:
			defer q.mu.Unlock()
			return 0, q.err
		case kind == HalfOpen: // not even the end arrives
		case len(q.pieces) > 0:
			first := &q.pieces[0]
			if first.kind != kind { // that is over: it arrives now
				first.at = now
			}
			if !first.at.After(now) {
				n := copy(p, first.data)
				if first.data = first.data[n:]; len(first.data) == 0 {
					q.pieces = q.pieces[1:]
				}
				q.size -= n
				q.tellLocked()
				q.mu.Unlock()
				return n, nil
			}
			if until.IsZero() || first.at.Before(until) {
				at := first.at
				q.mu.Unlock()
				wait(news, change, at)
				continue
			}
		case q.err != nil:
			defer q.mu.Unlock()
			return 0, q.err
		}
		q.mu.Unlock()
		if !wait(news, change, until) {
			return 0, os.ErrDeadlineExceeded
		}
	}
}

// wait waits for one of both, or until a time; zero: without one. False: that
// time has come.
func wait(news, change <-chan struct{}, until time.Time) bool {
	var late <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until))
		defer t.Stop()
		late = t.C
	}
	select {
	case <-news:
	case <-change:
	case <-late:
		return false
	}
	return true
}
