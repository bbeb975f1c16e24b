package workbench

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

// progressEvery bounds how often pages hear of bytes; a new phase or text is told at once.
const progressEvery = 80 * time.Millisecond

// runner runs actions in goroutines of their own, one at a time, and tells how they go.
type runner struct {
	ctx context.Context // every action ends with it
	hub *Hub
	log *slog.Logger

	// turn is held while an action starts, and while what actions work with is
	// exchanged: the project, the board. Who needs both takes it before the other parts' locks.
	turn sync.Mutex
	jobs sync.WaitGroup

	mu       sync.Mutex
	progress api.Progress            // of the action under way, or the last one
	cancel   context.CancelCauseFunc // ends the action under way; nil when there is none
	done     chan struct{}           // closed when it has ended
	count    int
}

// action is what a runner runs. What it returns is said at its end.
type action func(context.Context, session.Report) (string, error)

// busy tells whether an action is under way.
func (r *runner) busy() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cancel != nil
}

// idle returns a problem while an action is under way.
func (r *runner) idle() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel == nil {
		return nil
	}
	return errBusy.With(r.progress.Text)
}

// last is how the action under way goes, or how the last one ended; nil before the first.
func (r *runner) last() *api.Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.progress.ID == "" {
		return nil
	}
	p := r.progress
	return &p
}

// preemptLocked ends the action under way if the new one is worth more: Stop ends
// everything, and whatever the user asks for ends the sending of saved files,
// which starts again by itself, and the wait for a program to answer, whose files
// stay owed. It returns when the board is free. It is called with turn held.
func (r *runner) preemptLocked(name string) error {
	r.mu.Lock()
	stop, done := r.cancel, r.done
	yields := stop != nil && (name == "stop" || name != "push" && (r.progress.Action == "push" || r.progress.Phase == "wait"))
	r.mu.Unlock()
	if !yields {
		return r.idle()
	}
	stop(problem.Cancelled)
	select {
	case <-done:
	case <-time.After(5 * time.Second):
	}
	return r.idle()
}

// startLocked runs an action. Its Progress starts with what is returned. It is
// called with turn held since before what the action works with was looked up: it stays while the action runs.
func (r *runner) startLocked(name, text string, do action) (api.Progress, error) {
	if err := r.preemptLocked(name); err != nil {
		return api.Progress{}, err
	}
	ctx, cancel := context.WithCancelCause(r.ctx)
	r.mu.Lock()
	r.count++
	p := api.Progress{ID: strconv.Itoa(r.count), Action: name, Text: text, State: "running"}
	done := make(chan struct{})
	r.progress, r.cancel, r.done = p, cancel, done
	r.hub.Publish(api.Event{Progress: &p})
	r.mu.Unlock()
	r.jobs.Add(1)
	go func() {
		defer r.jobs.Done()
		end := r.run(ctx, p, do)
		r.mu.Lock()
		r.cancel, r.progress = nil, end
		r.hub.Publish(api.Event{Progress: &end})
		r.mu.Unlock()
		cancel(nil)
		close(done)
	}()
	return p, nil
}

// run does an action and gives its last Progress.
func (r *runner) run(ctx context.Context, p api.Progress, do action) api.Progress {
	begun := time.Now()
	current, last := p, time.Time{}
	text, err := do(ctx, func(phase, text string, done, total int64) {
		now := time.Now()
		if current.Phase == phase && current.Text == text && done < total && now.Sub(last) < progressEvery {
			return
		}
		last = now
		current.Phase, current.Text, current.Done, current.Total = phase, text, done, total
		current.Millis = now.Sub(begun).Milliseconds()
		r.tell(current)
	})
	end := api.Progress{ID: p.ID, Action: p.Action, Phase: "done", Text: text, State: "done", Millis: time.Since(begun).Milliseconds()}
	var but doneWithProblem
	if errors.As(err, &but) {
		end.Problem = but.Problem
	} else if err != nil {
		end.Problem = problem.Of(err)
		end.State, end.Text, end.Phase = "failed", end.Problem.Text, current.Phase
		if errors.Is(err, problem.Cancelled) || errors.Is(err, context.Canceled) {
			end.State, end.Text = "cancelled", cmp.Or(text, say.ActionCancelled())
		}
		r.log.Info("action failed", "action", p.Action, "err", err)
	}
	return end
}

func (r *runner) tell(p api.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress = p
	r.hub.Publish(api.Event{Progress: &p}) // under mu: pages see progress in order
}

// stop ends the action of that id. It returns at once; the action's last Progress tells when it is over.
func (r *runner) stop(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel == nil || r.progress.ID != id {
		return errOver
	}
	r.cancel(problem.Cancelled)
	return nil
}

// doneWithProblem is what has to be told with an action that has ended well.
type doneWithProblem struct{ *problem.Problem }

func (r doneWithProblem) Unwrap() error { return r.Problem }
