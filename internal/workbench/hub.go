package workbench

import (
	"context"
	"slices"
	"sync"
	"time"

	"studioide/internal/api"
)

// What may wait for one page. Of what comes in floods the oldest is left out; a page that falls further behind with
// the rest gets a new snapshot instead.
const (
	queueEvents = 1000
	queueBytes  = 4 << 20
	floodBytes  = 256 << 10
	ahead       = 64 << 10 // that a paced page gets before it has taken what it got
)

// Hub hands events to every page that listens. Publish never waits for anybody.
type Hub struct {
	mu      sync.Mutex
	clients map[*Client]struct{}
	watched chan struct{} // closed while there are clients; nil: nobody has asked since the last one left
}

// Client is one listening page.
type Client struct {
	ID    string
	hub   *Hub
	wake  chan struct{}
	paced bool

	// guarded by hub.mu
	queue  []queued
	bytes  int // that wait
	flood  int // of them, those that may be left out
	behind bool
	sizes  []int // of the events that a paced page has got and not taken
	onWay  int   // their bytes
}

// queued is an event that waits for a page.
type queued struct {
	line  []byte
	event api.Event
	lost  int64 // lines of the console that were left out before it
}

// isFlood tells that an event is more of what the board prints or says, which comes as fast as the board likes.
func (q *queued) isFlood() bool {
	return q.event.Console != nil && !q.event.Console.Clear || q.event.Message != nil && len(*q.event.Message) > 0
}

// Publish encodes the event once and queues it for every page.
func (h *Hub) Publish(e api.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.clients) == 0 {
		return
	}
	if e.Time == 0 {
		e.Time = time.Now().UnixMilli()
	}
	line := encode(e)
	for c := range h.clients {
		c.pushLocked(queued{line: line, event: e})
	}
}

func encode(e api.Event) []byte {
	b, err := api.Marshal(e)
	if err != nil {
		panic("workbench: an event that cannot be encoded: " + err.Error()) // wire types are plain data: a bug in this program
	}
	return b
}

// Watched gives what is closed when a page listens, at once if one does. When
// the last one has left, the next call gives another.
func (h *Hub) Watched() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watched == nil {
		h.watched = make(chan struct{})
		if len(h.clients) > 0 {
			close(h.watched)
		}
	}
	return h.watched
}

func (c *Client) pushLocked(q queued) {
	if c.behind {
		return // a snapshot is due, and will hold this
	}
	c.queue = append(c.queue, q)
	c.countLocked(&q, 1)
	for i := 0; c.flood > floodBytes && i < len(c.queue)-1; {
		if !c.leaveOutLocked(i) {
			i++
		}
	}
	if len(c.queue) > queueEvents || c.bytes > queueBytes {
		c.restartLocked()
	}
	c.poke()
}

func (c *Client) countLocked(q *queued, sign int) {
	c.bytes += sign * len(q.line)
	if q.isFlood() {
		c.flood += sign * len(q.line)
	}
}

// leaveOutLocked takes an event out of the queue if it may go and a newer one like it waits. Of lines that one says how many
// are missing; of messages the page knows by their numbers.
func (c *Client) leaveOutLocked(i int) bool {
	q := c.queue[i]
	printed := q.event.Console
	newer := slices.IndexFunc(c.queue[i+1:], func(o queued) bool {
		return printed != nil && o.event.Console != nil || printed == nil && o.event.Message != nil
	})
	if !q.isFlood() || newer < 0 {
		return false
	}
	if o := &c.queue[i+1+newer]; printed != nil && !o.event.Console.Clear {
		o.lost += q.lost + printed.Lines()
	}
	c.countLocked(&q, -1)
	c.queue = slices.Delete(c.queue, i, i+1)
	return true
}

// restartLocked lets go of all that waits: a snapshot is next.
func (c *Client) restartLocked() {
	c.queue, c.bytes, c.flood, c.behind = nil, 0, 0, true
}

func (c *Client) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Join adds a page; its first event will be a snapshot. A paced page says by Took what it has taken, and gets no more than
// it takes: what else is on its way lies in buffers of the system and the browser, and is old when the page comes to it.
func (h *Hub) Join(id string, paced bool) *Client {
	c := &Client{ID: id, hub: h, wake: make(chan struct{}, 1), paced: paced, behind: true}
	c.poke()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.clients == nil {
		h.clients = map[*Client]struct{}{}
	}
	if len(h.clients) == 0 && h.watched != nil {
		close(h.watched)
	}
	h.clients[c] = struct{}{}
	return c
}

// Leave removes the page.
func (c *Client) Leave() {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	if _, in := c.hub.clients[c]; in && len(c.hub.clients) == 1 {
		c.hub.watched = nil
	}
	delete(c.hub.clients, c)
	c.queue = nil
}

// Next waits for events and returns them encoded. snapshot is asked when the page
// is new or has fallen behind; events published while it runs come after it.
func (c *Client) Next(ctx context.Context, snapshot func() api.Snapshot) ([][]byte, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-c.wake:
		}
		lines, behind := c.take()
		if behind {
			s := snapshot()
			s.ClientID = c.ID
			b := encode(api.Event{Snapshot: &s})
			c.hub.mu.Lock()
			c.sentLocked(b)
			c.hub.mu.Unlock()
			c.poke() // what came meanwhile
			return [][]byte{b}, nil
		}
		if len(lines) > 0 {
			return lines, nil
		}
	}
}

// take returns what the page may get now of what waits, or that it is behind and may get a snapshot.
func (c *Client) take() (lines [][]byte, behind bool) {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	if c.behind && c.mayLocked() {
		c.behind = false
		return nil, true
	}
	for len(lines) < len(c.queue) && c.mayLocked() {
		q := c.queue[len(lines)]
		c.countLocked(&q, -1)
		if q.lost > 0 {
			printed := *q.event.Console
			printed.Lost += q.lost
			q.event.Console = &printed
			q.line = encode(q.event)
		}
		lines = append(lines, q.line)
		c.sentLocked(q.line)
	}
	c.queue = slices.Delete(c.queue, 0, len(lines))
	return lines, false
}

func (c *Client) mayLocked() bool { return !c.paced || c.onWay < ahead }

func (c *Client) sentLocked(line []byte) {
	if c.paced {
		c.sizes = append(c.sizes, len(line))
		c.onWay += len(line)
	}
}

// Took hears that the page has taken n more events.
func (c *Client) Took(n int) {
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	n = max(0, min(n, len(c.sizes)))
	for _, size := range c.sizes[:n] {
		c.onWay -= size
	}
	c.sizes = slices.Delete(c.sizes, 0, n)
	c.poke()
}

// Resync makes every page start again from a snapshot.
func (h *Hub) Resync() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		c.restartLocked()
		c.poke()
	}
}
