package devlink

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"studio/link"

	"studioide/internal/port"
	"studioide/internal/problem"
)

// Sizes on Studio's side.
const (
	window   = 16 << 10
	txBuffer = 8 << 10
	maxBody  = 2048
	readSize = 32 << 10
	backlog  = 2048 // bytes not sent yet beyond which file traffic stays behind, so that a page does not wait for it
)

// Patience with the board.
const (
	openTimeout   = 2 * time.Second  // for the first sign of Studio's firmware
	silenceLimit  = 3 * time.Second  // for any sign of life while something is asked
	replyTimeout  = 30 * time.Second // for a reply while there is life
	formatTimeout = 2 * time.Minute
	checkEvery    = 250 * time.Millisecond
	aliveBusy     = time.Second     // of silence, then the board is asked whether it is there, when somebody waits for it
	aliveIdle     = 7 * time.Second // the same, when nobody does: both computers sleep meanwhile
)

// Conn is a board's console and link. Its methods may be called from anywhere at any time.
type Conn struct {
	port  port.Port
	text  func([]byte)
	begin time.Time

	kick    chan struct{} // the writer has something to do
	ending  chan struct{} // closed when err is set
	done    chan struct{} // closed by the end of both goroutines
	stopped sync.WaitGroup
	hello   chan struct{} // a Hello is under way when empty

	mu       sync.Mutex
	pipe     link.Pipe
	sendBuf  []byte
	up       bool          // the link is open
	opened   chan struct{} // closed when it is
	down     chan struct{} // closed when it no longer is
	err      error         // why the connection has ended
	stopping bool
	limits   Hello

	urgent   []*record // waiting for room in the pipe
	bulk     []*record // files: only when nothing else waits long
	calls    [256]*Pending
	corked   int // bulk waits for more to go with it
	lastID   byte
	pending  int       // calls in the pipe or waiting
	attended bool      // somebody waits for the board
	since    time.Time // for how long that has been so
	checked  time.Time
	streams  map[byte]*stream
	changed  chan struct{} // closed and replaced when a stream ends
	watches  map[byte]map[*func([]byte)]struct{}
	typed    []*typing
	received int64 // bytes from the line
	written  int64 // bytes to the line
}

// record waits for its turn to enter the pipe.
type record struct {
	channel    byte
	head, body []byte
	call       *Pending
	stream     *stream
}

// Start begins to read p, which is at the board's rate and lines (see port.Take). text gets everything that the board
// prints, in order, in pieces of up to 32 KB that are valid during the call
// only; it is called from one goroutine, which reads nothing meanwhile.
func Start(p port.Port, text func([]byte)) *Conn {
	c := &Conn{
		port: p, text: text, begin: time.Now(),
		kick: make(chan struct{}, 1), ending: make(chan struct{}), done: make(chan struct{}), hello: make(chan struct{}, 1),
		sendBuf: make([]byte, link.FrameSize(maxBody)), down: make(chan struct{}), changed: make(chan struct{}),
		streams: map[byte]*stream{}, watches: map[byte]map[*func([]byte)]struct{}{},
	}
	close(c.down)
	c.hello <- struct{}{}
	c.pipe.Init(link.Config{Host: true, Nonce: rand.Uint32(), RxWindow: window, TxBuffer: txBuffer, MaxBody: maxBody})
	c.pipe.Bye() // not before Hello
	c.pipe.Output(c.sendBuf, 0)
	_ = p.SetReadDeadline(time.Time{}) // a port that is gone says so again when it is read
	c.stopped.Add(2)
	go c.reader()
	go c.writer()
	go func() {
		c.stopped.Wait()
		close(c.done)
	}()
	return c
}

// now is the pipe's clock.
func (c *Conn) now() uint32 { return uint32(time.Since(c.begin).Microseconds()) }

// wake makes the writer look.
func (c *Conn) wake() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// idlest is how long the reader rests at most when the port keeps saying that a
// read deadline has passed that nobody here has set.
const idlest = 250 * time.Millisecond

