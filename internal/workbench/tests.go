package workbench

import (
	"context"
	"path"
	"strings"
	"sync"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/session"
	"studioide/internal/wstest"
)

// tests is the run of the project's sets of messages.
type tests struct {
	job[api.TestRun]
	sent counts
}

// counts are how often messages were sent by their names.
type counts struct {
	mu sync.Mutex
	of map[string]int
}

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
	c, err := s.Sockets().Get(in.Conn)
	if err != nil {
		return err
	}
	name := in.Path + "\n" + in.Name
	n := w.tests.sent.next(name)
	text, data, binary, err := set.Fill(in.Name, n)
	switch {
	case err != nil:
	case binary:
		err = c.SendBinary(data)
	default:
		err = c.SendText(text)
	}
	if err != nil {
		w.tests.sent.undo(name, n)
	}
	return err
}

// next counts a message that is about to be sent.
func (c *counts) next(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil || len(c.of) > 1000 {
		c.of = map[string]int{}
	}
	c.of[name]++
	return c.of[name]
}

// undo takes back number n, which was not sent, unless another one was counted meanwhile.
func (c *counts) undo(name string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of[name] == n {
		c.of[name]--
	}
}

// forget begins anew: the messages of another project are others.
func (c *counts) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of = nil
}

// RunTests runs sets of the open project against the selected board, in a goroutine of its own.
func (w *Workbench) RunTests(in api.RunTests) (api.TestRun, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
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
	return w.tests.begin(func(n int) api.TestRun {
		run.ID = n
		return run
	}, func(ctx context.Context) func(*api.TestRun) {
		w.tests.run(ctx, s, sets)
		return func(r *api.TestRun) { r.State = endOf(ctx, r.Sets) }
	})
}

// run runs one set after the other, whatever becomes of one.
func (t *tests) run(ctx context.Context, s *session.Session, sets []*wstest.Set) {
	for i, set := range sets {
		if set == nil || ctx.Err() != nil {
			continue
		}
		t.set(i, wstest.Run(ctx, set, wstest.Config{
			Dial:   s.Dial,
			Report: func(now api.TestedSet) { t.set(i, now) },
			Emit: func(_ string, m api.Message) {
				m.Seq = 0
				s.Messages().Add(m)
			}}))
	}
}

func endOf(ctx context.Context, sets []api.TestedSet) string {
	if ctx.Err() != nil {
		return api.TestCancelled
	}
	for _, s := range sets {
		if s.State != api.TestPassed {
			return api.TestFailed
		}
	}
	return api.TestPassed
}

// set takes what has become of a set so far.
func (t *tests) set(i int, now api.TestedSet) {
	tell := t.change
	if now.State == api.TestRunning {
		tell = t.changeOften
	}
	tell(func(run *api.TestRun) {
		all := append([]api.TestedSet{}, run.Sets...) // others may read the old ones
		now.Path, now.Name = all[i].Path, all[i].Name
		all[i] = now
		run.Sets = all
	})
}

// CancelTests ends the run. It returns at once.
func (w *Workbench) CancelTests() error { return w.tests.stop() }
