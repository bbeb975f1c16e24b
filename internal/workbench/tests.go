package workbench

import (
	"context"
	"path"
	"strings"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/session"
	"studioide/internal/wstest"
)

// tests is the run of the project's sets of messages: one at a time, which Run and a push do not wait for. What it holds of
// the run is what pages see.
type tests struct {
	hub *Hub

	mu     sync.Mutex
	now    api.TestRun
	cancel context.CancelCauseFunc // nil: nothing runs
	told   time.Time
	later  *time.Timer // tells what came too soon after the last
	sent   map[string]int
}

// tellEvery bounds how often pages hear of a run.
const tellEvery = 150 * time.Millisecond

// Sets are the sets of the open project.
func (w *Workbench) Sets() (api.MessageSets, error) {
	all := api.MessageSets{Sets: []api.MessageSet{}}
	p, err := w.Project()
	if err != nil {
		return all, err
	}
	files, err := p.List()
	if err != nil {
		return all, err
	}
	for _, f := range files {
		if isSet(f.Path) {
			_, about := setAt(p, f.Path)
			all.Sets = append(all.Sets, about)
		}
	}
	return all, nil
}

func isSet(name string) bool { return path.Dir(name) == wstest.Folder && path.Ext(name) == ".json" }

// setAt reads a set and describes it; of one that cannot be read, which is nil, the description says why.
func setAt(p *project.Project, name string) (*wstest.Set, api.MessageSet) {
	set, err := readSet(p, name)
	return set, described(api.MessageSet{Path: name, Name: strings.TrimSuffix(path.Base(name), ".json")}, set, err)
}

// CheckSet says what a file would hold.
func (w *Workbench) CheckSet(in api.CheckSet) api.MessageSet {
	set, err := wstest.Read([]byte(in.Content))
	return described(api.MessageSet{}, set, err)
}

func described(s api.MessageSet, set *wstest.Set, err error) api.MessageSet {
	if err != nil {
		s.Problem = problem.Of(err)
		return s
	}
	if set.Name != "" {
		s.Name = set.Name
	}
	s.Messages, s.Steps = set.Named(), set.Plan().Steps
	return s
}

func readSet(p *project.Project, name string) (*wstest.Set, error) {
	if !isSet(name) {
		return nil, errNoSet.With(name)
	}
	content, _, err := p.Read(name)
	if err != nil {
		return nil, err
	}
	return wstest.Read(content)
}

// SendNamed sends a message of a set over a connection of the message console.
func (w *Workbench) SendNamed(in api.SendNamed) error {
	p, s, err := w.projectAndBoard()
	if err != nil {
		return err
	}
	set, err := readSet(p, in.Path)
	if err != nil {
		return err
	}
	text, data, binary, err := set.Fill(in.Name, w.tests.next(in.Path+"\n"+in.Name))
	if err != nil {
		return err
	}
	c, err := s.Sockets().Get(in.Conn)
	if err != nil {
		return err
	}
	if binary {
		return c.SendBinary(data)
	}
	return c.SendText(text)
}

// next counts how often a message was sent by its name.
func (t *tests) next(name string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sent == nil || len(t.sent) > 1000 {
		t.sent = map[string]int{}
	}
	t.sent[name]++
	return t.sent[name]
}

// RunTests runs sets of the open project against the selected board, in a goroutine of its own.
func (w *Workbench) RunTests(in api.RunTests) (api.TestRun, error) {
	p, s, err := w.projectAndBoard()
	if err != nil {
		return api.TestRun{}, err
	}
	if len(in.Paths) == 0 {
		return api.TestRun{}, errNoSet.With(wstest.Folder)
	}
	run := api.TestRun{State: api.TestRunning, Sets: []api.TestedSet{}}
	sets := make([]*wstest.Set, len(in.Paths)) // nil: it cannot be read
	for i, name := range in.Paths {
		set, about := setAt(p, name)
		run.Sets = append(run.Sets, api.TestedSet{Path: name, Name: about.Name, State: api.TestWaiting, Steps: about.Steps, Problem: about.Problem})
		if about.Problem != nil {
			run.Sets[i].State = api.TestFailed
			continue
		}
		sets[i] = set
	}
	ctx, cancel := context.WithCancelCause(w.ctx)
	run, err = w.tests.begin(run, cancel)
	if err != nil {
		cancel(nil)
		return run, err
	}
	w.jobs.Go(func() {
		defer cancel(nil)
		w.tests.run(ctx, s, sets)
	})
	return run, nil
}

func (t *tests) begin(run api.TestRun, cancel context.CancelCauseFunc) (api.TestRun, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		return run, errTesting
	}
	run.ID = t.now.ID + 1
	t.now, t.cancel = run, cancel
	t.tellLocked()
	return run, nil
}

// run runs one set after the other, whatever becomes of one.
func (t *tests) run(ctx context.Context, s *session.Session, sets []*wstest.Set) {
	end := api.TestPassed
	for i, set := range sets {
		if set != nil && ctx.Err() == nil {
			t.set(i, wstest.Run(ctx, set, wstest.Config{
				Dial:   s.Dial,
				Report: func(now api.TestedSet) { t.set(i, now) },
				Emit: func(_ string, m api.Message) {
					m.Seq = 0
					s.Messages().Add(m)
				}}))
		}
		t.mu.Lock()
		if t.now.Sets[i].State != api.TestPassed {
			end = api.TestFailed
		}
		t.mu.Unlock()
	}
	if ctx.Err() != nil {
		end = api.TestCancelled
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now.State, t.cancel = end, nil
	t.tellLocked()
}

// set takes what has become of a set so far.
func (t *tests) set(i int, now api.TestedSet) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := append([]api.TestedSet{}, t.now.Sets...) // others may read the old ones
	now.Path, now.Name = all[i].Path, all[i].Name
	all[i] = now
	t.now.Sets = all
	if wait := tellEvery - time.Since(t.told); wait > 0 && now.State == api.TestRunning {
		if t.later == nil {
			t.later = time.AfterFunc(wait, func() {
				t.mu.Lock()
				defer t.mu.Unlock()
				t.tellLocked()
			})
		}
		return
	}
	t.tellLocked()
}

func (t *tests) tellLocked() {
	if t.later != nil {
		t.later.Stop()
		t.later = nil
	}
	t.told = time.Now()
	now := t.now
	t.hub.Publish(api.Event{Tests: &now})
}

// CancelTests ends the run. It returns at once.
func (w *Workbench) CancelTests() error {
	w.tests.mu.Lock()
	defer w.tests.mu.Unlock()
	if w.tests.cancel == nil {
		return errOver
	}
	w.tests.cancel(problem.Cancelled)
	return nil
}

// last is the run under way, or the last one; nil before the first.
func (t *tests) last() *api.TestRun {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.ID == 0 {
		return nil
	}
	now := t.now
	return &now
}