// reader owns the port's reading side.
func (c *Conn) reader() {
	defer c.stopped.Done()
	early := 0 // deadlines in a row that were not ours
	buf := make([]byte, readSize)
	var text []byte
	keep := func(b []byte) { text = append(text, b...) }
	for {
		n, err := c.port.Read(buf)
		c.mu.Lock()
		switch {
		case err == nil:
			early = 0
		case !errors.Is(err, os.ErrDeadlineExceeded):
			c.fail(err)
		case c.err == nil:
			// A deadline is how fail's callers wake us, and they set it after err: this
			// one is somebody else's. It goes, with mu held so that it cannot be theirs.
			_ = c.port.SetReadDeadline(time.Time{})
			early++
		}
		if c.err != nil && n == 0 { // what came before the end is told, also when the writer has noticed it first
			c.mu.Unlock()
			c.wake()
			return
		}
		if n == 0 && early > 0 {
			c.mu.Unlock()
			c.rest(early)
			continue
		}
		c.received += int64(n)
		text = text[:0]
		c.pipe.Input(buf[:n], c.now(), keep)
		events := c.take()
		c.mu.Unlock()
		c.wake()
		if len(text) > 0 && c.text != nil {
			c.text(text)
		}
		for _, e := range events {
			e.f(e.body)
		}
	}
}

// rest keeps the reader from asking a port without a pause that answers at once
// with nothing: the longer the more often it has done so, until the end.
func (c *Conn) rest(times int) {
	if times < 2 {
		return
	}
	t := time.NewTimer(min(time.Millisecond<<min(times, 10), idlest))
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.ending:
	}
}

// take handles what the pipe has: mu is held. It returns the events to be told without it.
func (c *Conn) take() []event {
	var events []event
	if c.pipe.Restarted() && !c.up {
		c.up = true
		close(c.opened)
	}
	for channel, payload, ok := c.pipe.Next(); ok; channel, payload, ok = c.pipe.Next() {
		switch s := c.streams[channel]; {
		case channel != link.ChannelCalls:
			if s != nil {
				s.got(payload)
			}
		case len(payload) >= 3 && payload[0] != 0:
			c.gotReply(payload)
		case len(payload) >= 2 && payload[0] == 0:
			events = c.gotEvent(events, payload[1], payload[2:])
		}
	}
	if c.up && c.pipe.Broken() {
		c.closeLink(errRestarted)
	}
	return events
}

// writer owns the port's writing side.
func (c *Conn) writer() {
	defer c.stopped.Done()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		c.mu.Lock()
		c.attendLocked()
		c.check()
		stopping := c.stopping
		if !stopping {
			c.fill()
		}
		n := c.pipe.Output(c.sendBuf, c.now())
		out := c.sendBuf[:n]
		if n == 0 && !stopping {
			out = c.nextTyped()
		}
		wait := c.wait()
		c.written += int64(len(out))
		gone := c.err != nil && !stopping
		c.mu.Unlock()
		if gone {
			return
		}
		if len(out) > 0 {
			if _, err := c.port.Write(out); err != nil {
				c.mu.Lock()
				c.fail(err)
				c.mu.Unlock()
				_ = c.port.SetReadDeadline(time.Now()) // the reader finds out too
				return
			}
			continue
		}
		if stopping {
			return
		}
		timer.Reset(wait)
		select {
		case <-c.kick:
		case <-timer.C:
		}
	}
}

// wait is how long the writer may sleep.
func (c *Conn) wait() time.Duration {
	wait := time.Hour
	if us, ok := c.pipe.Wait(c.now()); ok {
		wait = time.Duration(us) * time.Microsecond
	}
	if c.up && c.busy() {
		wait = min(wait, checkEvery)
	}
	return wait
}

// fill moves waiting records into the pipe.
func (c *Conn) fill() {
	if !c.up {
		return
	}
	for len(c.urgent) > 0 && c.enter(c.urgent[0]) {
		c.urgent = c.urgent[1:]
	}
	for len(c.urgent) == 0 && len(c.bulk) > 0 && c.corked == 0 && c.pipe.Unsent() < backlog && c.enter(c.bulk[0]) {
		c.bulk = c.bulk[1:]
	}
}

// enter gives r to the pipe, or says that it has to wait.
func (c *Conn) enter(r *record) bool {
	size := len(r.head) + len(r.body)
	if size > c.pipe.Room() {
		if !c.pipe.Idle() {
			return false
		}
		if r.call != nil { // it will never fit
			c.finish(r.call, nil, statusProblem(r.call.op, link.StatusTooLong))
		}
		return true
	}
	if r.call != nil {
		id, ok := c.freeID()
		if !ok {
			return false
		}
		r.head[0] = id
		r.call.id = id
		r.call.since = time.Now()
		c.calls[id] = r.call
	}
	c.pipe.Send(r.channel, r.head, r.body)
	if r.stream != nil {
		r.stream.queued -= size - 1
		r.stream.notify()
	}
	return true
}

