package workbench

import (
	"context"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// tellEvery bounds how often pages hear how far a job is.
const tellEvery = 150 * time.Millisecond

// job is work of one kind that Run and a push do not wait for: a run of tests, pretend pages, a replay. One of a kind goes
// on at a time. What a job holds of its run is what pages see: a T, which is copied when it is told.
type job[T any] struct {
	w     *Workbench
	busy  error              // of who begins another one meanwhile
	event func(*T) api.Event // that tells pages

	mu     sync.Mutex
	count  int // runs so far
	now    T   // the run under way, or the last one
	some   bool
	cancel context.CancelCauseFunc // nil: nothing runs
	over   chan struct{}           // closed when the run under way has ended
	told   time.Time
	later  *time.Timer // tells what came too soon after the last
}

// idle says whether another run can begin.
func (j *job[T]) idle() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.idleLocked()
}

func (j *job[T]) idleLocked() error {
	if j.cancel != nil {
		return j.busy
	}
	return nil
}

// begin does something in a goroutine of its own. first is what it begins as, given its number; what do returns makes of
// that how it has ended. It is called with the runner's turn held since before what the job works with was looked up.
func (j *job[T]) begin(first func(n int) T, do func(context.Context) (end func(*T))) (T, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.idleLocked(); err != nil {
		return j.now, err
	}
	ctx, cancel := context.WithCancelCause(j.w.ctx)
	over := make(chan struct{})
	j.count++
	j.now, j.some, j.cancel, j.over = first(j.count), true, cancel, over
	j.tellLocked()
	j.w.jobs.Go(func() {
		defer close(over)
		defer cancel(nil)
		end := do(ctx)
		j.mu.Lock()
		defer j.mu.Unlock()
		end(&j.now)
		j.cancel = nil
		j.tellLocked()
	})
	return j.now, nil
}

// change takes how far the run is, and tells it.
func (j *job[T]) change(how func(*T)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	how(&j.now)
	j.tellLocked()
}

// changeOften is change for what comes many times in a second: pages hear of the last one.
func (j *job[T]) changeOften(how func(*T)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	how(&j.now)
	wait := tellEvery - time.Since(j.told)
	switch {
	case wait <= 0:
		j.tellLocked()
	case j.later == nil:
		j.later = time.AfterFunc(wait, func() {
			j.mu.Lock()
			defer j.mu.Unlock()
			if j.later != nil { // else it was told meanwhile
				j.tellLocked()
			}
		})
	}
}

func (j *job[T]) tellLocked() {
	if j.later != nil {
		j.later.Stop()
		j.later = nil
	}
	j.told = time.Now()
	now := j.now
	j.w.hub.Publish(j.event(&now))
}

// last is the run under way, or the last one; nil before the first.
func (j *job[T]) last() *T {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.some {
		return nil
	}
	now := j.now
	return &now
}

// stop ends the run under way. It returns at once; what pages are told says when it is over.
func (j *job[T]) stop() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.cancel == nil {
		return errOver
	}
	j.cancel(problem.Cancelled)
	return nil
}

// leave is stop for who exchanges what the run works with: it waits for the end. It is called with the runner's turn held.
func (j *job[T]) leave() {
	j.mu.Lock()
	cancel, over := j.cancel, j.over
	j.mu.Unlock()
	if cancel != nil {
		cancel(problem.Cancelled)
		<-over
	}
}

// forget is leave for who exchanges what runs are told of: the last one is none of what comes now.
func (j *job[T]) forget() {
	j.leave()
	j.mu.Lock()
	defer j.mu.Unlock()
	var none T
	j.now, j.some = none, false
}
