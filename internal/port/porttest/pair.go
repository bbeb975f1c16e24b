// Package porttest has a serial line in memory for tests, and the suite that
// every port driver has to pass.
//
//	host, board := porttest.Pair(porttest.Options{Timing: true, Baud: 921600})
//	go chip(board)          // the far end: Read and Write as a board's UART would
//	err := flash(ctx, host) // the near end is a port.Port
//	host.Unplug()           // both ends are gone from here on
//
// All waiting is done with channels and timers, so inside of a
// testing/synctest bubble the clock is simulated: hours of line time pass in
// no time, and exactly.
package porttest

import (
	"math/bits"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"studioide/internal/port"
)

// Options of a Pair. The zero value is a perfect line at 115200 baud that takes no time.
type Options struct {
	Baud   int  // both ends' rate at the start; 0: 115200
	Timing bool // a byte takes 10 bits at its sender's rate, and Write blocks once 4096 bytes wait for the line

	ToBoard, ToHost Direction // what happens to the bytes on their way

	// Receive buffers in bytes; 0: 256 KB. A full one holds the sender back,
	// or with Overrun loses what arrives, as a UART and TinyGo's USB CDC ring do.
	BoardBuffer, HostBuffer int
	Overrun                 bool

	NoLines bool                // SetLines gives ErrNoLines, as a pty does
	OnLines func(dtr, rts bool) // host has called SetLines; runs before SetLines returns

	AnyBaud bool  // ends with different rates understand each other; else they read garbage
	Seed    int64 // of the faults
}

// Direction is what one direction does to its bytes. Loss and Flip are
// probabilities per byte; a flipped byte has one wrong bit.
type Direction struct {
	Delay time.Duration // every byte arrives this much later (a board's turn-around, a USB latency timer); it does not cost throughput
	Loss  float64
	Flip  float64
	Tap   func(p []byte) []byte // sees every Write first and says what goes on the line; may return p, must not keep it
}

// End is one end of a Pair. It is a port.Port; the board's end has no modem lines.
type End struct {
	line     *line
	out, in  *wire // shared with the other end, crosswise
	host     bool
	rate     int
	deadline time.Time
	closed   bool
}

// line is what both ends share; mu guards all of it and of both wires.
type line struct {
	o    Options
	mu   sync.Mutex
	wake chan struct{} // closed and replaced whenever something changes
	gone bool
}

// wire is one direction.
type wire struct {
	dir   Direction
	rand  *rand.Rand
	free  time.Time // when the last byte so far will have left its sender
	fly   []segment // on the way, in order
	flyN  int
	ring  []chunk // received, not read
	ringN int
	size  int // of the receive buffer
	sent  int64
	lost  int64
}

type segment struct {
	data  []byte
	start time.Time // when its first bit leaves, plus the delay
	rate  int
}

type chunk struct {
	data []byte
	rate int
}

const (
	txBuffer = 4096
	quantum  = 64 // a reader that waits is woken for this many bytes, or what there is
)

// Pair returns the two ends of a new line.
func Pair(o Options) (host, board *End) {
	if o.Baud == 0 {
		o.Baud = 115200
	}
	l := &line{o: o, wake: make(chan struct{})}
	size := func(n int) int {
		if n == 0 {
			return 256 << 10
		}
		return n
	}
	down := &wire{dir: o.ToBoard, size: size(o.BoardBuffer), rand: rand.New(rand.NewPCG(uint64(o.Seed), 1))}
	up := &wire{dir: o.ToHost, size: size(o.HostBuffer), rand: rand.New(rand.NewPCG(uint64(o.Seed), 2))}
	host = &End{line: l, out: down, in: up, host: true, rate: o.Baud}
	board = &End{line: l, out: up, in: down, rate: o.Baud}
	return host, board
}

// Unplug makes both ends report ErrGone from now on. It may be called from anywhere, also more than once.
func (e *End) Unplug() {
	e.line.mu.Lock()
	defer e.line.mu.Unlock()
	e.line.gone = true
	e.line.changed()
}

