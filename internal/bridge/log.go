package bridge

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"studioide/internal/message"
)

// LogConfig says how much a Log keeps and how it hands on. The zero value is usable.
type LogConfig struct {
	MaxMessages int                     // 0: 5000
	MaxBytes    int                     // of text kept; 0: 4 MB
	Flush       time.Duration           // least time between two batches; 0: 30 ms
	Batch       int                     // most messages of a batch; 0: 200
	Emit        func([]message.Message) // called by one goroutine, in order; may block, nobody waits for it; nil: nobody listens

	now func() time.Time
}

// Log keeps messages, numbers them, and hands new ones on in batches. Adding
// never waits. When messages come faster than batches can carry them, listeners
// get the newest and a line that says how many are missing; the Log keeps them
// all the same, up to its limits. It is safe for concurrent use.
type Log struct {
	c LogConfig

	mu     sync.Mutex
	ring   []message.Message // grows up to MaxMessages, then wraps
	first  int               // index of the oldest
	count  int
	bytes  int
	seq    int64 // of the newest
	shown  int64 // of the newest handed on
	closed bool
	wake   chan struct{}
	quit   chan struct{}
	done   chan struct{}
}

// messageCost is what a message costs besides its text.
const messageCost = 200

// NewLog returns an empty Log. Close ends its goroutine.
func NewLog(c LogConfig) *Log {
	if c.MaxMessages <= 0 {
		c.MaxMessages = 5000
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = 4 << 20
	}
	if c.Flush <= 0 {
		c.Flush = 30 * time.Millisecond
	}
	if c.Batch <= 0 {
		c.Batch = 200
	}
	if c.now == nil {
		c.now = time.Now
	}
	l := &Log{c: c, wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	if c.Emit == nil {
		close(l.done)
	} else {
		go l.run()
	}
	return l
}

func cost(m *message.Message) int { return messageCost + len(m.Data) + len(m.Path) }

// Add keeps m with the next number, and the time if it has none.
func (l *Log) Add(m message.Message) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	l.seq++
	m.Seq = l.seq
	if m.Time == 0 {
		m.Time = l.c.now().UnixMilli()
	}
	size := cost(&m)
	for l.count > 0 && (l.count == l.c.MaxMessages || l.bytes+size > l.c.MaxBytes) {
		l.bytes -= cost(&l.ring[l.first])
		l.ring[l.first] = message.Message{}
		l.first = (l.first + 1) % len(l.ring)
		l.count--
	}
	if l.count == len(l.ring) && l.count < l.c.MaxMessages { // grow, oldest first
		bigger := make([]message.Message, min(max(2*l.count, 64), l.c.MaxMessages))
		for i := range l.count {
			bigger[i] = l.ring[(l.first+i)%len(l.ring)]
		}
		l.ring, l.first = bigger, 0
	}
	l.ring[(l.first+l.count)%len(l.ring)] = m
	l.count++
	l.bytes += size
	l.mu.Unlock()
	l.poke()
}

// run hands batches on.
func (l *Log) run() {
	defer close(l.done)
	timer := time.NewTimer(0)
	<-timer.C
	for {
		select {
		case <-l.wake:
		case <-l.quit:
			for l.flush() { // the last words
			}
			return
		}
		more := l.flush()
		timer.Reset(l.c.Flush) // what comes now goes with the next batch
		select {
		case <-timer.C:
		case <-l.quit:
			timer.Stop()
			for l.flush() {
			}
			return
		}
		if more {
			l.poke()
		}
	}
}

// poke asks for a batch of what is there.
func (l *Log) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// backlog is how many batches may wait before listeners skip to the newest.
const backlog = 4

// flush hands on one batch and reports whether there is more.
func (l *Log) flush() bool {
	l.mu.Lock()
	waiting := int(min(l.seq-l.shown, int64(l.count)))
	missing := l.seq - l.shown - int64(waiting) // pushed out before anyone saw them
	if waiting > backlog*l.c.Batch {
		missing += int64(waiting - l.c.Batch)
		waiting = l.c.Batch
	}
	if waiting == 0 && missing == 0 {
		l.mu.Unlock()
		return false
	}
	n := min(waiting, l.c.Batch)
	batch := make([]message.Message, 0, n+1)
	if missing > 0 {
		text := fmt.Sprintf("%d messages came faster than they can be shown and are left out here.", missing)
		at := l.at(l.count - waiting)
		batch = append(batch, message.Message{Seq: at.Seq - 1, Time: at.Time, From: at.From, Kind: "log", Level: "warn", Data: text, Size: len(text), Millis: -1})
	}
	for i := range n {
		batch = append(batch, l.at(l.count-waiting+i))
	}
	l.shown = batch[len(batch)-1].Seq
	more := l.shown < l.seq
	l.mu.Unlock()
	l.c.Emit(batch)
	return more
}

// at is the ith kept message, oldest first; mu is held.
func (l *Log) at(i int) message.Message { return l.ring[(l.first+i)%len(l.ring)] }

// Last returns the newest messages, at most n, oldest first; n < 0: all kept.
func (l *Log) Last(n int) []message.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n < 0 || n > l.count {
		n = l.count
	}
	out := make([]message.Message, n)
	for i := range out {
		out[i] = l.at(l.count - n + i)
	}
	return out
}

// Clear forgets all messages; numbers go on.
func (l *Log) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring, l.first, l.count, l.bytes = nil, 0, 0, 0
	l.shown = l.seq
}

// WriteJSONL writes what is kept as JSON Lines, oldest first.
func (l *Log) WriteJSONL(w io.Writer) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for _, m := range l.Last(-1) {
		if err := e.Encode(m); err != nil {
			return err
		}
	}
	return b.Flush()
}

// Close hands on what waits and ends. Later messages are not kept.
func (l *Log) Close() {
	l.mu.Lock()
	was := l.closed
	l.closed = true
	l.mu.Unlock()
	if !was {
		close(l.quit)
	}
	<-l.done
}
