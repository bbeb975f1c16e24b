// Package netfault makes a network bad on purpose, so that one sees how a page
// and a program cope: it lies around the connections to a board.
//
//	var n netfault.Network
//	conn, err := n.Dial(ctx, dialBoard) // as long as nothing is set, as dialBoard gives it
//	n.Set(netfault.Delay)               // now also what was dialled before is slow
//	n.Set("")                           // as before; what was held back arrives
//
// What it does are faults as TCP shows them to those who use it: nothing gets
// lost within a connection or changes its order, it is late, or the connection
// breaks.
package netfault

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Kind is a fault. "" is none.
type Kind string

const (
	Delay    Kind = "delay"     // every byte is DelayTime later, in both directions
	Loss     Kind = "loss"      // one of LossOf packets is sent again, once or several times; what follows waits for it
	Cut      Kind = "cut"       // all connections break, and none comes up
	HalfOpen Kind = "half-open" // nothing arrives any more, and nobody is told
	Slow     Kind = "slow"      // SlowRate bytes a second, in both directions; who sends more has to wait
	Restart  Kind = "restart"   // the board restarts every RestartEvery: who owns the Network does that
)

// Kinds are all of them.
var Kinds = []Kind{Delay, Loss, Cut, HalfOpen, Slow, Restart}

// How bad each of them is.
const (
	DelayTime    = 500 * time.Millisecond
	LossOf       = 5
	ResendAfter  = 300 * time.Millisecond // the first time; then twice as long, as TCP does
	SlowRate     = 200                    // bytes a second
	RestartEvery = 10 * time.Second
)

// packet is how much is lost, late or let through at once.
const packet = 1400

// queueSize is how much a connection holds back in one direction. What is slow
// holds little, so that those who send feel it.
const (
	queueSize = 256 << 10
	slowQueue = SlowRate * 2
)

// ErrCut is why a connection that was cut ended, or one did not come up.
var ErrCut = errors.New("the connection was cut on purpose")

// Network is the connections to one board. The zero value has no fault and is
// ready for use, by several goroutines at a time. Random, if set, decides which
// packets are lost: whether the next one is, of so many.
type Network struct {
	Random func(of int) bool

	mu     sync.Mutex
	kind   Kind
	change chan struct{} // closed and replaced with each Set
	conns  map[*conn]struct{}
}

// Set sets what is wrong from now on.
func (n *Network) Set(k Kind) {
	n.mu.Lock()
	n.kind = k
	if n.change != nil {
		close(n.change)
	}
	n.change = make(chan struct{})
	var cut []*conn
	if k == Cut {
		for c := range n.conns {
			cut = append(cut, c)
		}
	}
	n.mu.Unlock()
	for _, c := range cut {
		c.cut()
	}
}

// Kind is what is wrong.
func (n *Network) Kind() Kind {
	k, _ := n.now()
	return k
}

// now is what is wrong, and a channel that is closed when that changes.
func (n *Network) now() (Kind, <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.change == nil {
		n.change = make(chan struct{})
	}
	return n.kind, n.change
}

// Dial connects by dial. While nothing arrives it waits for the end of ctx, and
// gives its error; while all is cut it gives ErrCut.
func (n *Network) Dial(ctx context.Context, dial func(context.Context) (net.Conn, error)) (net.Conn, error) {
	for {
		kind, change := n.now()
		switch kind {
		case Cut:
			return nil, ErrCut
		case HalfOpen:
			select {
			case <-change:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		case Delay:
			t := time.NewTimer(2 * DelayTime) // there and back
			select {
			case <-t.C:
			case <-ctx.Done():
				t.Stop()
				return nil, ctx.Err()
			}
		}
		inner, err := dial(ctx)
		if err != nil {
			return nil, err
		}
		return n.wrap(inner)
	}
}

func (n *Network) wrap(inner net.Conn) (net.Conn, error) {
	c := &conn{Conn: inner, n: n, closed: make(chan struct{})}
	c.in.init()
	c.out.init()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kind == Cut {
		inner.Close()
		return nil, ErrCut
	}
	if n.conns == nil {
		n.conns = map[*conn]struct{}{}
	}
	n.conns[c] = struct{}{}
	return c, nil
}

func (n *Network) lost() bool {
	if n.Random != nil {
		return n.Random(LossOf)
	}
	return rand.IntN(LossOf) == 0
}

// due says when a packet of so many bytes that is sent now arrives, if what is
// wrong stays as it is; before is when the one before it does, which it does not
// overtake.
func (n *Network) due(kind Kind, before time.Time, size int) time.Time {
	at := time.Now()
	switch kind {
	case Delay:
		at = at.Add(DelayTime)
	case Loss:
		for again := ResendAfter; n.lost() && again < 20*ResendAfter; again *= 2 {
			at = at.Add(again)
		}
	case Slow:
		if at.Before(before) {
			at = before
		}
		at = at.Add(time.Duration(size) * time.Second / SlowRate)
	}
	return at
}
