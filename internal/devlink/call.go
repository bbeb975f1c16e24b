package devlink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"studio/link"

	"studioide/internal/problem"
)

// StatusError is a reply that says no. It is the cause of the problem that a
// failed call returns; find it with errors.As.
type StatusError struct {
	Op     byte
	Status link.Status
	Result []byte // what came with it
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("link: request %02x: status %d", e.Op, e.Status)
}

// HasStatus tells whether err is a reply with that status.
func HasStatus(err error, s link.Status) bool {
	var e *StatusError
	return errors.As(err, &e) && e.Status == s
}

// statusProblem puts a status into words.
func statusProblem(op byte, s link.Status, result ...byte) error {
	cause := &StatusError{Op: op, Status: s, Result: result}
	var p *problem.Problem
	switch s {
	case link.StatusNotFound:
		p = ErrNoFile
	case link.StatusNoSpace:
		p = ErrNoSpace
	case link.StatusBadHash:
		p = ErrDamaged
	case link.StatusFlashFailed:
		p = errFlashFailed
	case link.StatusBusy:
		p = ErrBusy
	case link.StatusTooLong:
		p = errTooLong
	case link.StatusRefused:
		p = errRefused
	case link.StatusUnsupported:
		p = errUnsupported
	default:
		p = errFailed
	}
	return p.Because(cause)
}

// Pending is a request on its way.
type Pending struct {
	op     byte
	id     byte
	since  time.Time // when it entered the pipe
	done   chan struct{}
	result []byte
	err    error
	conn   *Conn
	stream *stream // of a DIAL
}

// over tells whether nobody waits any more; its id stays taken until the reply comes.
func (p *Pending) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Wait returns the result. A status other than done is a problem whose cause
// is a *StatusError. When ctx ends, the request is no longer waited for; the
// board may still have done it.
func (p *Pending) Wait(ctx context.Context) ([]byte, error) {
	if err := p.conn.await(ctx, p.done); err != nil {
		p.conn.drop(p, err)
	}
	<-p.done
	return p.result, p.err
}

// Go sends a request without waiting for its result. Requests about files
// (10 to 19) go out in the order of these calls and leave the way clear for
// all others, which have an order of their own.
func (c *Conn) Go(op byte, args ...[]byte) *Pending { return c.start(op, nil, args...) }

func (c *Conn) start(op byte, s *stream, args ...[]byte) *Pending {
	p := &Pending{op: op, done: make(chan struct{}), conn: c, stream: s}
	r := &record{channel: link.ChannelCalls, head: []byte{0, op}, call: p}
	for _, a := range args {
		r.body = append(r.body, a...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending++
	switch {
	case c.err != nil:
		c.finish(p, nil, c.err)
	case !c.up:
		c.finish(p, nil, errNotThere)
	case op >= link.OpRoot && op < link.OpDial:
		c.bulk = append(c.bulk, r)
	default:
		c.urgent = append(c.urgent, r)
	}
	c.wake()
	return p
}

// Call sends a request and waits for its result (see Pending.Wait).
func (c *Conn) Call(ctx context.Context, op byte, args []byte) ([]byte, error) {
	return c.Go(op, args).Wait(ctx)
}

// Cork holds file requests back until release is called, so that several small
// ones share a frame. Do not wait for a reply in between.
func (c *Conn) Cork() (release func()) {
	c.mu.Lock()
	c.corked++
	c.mu.Unlock()
	return func() {
		c.mu.Lock()
		c.corked--
		c.mu.Unlock()
		c.wake()
	}
}

// finish ends p once: mu is held.
func (c *Conn) finish(p *Pending, result []byte, err error) {
	if p.over() {
		return
	}
	p.result, p.err = result, err
	c.pending--
	close(p.done)
}

// drop stops waiting for p.
func (c *Conn) drop(p *Pending, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish(p, nil, why)
	keep := func(list []*record) []*record {
		left := list[:0:0]
		for _, r := range list {
			if r.call != p {
				left = append(left, r)
			}
		}
		return left
	}
	c.urgent, c.bulk = keep(c.urgent), keep(c.bulk)
}

// freeID finds an id that no reply can come for.
func (c *Conn) freeID() (byte, bool) {
	for range 255 {
		if c.lastID++; c.lastID == 0 {
			c.lastID = 1
		}
		if c.calls[c.lastID] == nil {
			return c.lastID, true
		}
	}
	return 0, false
}

// gotReply ends the call that a reply belongs to: mu is held.
func (c *Conn) gotReply(b []byte) {
	p := c.calls[b[0]]
	if p == nil || b[1] != p.op|link.Reply {
		return
	}
	c.calls[b[0]] = nil
	result := append([]byte(nil), b[3:]...)
	if s := link.Status(b[2]); s != link.StatusDone {
		c.finish(p, nil, statusProblem(p.op, s, result...))
		return
	}
	if s := p.stream; s != nil && len(result) >= 2 {
		s.live = true // what came before this was for the channel's last user
		s.credit = int(link.GetU16(result))
	}
	c.finish(p, result, nil)
}

type event struct {
	f    func([]byte)
	body []byte
}

// gotEvent collects whom to tell: mu is held.
func (c *Conn) gotEvent(events []event, op byte, body []byte) []event {
	if len(c.watches[op]) == 0 {
		return events
	}
	body = append([]byte(nil), body...)
	for f := range c.watches[op] {
		events = append(events, event{*f, body})
	}
	return events
}

// Watch calls f for every event op, in order, from the goroutine that reads: f
// must not wait. It goes on over restarts of the board until stop is called.
func (c *Conn) Watch(op byte, f func(body []byte)) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watches[op] == nil {
		c.watches[op] = map[*func([]byte)]struct{}{}
	}
	c.watches[op][&f] = struct{}{}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.watches[op], &f)
	}
}
