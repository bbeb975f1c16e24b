package devlink

import (
	"context"
	"io"
	"net"
	"os"
	"time"

	"studio/link"
)

const (
	pagePort     = 80
	streamCredit = 8 << 10 // bytes that the board may send ahead
	streamChunk  = 1024    // longest data record, so that others get in between
	lingerFor    = 2 * time.Second
)

// stream is a connection to the board's own server over the link. All fields
// are guarded by the connection's mutex.
type stream struct {
	c       *Conn
	channel byte
	change  chan struct{} // closed and replaced whenever something below changes

	live     bool   // the board has accepted
	in       []byte // received, not read
	inEnded  bool   // the board has nothing more to send
	owed     int    // bytes read that the board was not told of
	credit   int    // bytes that may be sent
	queued   int    // of those, how many wait for room in the pipe
	outEnded bool
	closed   bool // by this side
	err      error

	readBy, writeBy time.Time
}

// Dial connects to the board's web server. It waits while the board has no
// connection free. The connection dies with the link.
func (c *Conn) Dial(ctx context.Context) (net.Conn, error) {
	s, err := c.reserve(ctx)
	if err != nil {
		return nil, err
	}
	args := []byte{s.channel, 0, 0, 0, 0}
	link.PutU16(args[1:], pagePort)
	link.PutU16(args[3:], streamCredit)
	_, err = c.start(link.OpDial, s, args).Wait(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && s.err != nil {
		err = s.err
	}
	if err != nil {
		if c.up && ctx.Err() != nil { // the board may have opened it all the same
			c.push(s, []byte{link.StreamAbort, link.AbortReset})
		}
		s.end(err)
		return nil, err
	}
	return s, nil
}

// reserve waits for a free channel and takes it.
func (c *Conn) reserve(ctx context.Context) (*stream, error) {
	c.mu.Lock()
	for {
		switch {
		case c.err != nil:
			defer c.mu.Unlock()
			return nil, c.err
		case !c.up:
			c.mu.Unlock()
			return nil, errNotThere
		case c.limits.Streams == 0:
			c.mu.Unlock()
			return nil, errNoStreams
		}
		for ch := 1; ch <= c.limits.Streams; ch++ {
			if c.streams[byte(ch)] == nil {
				s := &stream{c: c, channel: byte(ch), change: make(chan struct{})}
				c.streams[byte(ch)] = s
				c.mu.Unlock()
				return s, nil
			}
		}
		changed, down := c.changed, c.down
		c.mu.Unlock()
		select {
		case <-changed:
		case <-down:
		case <-ctx.Done():
			if ctx.Err() == context.DeadlineExceeded {
				return nil, statusProblem(link.OpDial, link.StatusRefused)
			}
			return nil, contextProblem(ctx)
		}
		c.mu.Lock()
	}
}

// push queues a record on the stream's channel.
func (c *Conn) push(s *stream, b []byte) {
	c.urgent = append(c.urgent, &record{channel: s.channel, body: b})
	c.wake()
}

func (s *stream) notify() {
	close(s.change)
	s.change = make(chan struct{})
}

// end frees the channel; err is what users of the stream see.
func (s *stream) end(err error) {
	if s.c.streams[s.channel] == s {
		delete(s.c.streams, s.channel)
		close(s.c.changed)
		s.c.changed = make(chan struct{})
	}
	if s.err == nil {
		s.err = err
	}
	s.notify()
}

// got handles a record from the board.
func (s *stream) got(b []byte) {
	if len(b) == 0 || !s.live {
		return
	}
	switch b[0] {
	case link.StreamData:
		data := b[1:]
		if s.inEnded {
			return
		}
		if len(s.in)+s.owed+len(data) > streamCredit {
			s.c.push(s, []byte{link.StreamAbort, link.AbortCredit})
			s.end(errBroken)
			return
		}
		if s.closed {
			s.used(len(data)) // nobody reads it
			return
		}
		s.in = append(s.in, data...)
		s.notify()
	case link.StreamCredit:
		if len(b) >= 3 {
			s.credit += int(link.GetU16(b[1:]))
			s.notify()
		}
	case link.StreamEnd:
		s.inEnded = true
		if s.outEnded {
			s.end(nil)
		}
		s.notify()
	case link.StreamAbort:
		if len(b) >= 2 && b[1] == link.AbortRefused {
			s.end(statusProblem(link.OpDial, link.StatusRefused))
			return
		}
		s.end(errBroken)
	}
}

// used tells the board, now and then, that it may send more.
func (s *stream) used(n int) {
	s.owed += n
	if s.owed < streamCredit/2 || s.inEnded || s.err != nil {
		return
	}
	b := []byte{link.StreamCredit, 0, 0}
	link.PutU16(b[1:], uint16(s.owed))
	s.owed = 0
	s.c.push(s, b)
}

// wait gives the mutex away until something changes or the deadline passes.
func (s *stream) wait(deadline time.Time) {
	change := s.change
	s.c.mu.Unlock()
	defer s.c.mu.Lock()
	if deadline.IsZero() {
		<-change
		return
	}
	t := time.NewTimer(time.Until(deadline))
	defer t.Stop()
	select {
	case <-change:
	case <-t.C:
	}
}

func passed(t time.Time) bool { return !t.IsZero() && !time.Now().Before(t) }

// Read implements net.Conn.
func (s *stream) Read(p []byte) (int, error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	for {
		switch {
		case s.closed:
			return 0, net.ErrClosed
		case passed(s.readBy):
			return 0, os.ErrDeadlineExceeded
		case len(s.in) > 0:
			n := copy(p, s.in)
			s.in = s.in[n:]
			if len(s.in) == 0 {
				s.in = nil
			}
			s.used(n)
			return n, nil
		case s.inEnded:
			return 0, io.EOF
		case s.err != nil:
			return 0, s.err
		case len(p) == 0:
			return 0, nil
		}
		s.wait(s.readBy)
	}
}

// Write implements net.Conn.
func (s *stream) Write(p []byte) (total int, err error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	for {
		switch {
		case s.closed || s.outEnded:
			return total, net.ErrClosed
		case passed(s.writeBy):
			return total, os.ErrDeadlineExceeded
		case s.err != nil:
			return total, s.err
		case len(p) == 0:
			return total, nil
		}
		n := min(len(p), s.credit, streamChunk, max(s.c.limits.MaxRecord-1, 1), 2*streamChunk-s.queued)
		if n <= 0 {
			s.wait(s.writeBy)
			continue
		}
		s.credit -= n
		s.queued += n
		s.c.urgent = append(s.c.urgent, &record{
			channel: s.channel, head: []byte{link.StreamData}, body: append([]byte(nil), p[:n]...), stream: s,
		})
		s.c.wake()
		p = p[n:]
		total += n
	}
}

// CloseWrite tells the board that nothing more comes.
func (s *stream) CloseWrite() error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.endOut()
	return nil
}

