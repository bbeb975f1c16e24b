package bridge

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"
	"sync"
	"time"

	"studioide/internal/api"
)

// LogConfig says how much a Log keeps and how it hands on. The zero value is usable.
type LogConfig struct {
	MaxMessages int                 // 0: 5000
	MaxBytes    int                 // of text kept; 0: 4 MB
	Flush       time.Duration       // least time between two batches; 0: 30 ms
	Batch       int                 // most messages of a batch; 0: 200
	Emit        func([]api.Message) // called by one goroutine, in order; may block, nobody waits for it; nil: nobody listens
	Record      func(api.Message)   // gets every message, whole and each time that it comes, in order; must not block; nil: nobody records

	now func() time.Time
}

// Log keeps messages, numbers them, and hands new ones on in batches. Adding
// never waits. When messages come faster than batches can carry them, listeners
// get the newest, whose numbers say how many are missing; the Log keeps them
// all the same, up to its limits. It is safe for concurrent use.
type Log struct {
	c LogConfig

	mu      sync.Mutex
	ring    []api.Message // grows up to MaxMessages, then wraps
	first   int           // index of the oldest
	count   int
	bytes   int
	seq     int64   // of the newest
	shown   int64   // of the newest handed on
	cleared int64   // of the newest that was cleared away
	again   []int64 // numbers of messages that came again since they were handed on
	closed  bool
	wake    chan struct{}
	quit    chan struct{}
	done    chan struct{}
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

func cost(m *api.Message) int {
	n := messageCost + len(m.Data) + len(m.Path) + len(m.Head) + len(m.Closing)*messageCost
	if h := m.Handshake; h != nil {
		n += messageCost + len(h.Request) + len(h.Answer)
	}
	return n
}

// Add keeps m with the next number, and the time if it has none.
func (l *Log) Add(m api.Message) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	if m.Time == 0 {
		m.Time = l.c.now().UnixMilli()
	}
	if l.c.Record != nil {
		l.c.Record(m)
	}
	if i := l.repeated(&m); i >= 0 {
		kept := &l.ring[(l.first+i)%len(l.ring)]
		kept.Count = max(kept.Count, 1) + max(m.Count, 1)
		kept.Time = m.Time
		kept.Millis = m.Millis
		if m.Handshake != nil { // the newest is what people look at
			l.bytes += cost(&m) - cost(kept)
			kept.Handshake = m.Handshake
		}
		if m.Closing != nil {
			l.bytes += (len(m.Closing) - len(kept.Closing)) * messageCost
			kept.Closing = m.Closing
		}
		if kept.Seq <= l.shown && !slices.Contains(l.again, kept.Seq) {
			l.again = append(l.again, kept.Seq)
		}
		l.mu.Unlock()
		l.poke()
		return
	}
	l.seq++
	m.Seq = l.seq
	size := cost(&m)
	for l.count > 0 && (l.count == l.c.MaxMessages || l.bytes+size > l.c.MaxBytes) {
		l.bytes -= cost(&l.ring[l.first])
		l.ring[l.first] = api.Message{}
		l.first = (l.first + 1) % len(l.ring)
		l.count--
	}
	if l.count == len(l.ring) && l.count < l.c.MaxMessages { // grow, oldest first
		bigger := make([]api.Message, min(max(2*l.count, 64), l.c.MaxMessages))
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

const (
	repeatBack = 20               // messages between two that are one
	repeatTime = int64(15 * 1000) // milliseconds between them
)

// repeated finds the kept message that m says again, oldest 0; -1: none. What
// sockets carry is never one: only Studio's own words about them are, what the
// page prints twice in a row, and a socket that opens and closes with nothing between but the gap.
func (l *Log) repeated(m *api.Message) int {
	back := 0
	switch {
	case m.Kind == "error", m.Kind == "log" && m.Count > 0:
		back = repeatBack
	case m.Kind == "log":
		back = 1
	case m.Kind == "open", m.Kind == "close", m.Kind == "gap":
		back = 3
	}
	for i := l.count - 1; i >= 0 && i >= l.count-back; i-- {
		k := l.at(i)
		if k.Kind == m.Kind && k.From == m.From && k.Data == m.Data && k.Code == m.Code && k.Level == m.Level && k.Path == m.Path && k.Line == m.Line &&
			k.Column == m.Column && (k.From == "page" || k.Conn == m.Conn) && m.Time-k.Time < repeatTime {
			return i
		}
		if back == 3 && k.Kind != "open" && k.Kind != "close" && k.Kind != "gap" {
			break
		}
	}
	return -1
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
	var again []api.Message
	for _, seq := range l.again {
		if i := l.count - 1 - int(l.seq-seq); i >= 0 {
			again = append(again, Cut(l.at(i)))
		}
	}
	l.again = nil
	waiting := int(min(l.seq-l.shown, int64(l.count)))
	if waiting > backlog*l.c.Batch {
		waiting = l.c.Batch
	}
	if waiting == 0 {
		l.mu.Unlock()
		if len(again) > 0 {
			l.c.Emit(again)
		}
		return false
	}
	n := min(waiting, l.c.Batch)
	batch := append(make([]api.Message, 0, len(again)+n), again...)
	for i := range n {
		batch = append(batch, Cut(l.at(l.count-waiting+i)))
	}
	l.shown = batch[len(batch)-1].Seq
	more := l.shown < l.seq
	l.mu.Unlock()
	l.c.Emit(batch)
	return more
}

// at is the ith kept message, oldest first; mu is held.
func (l *Log) at(i int) api.Message { return l.ring[(l.first+i)%len(l.ring)] }

// shownData is how much of a message listeners get: 4 KB of text, 3 KB of bytes.
const shownData = 4096

// Cut is m as listeners get it: the beginning of what is long.
func Cut(m api.Message) api.Message {
	if len(m.Data) <= shownData {
		return m
	}
	if m.Binary {
		m.Data = m.Data[:shownData] // whole groups of base64
	} else {
		m.Data = textOf(false, []byte(m.Data[:shownData]), int64(len(m.Data)))
	}
	return m
}

// Last returns the newest messages as listeners get them, at most n, oldest first; n < 0: all kept.
func (l *Log) Last(n int) []api.Message {
	out := l.last(n)
	for i := range out {
		out[i] = Cut(out[i])
	}
	return out
}

func (l *Log) last(n int) []api.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n < 0 || n > l.count {
		n = l.count
	}
	out := make([]api.Message, n)
	for i := range out {
		out[i] = l.at(l.count - n + i)
	}
	return out
}

// Cleared is the number of the last message that Clear took away; 0: none.
func (l *Log) Cleared() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cleared
}

// Message is the one with that number, whole; false when it is no longer kept.
func (l *Log) Message(seq int64) (api.Message, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	back := l.seq - seq
	if back < 0 || back >= int64(l.count) {
		return api.Message{}, false
	}
	return l.at(l.count - 1 - int(back)), true
}

// Clear forgets all messages; numbers go on.
func (l *Log) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring, l.first, l.count, l.bytes, l.again = nil, 0, 0, 0, nil
	l.shown, l.cleared = l.seq, l.seq
}

// WriteJSONL writes what is kept as JSON Lines, oldest first.
func (l *Log) WriteJSONL(w io.Writer) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for _, m := range l.last(-1) {
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
