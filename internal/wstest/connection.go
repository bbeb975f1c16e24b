package wstest

import (
	"context"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/bridge"
)

const (
	mostWaiting      = 10_000  // messages of a connection that no step has taken
	mostWaitingBytes = 8 << 20 // of these
)

// connection is one WebSocket with what has come over it and was not taken yet.
type connection struct {
	console *bridge.Console
	wake    chan struct{} // something has come; for the one who waits in next

	mu     sync.Mutex
	queue  []arrival
	bytes  int
	lost   error // why messages were left out
	closed *closedError
}

// closedError is the end of a connection.
type closedError struct {
	code int
	text string
}

func (c *closedError) Error() string { return c.text }

// errTime: nothing came in time.
var errTime = errors.New("wstest: time is over")

// take is called by the connection's reader.
func (c *connection) take(m api.Message) {
	c.mu.Lock()
	switch m.Kind {
	case "received":
		a := arrival{binary: m.Binary, size: m.Size}
		if m.Binary {
			a.data, _ = base64.StdEncoding.DecodeString(m.Data) // which Console has encoded
		} else {
			a.data = []byte(m.Data)
			a.size = max(a.size, 0)
		}
		if len(c.queue) >= mostWaiting || c.bytes+len(a.data) > mostWaitingBytes {
			c.lost = errTooFast.With(len(c.queue))
			break
		}
		c.queue = append(c.queue, a)
		c.bytes += len(a.data)
	case "close":
		c.closed = &closedError{m.Code, m.Data}
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// next takes the oldest message. It waits until a moment, which is not looked at while one is there; then the error is
// errTime, or a *closedError after the last one of a connection that has ended.
func (c *connection) next(ctx context.Context, until time.Time) (arrival, error) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	over := false
	for {
		c.mu.Lock()
		if len(c.queue) > 0 {
			a := c.queue[0]
			c.queue = c.queue[1:]
			c.bytes -= len(a.data)
			c.mu.Unlock()
			return a, nil
		}
		lost, closed := c.lost, c.closed
		c.mu.Unlock()
		switch {
		case lost != nil:
			return arrival{}, lost
		case closed != nil:
			return arrival{}, closed
		case over:
			return arrival{}, errTime
		}
		select {
		case <-c.wake:
		case <-timer.C:
			over = true
		case <-ctx.Done():
			return arrival{}, context.Cause(ctx)
		}
	}
}

func (c *connection) close() { c.console.Stop() }
