package virtual

import (
	"context"
	"errors"
	"sync"
	"time"
)

// batch bounds how often a slow line wakes its reader.
const batch = time.Millisecond

// chunk is some bytes on their way. Byte i has arrived at at + (i+1)·per.
type chunk struct {
	b   []byte
	at  time.Time
	per time.Duration
}

// line is one direction of the serial line: bytes with the times when they arrive.
// One goroutine receives; any may send.
type line struct {
	clock   Clock
	mu      sync.Mutex
	changed sync.Cond
	chunks  []chunk
	size    int       // bytes under way and not yet received
	free    time.Time // when the last byte sent will have left
}

func newLine(c Clock) *line {
	l := &line{clock: c}
	l.changed.L = &l.mu
	return l
}

// send takes ownership of b. per is the time of one byte, delay comes on top for the whole chunk.
func (l *line) send(b []byte, per, delay time.Duration) {
	if len(b) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	at := time.Time{}
	if per > 0 || delay > 0 {
		at = l.clock.Now()
		if at.Before(l.free) {
			at = l.free
		}
		at = at.Add(delay)
		l.free = at.Add(time.Duration(len(b)) * per)
	} else if l.size > 0 && !l.free.IsZero() { // never overtake what was delayed
		at = l.free
	}
	l.chunks = append(l.chunks, chunk{b, at, per})
	l.size += len(b)
	l.changed.Broadcast()
}

// arrived returns how many bytes of the first chunk are there, and else how long to wait.
func (l *line) arrived() (n int, wait time.Duration) {
	c := &l.chunks[0]
	if c.at.IsZero() {
		return len(c.b), 0
	}
	since := l.clock.Now().Sub(c.at)
	if c.per == 0 {
		if since >= 0 {
			return len(c.b), 0
		}
		return 0, -since
	}
	least := min(len(c.b), int(batch/c.per)+1)
	n = min(len(c.b), int(since/c.per))
	if since >= 0 && n >= least {
		return n, 0
	}
	return 0, time.Duration(least)*c.per - since
}

// receive returns up to limit bytes, whose memory is the caller's from then on. It waits
// until some are there or stopped returns an error; whoever changes what
// stopped looks at calls wake. stopped is called with the line locked.
func (l *line) receive(limit int, stopped func() error) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if err := stopped(); err != nil {
			if !errors.Is(err, errTimeout) || l.size == 0 {
				return nil, err
			}
			if n, _ := l.arrived(); n == 0 {
				return nil, err
			}
		}
		var wait time.Duration = -1
		if len(l.chunks) > 0 {
			var n int
			if n, wait = l.arrived(); n > 0 {
				n = min(n, limit)
				c := &l.chunks[0]
				b := c.b[:n:n]
				c.b = c.b[n:]
				if !c.at.IsZero() {
					c.at = c.at.Add(time.Duration(n) * c.per)
				}
				if len(c.b) == 0 {
					l.chunks[0] = chunk{}
					if l.chunks = l.chunks[1:]; len(l.chunks) == 0 {
						l.chunks = nil
					}
				}
				l.size -= n
				l.changed.Broadcast()
				return b, nil
			}
		}
		l.waitLocked(wait)
	}
}

// waitLocked waits for a change, or for at most d when d is not negative. l.mu is held.
func (l *line) waitLocked(d time.Duration) {
	if d >= 0 {
		stop := l.clock.AfterFunc(d, l.wake)
		defer stop()
	}
	l.changed.Wait()
}

func (l *line) wake() {
	l.mu.Lock()
	l.changed.Broadcast()
	l.mu.Unlock()
}

// room waits until fewer than limit bytes are under way.
func (l *line) room(limit int, stopped func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if err := stopped(); err != nil {
			return err
		}
		if l.size < limit {
			return nil
		}
		l.changed.Wait()
	}
}

// left waits until everything sent will have left within slack.
func (l *line) left(slack time.Duration, stopped func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if err := stopped(); err != nil {
			return err
		}
		now := l.clock.Now()
		if !now.Add(slack).Before(l.free) {
			return nil
		}
		l.waitLocked(l.free.Sub(now) - slack)
	}
}

// clear drops everything under way.
func (l *line) clear() {
	l.mu.Lock()
	l.chunks, l.size = nil, 0
	l.changed.Broadcast()
	l.mu.Unlock()
}

// until returns a stopped function for ctx, and arranges that its end wakes the line.
func (l *line) until(ctx context.Context) (stopped func() error, release func()) {
	stop := context.AfterFunc(ctx, l.wake)
	return ctx.Err, func() { stop() }
}
