package virtual

import "sync"

// Kind of an Event.
type Kind string

const (
	Pins       Kind = "pins"       // some pin has changed; ask Board.Pins
	Address    Kind = "address"    // the program listens somewhere else, or no longer
	Started    Kind = "started"    // a program has been started
	Exited     Kind = "exited"     // the program has ended by itself
	Bootloader Kind = "bootloader" // the chip is in its bootloader
	Empty      Kind = "empty"      // there is no program in flash that could be started
	Off        Kind = "off"        // the power is gone: switched off, unplugged, or cut by a fault
)

// Event tells a change of the board.
type Event struct {
	Kind    Kind
	Address string // Address: the new one, "" when there is none
	Code    int    // Exited: the program's exit code, -1 when it was killed
	Text    string // Exited, Empty: what happened, in words, as printed on the console
}

// events delivers to the watchers from one goroutine. Memory is bounded: pin
// changes fold into one, and the others come at the pace of resets.
type events struct {
	mu      sync.Mutex
	wake    sync.Cond
	queue   []Event
	watch   map[int]func(Event)
	next    int
	closed  bool
	stopped chan struct{}
}

const maxEvents = 1024

func newEvents() *events {
	e := &events{watch: map[int]func(Event){}, stopped: make(chan struct{})}
	e.wake.L = &e.mu
	go e.deliver()
	return e
}

func (e *events) add(v Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if v.Kind == Pins {
		for _, old := range e.queue {
			if old.Kind == Pins {
				return // whoever hears of that one asks for the present state
			}
		}
	}
	if len(e.queue) >= maxEvents || e.closed {
		return
	}
	e.queue = append(e.queue, v)
	e.wake.Signal()
}

func (e *events) deliver() {
	defer close(e.stopped)
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		for len(e.queue) == 0 {
			if e.closed {
				return
			}
			e.wake.Wait()
		}
		v := e.queue[0]
		e.queue = e.queue[1:]
		for id := 0; id < e.next; id++ {
			if f := e.watch[id]; f != nil {
				e.mu.Unlock()
				f(v)
				e.mu.Lock()
			}
		}
	}
}

func (e *events) close() {
	e.mu.Lock()
	e.closed = true
	e.wake.Signal()
	e.mu.Unlock()
	<-e.stopped
}

// Watch calls f for every event from one goroutine; f must not block, and must
// not call Close. After stop returns, f may still be running once.
func (b *Board) Watch(f func(Event)) (stop func()) {
	e := b.events
	e.mu.Lock()
	defer e.mu.Unlock()
	id := e.next
	e.next++
	e.watch[id] = f
	return func() {
		e.mu.Lock()
		delete(e.watch, id)
		e.mu.Unlock()
	}
}
