package workbench

import (
	"context"
	"time"

	"studioide/internal/board"
)

// warmDelay is how long a page that was opened is left alone before its first Run is prepared.
const warmDelay = 2 * time.Second

// WarmUp is called when a page is opened. Once for each project and board it
// builds the program in the background, so that the first Run does not have to
// compile the runtime and the standard library while somebody waits. An action ends it.
func (w *Workbench) WarmUp() {
	if w.ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	w.mu.Lock()
	if w.warming != nil {
		w.mu.Unlock()
		cancel()
		return
	}
	w.warming = cancel
	w.mu.Unlock()
	w.jobs.Add(1)
	go func() {
		defer w.jobs.Done()
		defer func() {
			cancel()
			w.mu.Lock()
			w.warming = nil
			w.mu.Unlock()
		}()
		select {
		case <-ctx.Done():
			return
		case <-time.After(warmDelay):
		}
		p, err := w.Project()
		if err != nil {
			return
		}
		s, err := w.Session()
		if err != nil {
			return
		}
		b, err := selectedBoard(s.State())
		if err != nil {
			return
		}
		if !canWarm(b) {
			return
		}
		r, err := w.request(p, b)
		if err != nil {
			return
		}
		w.mu.Lock()
		key := warmKey{p.Dir, b.ID, r.Sandbox}
		busy := w.cancelAction != nil || w.warm[key]
		if !busy {
			if w.warm == nil {
				w.warm = map[warmKey]bool{}
			}
			w.warm[key] = true
		}
		w.mu.Unlock()
		if !busy {
			w.builder.Warm(ctx, r)
		}
	}()
}

type warmKey struct {
	dir, board string
	sandbox    bool
}

// canWarm leaves out what fetches libraries: that is for somebody who has asked for it.
func canWarm(b board.Board) bool { return b.Virtual || b.Network != board.WiFi }

// cancelWarmUp ends the warm-up: somebody wants the compilers, or to rest.
func (w *Workbench) cancelWarmUp() {
	w.mu.Lock()
	stop := w.warming
	w.mu.Unlock()
	if stop != nil {
		stop()
	}
}