func (s *stream) endOut() {
	if s.outEnded || s.err != nil || s.c.streams[s.channel] != s {
		return
	}
	s.outEnded = true
	s.c.push(s, []byte{link.StreamEnd})
	if s.inEnded {
		s.end(nil)
	}
}

// Close implements net.Conn. What was written still arrives; a board that does
// not close its side within two seconds is cut off.
func (s *stream) Close() error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.endOut()
	s.notify()
	if s.c.streams[s.channel] != s {
		return nil
	}
	s.used(len(s.in))
	s.in = nil
	time.AfterFunc(lingerFor, func() {
		s.c.mu.Lock()
		defer s.c.mu.Unlock()
		if s.c.streams[s.channel] == s {
			s.c.push(s, []byte{link.StreamAbort, link.AbortReset})
			s.end(net.ErrClosed)
		}
	})
	return nil
}

// address names an end of a stream.
type address string

func (a address) Network() string { return "link" }
func (a address) String() string  { return string(a) }

func (s *stream) LocalAddr() net.Addr  { return address("studio") }
func (s *stream) RemoteAddr() net.Addr { return address("board") }

// SetDeadline implements net.Conn.
func (s *stream) SetDeadline(t time.Time) error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.readBy, s.writeBy = t, t
	s.notify()
	return nil
}

// SetReadDeadline implements net.Conn.
func (s *stream) SetReadDeadline(t time.Time) error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.readBy = t
	s.notify()
	return nil
}

// SetWriteDeadline implements net.Conn.
func (s *stream) SetWriteDeadline(t time.Time) error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.writeBy = t
	s.notify()
	return nil
}
