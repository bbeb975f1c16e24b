package workbench

import (
	"context"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/internal/wstest"
)

// StartLoad lets pretend pages use the selected board, in a goroutine of its own.
func (w *Workbench) StartLoad(in api.StartLoad) (api.Load, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	s, err := w.Session()
	if err != nil {
		return api.Load{}, err
	}
	if err := wstest.CheckLoad(in); err != nil {
		return api.Load{}, err
	}
	return w.loads.begin(func(n int) api.Load {
		return api.Load{ID: n, State: api.TestRunning, Clients: in.Clients, Reasons: []api.LoadReason{}}
	}, func(ctx context.Context) func(*api.Load) {
		took := func(now api.Load) func(*api.Load) {
			return func(l *api.Load) {
				now.ID = l.ID
				*l = now
			}
		}
		end, err := wstest.RunLoad(ctx, in, wstest.LoadConfig{Dial: s.Dial, Report: func(now api.Load) {
			if now.State == api.TestRunning { // the end is told when all is over
				w.loads.change(took(now))
			}
		}})
		if err != nil {
			end = api.Load{State: api.TestFailed, Clients: in.Clients, Problem: problem.Of(err)}
		}
		return took(end)
	})
}

// CancelLoad ends the pretend pages. It returns at once.
func (w *Workbench) CancelLoad() error { return w.loads.stop() }