// busy tells whether somebody waits for the board.
func (c *Conn) busy() bool { return c.pending > 0 || len(c.streams) > 0 }

// attendLocked asks often whether the board is there while somebody waits for it, and seldom else.
func (c *Conn) attendLocked() {
	busy := c.busy()
	if busy == c.attended {
		return
	}
	c.attended, c.since = busy, time.Now()
	every := aliveIdle
	if busy {
		every = aliveBusy
	}
	c.pipe.SetKeepAlive(uint32(every.Microseconds()), c.now())
}

// check gives up on a board that no longer answers: mu is held.
func (c *Conn) check() {
	now := time.Now()
	if !c.up || !c.busy() || now.Sub(c.checked) < checkEvery {
		return
	}
	c.checked = now
	patience := silenceLimit
	for _, p := range c.calls {
		if p == nil {
			continue
		}
		if p.op == link.OpFormat {
			patience = formatTimeout
		}
		if now.Sub(p.since) > max(replyTimeout, patience) && !p.over() {
			c.finish(p, nil, ErrNoAnswer)
		}
	}
	if time.Duration(c.pipe.Silence(c.now()))*time.Microsecond > patience && now.Sub(c.since) > patience {
		c.closeLink(ErrNoAnswer)
	}
}

// closeLink ends everything that goes over the link, with why: mu is held.
func (c *Conn) closeLink(why error) {
	c.up = false
	select {
	case <-c.down:
	default:
		close(c.down)
	}
	c.pipe.Bye()
	for _, r := range append(c.urgent, c.bulk...) {
		if r.call != nil {
			c.finish(r.call, nil, why)
		}
	}
	c.urgent, c.bulk = nil, nil
	for id, p := range c.calls {
		if p != nil {
			c.finish(p, nil, why)
			c.calls[id] = nil
		}
	}
	for _, s := range c.streams {
		s.end(why)
	}
	c.wake()
}

// fail ends the connection: mu is held.
func (c *Conn) fail(err error) {
	if c.err != nil {
		return
	}
	switch {
	case c.stopping:
		c.err = errReleased
	case err == nil || errors.Is(err, port.ErrGone):
		c.err = port.ErrUnplugged.Because(port.ErrGone)
	default:
		c.err = port.ErrUnplugged.Because(err)
	}
	close(c.ending)
	c.closeLink(c.err)
	for _, t := range c.typed {
		t.finish(c.err)
	}
	c.typed = nil
}

// Done is closed when the port is gone or was given back.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err says why the connection has ended; nil while it lives.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Alive tells whether the link is open.
func (c *Conn) Alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.up
}

// Down is closed when the link that is open now ends: the board restarts, goes
// silent or goes away. Without an open link it is closed already.
func (c *Conn) Down() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.down
}

// Traffic is how many bytes went over the line so far, text included.
func (c *Conn) Traffic() (in, out int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.received, c.written
}

// Release ends the link, tells the board so, and gives the port back, for
// another user to take (port.Take), or nil when it is gone (and closed). Everything under way fails with link.released.
func (c *Conn) Release() port.Port {
	c.mu.Lock()
	gone := c.err != nil && !c.stopping
	if !gone {
		c.stopping = true
		c.fail(nil)
	}
	c.mu.Unlock()
	c.wake()
	_ = c.port.SetReadDeadline(time.Now()) // wakes the reader
	<-c.done
	if gone || c.port.SetReadDeadline(time.Time{}) != nil {
		c.port.Close()
		return nil
	}
	return c.port
}

// await waits for done, for ctx, or for the end of the connection.
func (c *Conn) await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-c.done:
		select {
		case <-done:
			return nil
		default:
			return c.Err()
		}
	case <-ctx.Done():
		return contextProblem(ctx)
	}
}

// contextProblem says in a user's words why ctx ended.
func contextProblem(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrNoAnswer.Because(ctx.Err())
	}
	return problem.Cancelled.Because(ctx.Err())
}