// SetFaults replaces loss and flip probabilities of what this end sends from now on.
func (e *End) SetFaults(loss, flip float64) {
	e.line.mu.Lock()
	defer e.line.mu.Unlock()
	e.out.dir.Loss, e.out.dir.Flip = loss, flip
}

// Sent is how many bytes this end has put on the line.
func (e *End) Sent() int64 {
	e.line.mu.Lock()
	defer e.line.mu.Unlock()
	return e.out.sent
}

// Lost is how many of this end's bytes were lost on their way or in a full receive buffer.
func (e *End) Lost() int64 {
	e.line.mu.Lock()
	defer e.line.mu.Unlock()
	return e.out.lost
}

// Baud is this end's rate.
func (e *End) Baud() int {
	e.line.mu.Lock()
	defer e.line.mu.Unlock()
	return e.rate
}

// Read implements port.Port.
func (e *End) Read(p []byte) (int, error) {
	l := e.line
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if l.gone || e.closed {
			return 0, port.ErrGone
		}
		now := time.Now()
		if e.in.arrive(now, l.o) {
			l.changed()
		}
		if e.in.ringN > 0 || len(p) == 0 {
			n := e.take(p)
			l.changed() // there is room again
			return n, nil
		}
		if !e.deadline.IsZero() && !now.Before(e.deadline) {
			return 0, os.ErrDeadlineExceeded
		}
		until := e.deadline
		if next, ok := e.in.next(l.o); ok && (until.IsZero() || next.Before(until)) {
			until = next
		}
		l.wait(until)
	}
}

// Write implements port.Port.
func (e *End) Write(p []byte) (int, error) {
	l := e.line
	l.mu.Lock()
	defer l.mu.Unlock()
	w, total := e.out, len(p)
	if w.dir.Tap != nil {
		p = w.dir.Tap(append([]byte(nil), p...))
	}
	for {
		if l.gone || e.closed {
			return 0, port.ErrGone
		}
		if len(p) == 0 {
			return total, nil
		}
		now := time.Now()
		w.arrive(now, l.o)
		var until time.Time
		room := w.size - w.ringN - w.flyN
		if l.o.Overrun {
			room = len(p)
		}
		if l.o.Timing {
			if ahead := w.free.Sub(now); ahead > 0 {
				space := txBuffer - bytesIn(ahead, e.rate)
				if space < 1 {
					until = now.Add(timeOf(-space+1, e.rate))
				}
				room = min(room, space)
			}
			room = min(room, txBuffer)
		}
		if room < 1 {
			l.wait(until)
			continue
		}
		n := min(room, len(p))
		w.put(p[:n], now, e.rate, l.o)
		p = p[n:]
		l.changed()
	}
}

// SetReadDeadline implements port.Port; it also reaches a Read that is waiting.
func (e *End) SetReadDeadline(t time.Time) error {
	e.line.mu.Lock()
	defer e.line.mu.Unlock()
	if e.line.gone || e.closed {
		return port.ErrGone
	}
	e.deadline = t
	e.line.changed()
	return nil
}

// SetBaud implements port.Port.
func (e *End) SetBaud(rate int) error {
	l := e.line
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if l.gone || e.closed {
			return port.ErrGone
		}
		if !l.o.Timing || !e.out.free.After(time.Now()) {
			e.rate = rate
			return nil
		}
		l.wait(e.out.free)
	}
}

// SetLines implements port.Port.
func (e *End) SetLines(dtr, rts bool) error {
	e.line.mu.Lock()
	gone := e.line.gone || e.closed
	e.line.mu.Unlock()
	switch {
	case gone:
		return port.ErrGone
	case !e.host || e.line.o.NoLines:
		return port.ErrNoLines
	}
	if e.line.o.OnLines != nil {
		e.line.o.OnLines(dtr, rts)
	}
	return nil
}

// Discard implements port.Port.
func (e *End) Discard() error {
	l := e.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone || e.closed {
		return port.ErrGone
	}
	e.in.arrive(time.Now(), l.o)
	e.in.ring, e.in.ringN = nil, 0
	l.changed()
	return nil
}

