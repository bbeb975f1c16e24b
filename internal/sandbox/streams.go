package sandbox

import (
	"io"
	"sync"

	"studio/host"
)

// newInbox takes what comes for the program, which does not wait.
func newInbox(size int) *host.Inbox {
	b := &host.Inbox{}
	b.Init(size)
	return b
}

// outlet takes bytes from the program and writes them to something that waits.
type outlet struct {
	mu       sync.Mutex
	changed  sync.Cond // there is something to do, or done
	waiting  []byte
	writing  []byte
	busy     bool // writing is being written
	wanted   int  // bytes that were refused
	finished bool // nothing follows
	lost     bool // nobody reads
}

func newOutlet(size int) *outlet {
	o := &outlet{waiting: make([]byte, 0, size), writing: make([]byte, 0, size)}
	o.changed.L = &o.mu
	return o
}

// put takes as much of p as there is room for; with whole, all of a p that ever
// fits or nothing. open is false when nobody reads.
func (o *outlet) put(p []byte, whole bool) (n int, open bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.putLocked(p, whole)
}

func (o *outlet) putLocked(p []byte, whole bool) (n int, open bool) {
	if o.lost || o.finished {
		return 0, false
	}
	n = min(len(p), cap(o.waiting)-len(o.waiting))
	if whole && n < len(p) && len(p) <= cap(o.waiting) {
		n = 0
	}
	if n < len(p) {
		o.wanted = 1
		if whole {
			o.wanted = min(len(p), cap(o.waiting))
		}
	}
	o.waiting = append(o.waiting, p[:n]...)
	if n > 0 && !o.busy {
		o.changed.Broadcast()
	}
	return n, true
}

// putAll waits for room.
func (o *outlet) putAll(p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(p) > 0 {
		n, open := o.putLocked(p, false)
		if !open {
			return
		}
		if p = p[n:]; len(p) > 0 {
			o.changed.Wait()
		}
	}
}

func (o *outlet) ready() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lost || o.finished || cap(o.waiting)-len(o.waiting) >= max(o.wanted, 1)
}

// finish says that nothing follows.
func (o *outlet) finish() {
	o.mu.Lock()
	o.finished = true
	o.mu.Unlock()
	o.changed.Broadcast()
}

// run writes until everything is written after finish. ring is called when there is room for what was refused.
func (o *outlet) run(w io.Writer, ring func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		for len(o.waiting) == 0 && !o.finished {
			o.changed.Wait()
		}
		if len(o.waiting) == 0 || o.lost {
			return
		}
		o.waiting, o.writing, o.busy = o.writing[:0], o.waiting, true
		o.mu.Unlock()
		_, err := w.Write(o.writing)
		o.mu.Lock()
		o.busy, o.lost = false, err != nil
		if o.wanted > 0 || o.lost {
			o.wanted = 0
			ring()
		}
		o.changed.Broadcast()
	}
}

// drained waits until everything is written.
func (o *outlet) drained() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for (len(o.waiting) > 0 || o.busy) && !o.lost {
		o.changed.Wait()
	}
}
