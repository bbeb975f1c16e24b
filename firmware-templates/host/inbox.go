package host

import (
	"io"
	"sync"
)

// Inbox reads from something that waits and keeps what came for somebody who
// does not want to. Nothing is read before the last bytes were taken.
type Inbox struct {
	mu    sync.Mutex
	taken sync.Cond
	buf   []byte
	pos   int
	end   int
	over  bool // nothing comes any more
	quit  bool // nobody takes any more
}

// Init allocates room for that many bytes.
func (b *Inbox) Init(size int) {
	b.buf = make([]byte, size)
	b.taken.L = &b.mu
}

// Run reads until the end or an error, or until Stop. news is called when there
// is something to take, and at the end.
func (b *Inbox) Run(r io.Reader, news func()) {
	for {
		n, err := r.Read(b.buf)
		b.mu.Lock()
		b.pos, b.end, b.over = 0, n, err != nil
		b.mu.Unlock()
		news()
		if err != nil {
			return
		}
		b.mu.Lock()
		for b.pos < b.end && !b.quit {
			b.taken.Wait()
		}
		quit := b.quit
		b.mu.Unlock()
		if quit {
			return
		}
	}
}

// Read takes bytes, without waiting. open is false at the end.
func (b *Inbox) Read(p []byte) (n int, open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pos == b.end {
		return 0, !b.over
	}
	n = copy(p, b.buf[b.pos:b.end])
	if b.pos += n; b.pos == b.end {
		b.taken.Signal()
	}
	return n, true
}

// Ready tells whether Read has something to say.
func (b *Inbox) Ready() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pos < b.end || b.over
}

// Stop lets Run return.
func (b *Inbox) Stop() {
	b.mu.Lock()
	b.quit = true
	b.mu.Unlock()
	b.taken.Signal()
}
