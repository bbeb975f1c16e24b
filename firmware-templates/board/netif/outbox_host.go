//go:build !tinygo

package netif

import (
	"sync"
	"time"

	"studio/board/loop"
	"studio/board/web"
	"studio/host"
)

// outbox takes bytes for a TCP connection from somebody who does not want to
// wait, and writes them. It holds as much as two of its buffers.
type outbox struct {
	mu       sync.Mutex
	ready    sync.Cond
	waiting  []byte // to be written
	writing  []byte // being written
	busy     bool   // it is
	refused  bool   // somebody had more to write than there was room for
	finished bool   // nothing follows
	closed   bool   // and nobody reads any more
	lost     bool
}

const outboxSize = 16 << 10

func (b *outbox) init() { b.ready.L = &b.mu }

// Write takes bytes; see web.Transport.
func (b *outbox) Write(p []byte) (n int, open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost {
		return 0, false
	}
	if b.waiting == nil {
		b.waiting, b.writing = make([]byte, 0, outboxSize), make([]byte, 0, outboxSize)
	}
	n = min(len(p), cap(b.waiting)-len(b.waiting))
	b.waiting = append(b.waiting, p[:n]...)
	b.refused = n < len(p)
	if n > 0 && !b.busy {
		b.ready.Signal()
	}
	return n, true
}

// finish says that nothing follows; close, that what is left has only a moment.
func (b *outbox) finish() {
	b.mu.Lock()
	b.finished = true
	b.mu.Unlock()
	b.ready.Signal()
}

func (b *outbox) close(c host.Connection) {
	b.mu.Lock()
	b.finished, b.closed = true, true
	b.mu.Unlock()
	c.SetDeadline(time.Now().Add(web.LingerTimeout * time.Millisecond))
	b.ready.Signal()
}

// run writes until the end, and then closes the connection.
func (b *outbox) run(c host.Connection) {
	said := false
	b.mu.Lock()
	for {
		for len(b.waiting) == 0 && !b.closed && (said || !b.finished) {
			b.ready.Wait()
		}
		if len(b.waiting) > 0 && !b.lost {
			b.waiting, b.writing, b.busy = b.writing[:0], b.waiting, true
			b.mu.Unlock()
			_, err := c.Write(b.writing)
			b.mu.Lock()
			b.busy, b.lost = false, err != nil
			if again := b.refused || b.lost; again {
				b.refused = false
				loop.Wake()
			}
			continue
		}
		if b.closed {
			break
		}
		b.waiting = b.waiting[:0]
		if b.finished && !said {
			said = true
			b.mu.Unlock()
			c.CloseWrite()
			b.mu.Lock()
		}
	}
	b.mu.Unlock()
	c.Close()
}
