package bridge

import (
	"context"
	"errors"
	"net"
	"time"

	"studioide/internal/problem"
)

// Dialer opens one connection to the board's HTTP/WebSocket server. It is
// called from several goroutines at a time and must give up when ctx is done.
// Errors that are a *problem.Problem are shown to the user as they are.
type Dialer func(ctx context.Context) (net.Conn, error)

// dialBoard dials with a time limit and explains failures.
func dialBoard(ctx context.Context, dial Dialer, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := dial(ctx)
	if err != nil {
		return nil, absent(err)
	}
	return conn, nil
}

// absent makes a Problem of a failed dial, unless it is one already.
func absent(err error) *problem.Problem {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errUnreachable.Because(err)
	}
	return errUnreachableNow.Because(err)
}

// errBusy is the answer when the board has all the connections it can take.

// slots limits how many things talk to the board at once. Waiters are served
// in the order they came (a Go channel's senders queue first in, first out).
type slots chan struct{}

// acquire waits for a slot for at most limit; errBusy when there was none.
func (s slots) acquire(ctx context.Context, limit time.Duration) error {
	select {
	case s <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return errBusy
	}
}

// tryAcquire takes a slot if one is free.
func (s slots) tryAcquire() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s slots) release() { <-s }