// Close implements port.Port. The other end does not notice: what it sends stays unread.
func (e *End) Close() error {
	e.line.mu.Lock()
	defer e.line.mu.Unlock()
	e.closed = true
	e.in.size = 1 << 62 // nobody reads any more: do not hold the sender
	e.line.changed()
	return nil
}

// take moves received bytes into p, as garbage when they came at another rate.
func (e *End) take(p []byte) int {
	w, n := e.in, 0
	for n < len(p) && len(w.ring) > 0 {
		c := &w.ring[0]
		k := copy(p[n:], c.data)
		if d := c.rate - e.rate; !e.line.o.AnyBaud && (d > e.rate/25 || -d > e.rate/25) {
			for i := range p[n : n+k] {
				p[n+i] = p[n+i]*0x3b ^ 0xa5
			}
		}
		n += k
		if c.data = c.data[k:]; len(c.data) == 0 {
			w.ring = w.ring[1:]
		}
	}
	w.ringN -= n
	return n
}

// put sends p, with the wire's faults.
func (w *wire) put(p []byte, now time.Time, rate int, o Options) {
	w.sent += int64(len(p))
	data := append(make([]byte, 0, len(p)), p...)
	if w.dir.Loss > 0 || w.dir.Flip > 0 {
		kept := data[:0]
		for _, b := range data {
			if w.rand.Float64() < w.dir.Loss {
				w.lost++
				continue
			}
			if w.rand.Float64() < w.dir.Flip {
				b ^= 1 << w.rand.IntN(8)
			}
			kept = append(kept, b)
		}
		data = kept
	}
	start := now
	if o.Timing {
		if w.free.After(now) {
			start = w.free
		}
		w.free = start.Add(timeOf(len(p), rate))
	}
	if len(data) > 0 {
		w.fly = append(w.fly, segment{data, start.Add(w.dir.Delay), rate})
		w.flyN += len(data)
	}
}

// arrive moves what has arrived by now to the receive buffer.
func (w *wire) arrive(now time.Time, o Options) (some bool) {
	for len(w.fly) > 0 {
		s := &w.fly[0]
		if now.Before(s.start) {
			break
		}
		n := len(s.data)
		if o.Timing {
			n = min(n, bytesIn(now.Sub(s.start), s.rate))
		}
		if n == 0 {
			break
		}
		some = true
		keep := n
		if o.Overrun {
			keep = min(n, max(0, w.size-w.ringN))
			w.lost += int64(n - keep)
		}
		if keep > 0 {
			w.ring = append(w.ring, chunk{s.data[:keep:keep], s.rate})
			w.ringN += keep
		}
		w.flyN -= n
		if n < len(s.data) {
			s.data = s.data[n:]
			s.start = s.start.Add(timeOf(n, s.rate))
			break
		}
		w.fly = w.fly[1:]
	}
	return some
}

// next is when a waiting reader has something to get.
func (w *wire) next(o Options) (time.Time, bool) {
	if len(w.fly) == 0 {
		return time.Time{}, false
	}
	s := w.fly[0]
	if !o.Timing {
		return s.start, true
	}
	return s.start.Add(timeOf(min(len(s.data), quantum), s.rate)), true
}

// changed wakes whoever waits.
func (l *line) changed() {
	close(l.wake)
	l.wake = make(chan struct{})
}

// wait gives mu away until something changes or the time comes; the zero time never comes.
func (l *line) wait(until time.Time) {
	wake := l.wake
	l.mu.Unlock()
	defer l.mu.Lock()
	if until.IsZero() {
		<-wake
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-wake:
	case <-timer.C:
	}
}

// timeOf is how long n bytes take, rounded up so that bytesIn(timeOf(n)) is n.
func timeOf(n, rate int) time.Duration {
	return time.Duration((int64(n)*10_000_000_000 + int64(rate) - 1) / int64(rate))
}

func bytesIn(d time.Duration, rate int) int {
	if d <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(min(d, time.Hour)), uint64(rate)) // no overflow at any rate
	n, _ := bits.Div64(hi, lo, 10_000_000_000)
	return int(n)
}
