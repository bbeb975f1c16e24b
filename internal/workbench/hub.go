package workbench

import (
	"context"
	"sync"
	"time"

	"studioide/internal/api"
)

// What may wait for one page. A page that falls further behind gets a new snapshot instead.
const (
	queueEvents = 1000
	queueBytes  = 4 << 20
)

// Hub hands events to every page that listens. Publish never waits for anybody.
type Hub struct {
	mu      sync.Mutex
	clients map[*Client]struct{}
	watched chan struct{} // closed while there are clients; nil: nobody has asked since the last one left
}

// Client is one listening page.
type Client struct {
	ID   string
	hub  *Hub
	wake chan struct{}

	// guarded by hub.mu
	queue  [][]byte
	bytes  int
	behind bool
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
	b, err := api.Marshal(e)
	if err != nil {
		panic("workbench: an event that cannot be encoded: " + err.Error()) // wire types are plain data: a bug in this program
	}
	for c := range h.clients {
		c.push(b)
	}
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

func (c *Client) push(b []byte) {
	if c.behind {
		return // a snapshot is due, and will hold this
	}
	if len(c.queue) >= queueEvents || c.bytes+len(b) > queueBytes {
		c.queue, c.bytes, c.behind = nil, 0, true
	} else {
		c.queue = append(c.queue, b)
		c.bytes += len(b)
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Join adds a page; its first event will be a snapshot.
func (h *Hub) Join(id string) *Client {
	c := &Client{ID: id, hub: h, wake: make(chan struct{}, 1), behind: true}
	c.wake <- struct{}{}
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
		c.hub.mu.Lock()
		behind, queue := c.behind, c.queue
		c.behind, c.queue, c.bytes = false, nil, 0
		c.hub.mu.Unlock()
		if behind {
			s := snapshot()
			s.ClientID = c.ID
			b, err := api.Marshal(api.Event{Snapshot: &s})
			return [][]byte{b}, err
		}
		if len(queue) > 0 {
			return queue, nil
		}
	}
}

// Resync makes every page start again from a snapshot.
func (h *Hub) Resync() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		c.queue, c.bytes, c.behind = nil, 0, true
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
}
