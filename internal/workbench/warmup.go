package workbench

import (
	"context"
	"sync"
	"time"

	"studioide/internal/board"
	"studioide/internal/pause"
	"studioide/internal/session"
)

// warmDelay is how long a page that was opened is left alone before its first Run is prepared.
const warmDelay = 2 * time.Second

// warmUp is the building of programs before anybody has asked for it.
type warmUp struct {
	mu     sync.Mutex
	cancel context.CancelFunc // ends the one under way; nil when there is none
	done   map[warmKey]bool   // what was built
}

// begin makes the caller the one who warms up, if nobody does.
func (u *warmUp) begin(cancel context.CancelFunc) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cancel != nil {
		return false
	}
	u.cancel = cancel
	return true
}

func (u *warmUp) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.cancel = nil
}

// first tells whether a program is to be built for the first time, and notes that it is.
func (u *warmUp) first(key warmKey) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.done[key] {
		return false
	}
	if u.done == nil {
		u.done = map[warmKey]bool{}
	}
	u.done[key] = true
	return true
}

// stop ends the one under way: somebody wants the compilers, or to rest.
func (u *warmUp) stop() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cancel != nil {
		u.cancel()
	}
}

// WarmUp is called when a page is opened. Once for each project and board it
// builds the program in the background, so that the first Run does not have to
// compile the runtime and the standard library while somebody waits. An action ends it.
func (w *Workbench) WarmUp() {
	if w.ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	if !w.warmUp.begin(cancel) {
		cancel()
		return
	}
	w.jobs.Add(1)
	go func() {
		defer w.jobs.Done()
		defer w.warmUp.end()
		defer cancel()
		if pause.For(ctx, warmDelay) == nil {
			w.warm(ctx)
		}
	}()
}

func (w *Workbench) warm(ctx context.Context) {
	p, s, err := w.projectAndBoard()
	if err != nil {
		return
	}
	b, err := selectedBoard(s.State())
	if err != nil || !canWarm(b) {
		return
	}
	r, err := session.Request(w.home, p, b, session.Building{State: p.State()})
	if err != nil {
		return
	}
	if !w.runner.busy() && w.warmUp.first(warmKey{p.Dir, b.ID, r.Sandbox}) {
		w.builder.Warm(ctx, r)
	}
}

type warmKey struct {
	dir, board string
	sandbox    bool
}

// canWarm leaves out what fetches libraries: that is for somebody who has asked for it.
func canWarm(b board.Board) bool { return b.Virtual || b.Network != board.WiFi }
