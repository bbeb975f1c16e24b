package workbench

import (
	"context"
	"sync"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/internal/wstest"
)

// loads is the run of pretend pages: one at a time.
type loads struct {
	hub *Hub

	mu     sync.Mutex
	now    api.Load
	cancel context.CancelCauseFunc // nil: nothing runs
}

// StartLoad lets pretend pages use the selected board, in a goroutine of its own.
func (w *Workbench) StartLoad(in api.StartLoad) (api.Load, error) {
	s, err := w.Session()
	if err != nil {
		return api.Load{}, err
	}
	if err := wstest.CheckLoad(in); err != nil {
		return api.Load{}, err
	}
	ctx, cancel := context.WithCancelCause(w.ctx)
	begun, err := w.loads.begin(in, cancel)
	if err != nil {
		cancel(nil)
		return begun, err
	}
	w.jobs.Go(func() {
		defer cancel(nil)
		end, err := wstest.RunLoad(ctx, in, wstest.LoadConfig{Dial: s.Dial, Report: w.loads.took})
		if err != nil {
			end = api.Load{State: api.TestFailed, Clients: in.Clients, Problem: problem.Of(err)}
		}
		w.loads.ended(end)
	})
	return begun, nil
}

func (l *loads) begin(in api.StartLoad, cancel context.CancelCauseFunc) (api.Load, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		return api.Load{}, errLoading
	}
	l.cancel = cancel
	l.now = api.Load{ID: l.now.ID + 1, State: api.TestRunning, Clients: in.Clients, Reasons: []api.LoadReason{}}
	l.tellLocked()
	return l.now, nil
}

// took takes how far it is. The end is told by ended.
func (l *loads) took(now api.Load) {
	if now.State != api.TestRunning {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now.ID = l.now.ID
	l.now = now
	l.tellLocked()
}

func (l *loads) ended(end api.Load) {
	l.mu.Lock()
	defer l.mu.Unlock()
	end.ID = l.now.ID
	l.now, l.cancel = end, nil
	l.tellLocked()
}

func (l *loads) tellLocked() {
	now := l.now
	l.hub.Publish(api.Event{Load: &now})
}

// CancelLoad ends the pretend pages. It returns at once.
func (w *Workbench) CancelLoad() error {
	w.loads.mu.Lock()
	defer w.loads.mu.Unlock()
	if w.loads.cancel == nil {
		return errOver
	}
	w.loads.cancel(problem.Cancelled)
	return nil
}

// last is the run under way, or the last one; nil before the first.
func (l *loads) last() *api.Load {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now.ID == 0 {
		return nil
	}
	now := l.now
	return &now
}
