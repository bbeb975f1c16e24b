package wstest

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"strconv"
	"time"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/pause"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// Config says where a set runs. Dial is needed.
type Config struct {
	Dial   bridge.Dialer
	Host   string                    // as bridge.ConsoleConfig.Host
	Path   string                    // instead of "/ws", where a set names no connection
	Report func(api.TestedSet)       // called by Run's goroutine after every step; must not block; what it gets is its own
	Emit   func(string, api.Message) // every message with its connection's name, from several goroutines; must not block
}

// Plan is a set as it is before it has run.
func (s *Set) Plan() api.TestedSet {
	plan := api.TestedSet{Name: s.Name, State: api.TestWaiting, Steps: []api.TestedStep{}}
	var add func([]*Step)
	add = func(steps []*Step) {
		for _, step := range steps {
			rounds := 0
			if step.steps != nil {
				rounds = step.rounds
			}
			plan.Steps = append(plan.Steps, api.TestedStep{Line: step.Line, Depth: step.Depth, Text: s.describe(step), State: api.TestWaiting, Rounds: rounds})
			add(step.steps)
		}
	}
	add(s.Steps)
	return plan
}

// Run runs a set to its end, its first failure, or ctx's end. It closes every connection that it has opened.
func Run(ctx context.Context, s *Set, c Config) api.TestedSet {
	if c.Report == nil {
		c.Report = func(api.TestedSet) {}
	}
	if c.Emit == nil {
		c.Emit = func(string, api.Message) {}
	}
	limited, cancel := context.WithTimeoutCause(ctx, s.limit, errTooLong.With(timeText(s.limit)))
	defer cancel()
	r := &run{set: s, config: c, result: s.Plan(), values: values{"n": "1"}, open: map[string]*connection{}}
	maps.Copy(r.values, s.variables)
	begun := time.Now()
	r.result.State = api.TestRunning
	r.report()
	err := r.steps(limited, s.Steps)
	r.result.Millis = time.Since(begun).Milliseconds()
	for _, conn := range r.open {
		conn.close()
	}
	switch {
	case err == nil:
		r.result.State = api.TestPassed
	case ctx.Err() != nil:
		r.result.State, r.result.Problem = api.TestCancelled, nil
		for i := range r.result.Steps {
			if r.result.Steps[i].State == api.TestRunning || r.result.Steps[i].State == api.TestFailed {
				r.result.Steps[i].State, r.result.Steps[i].Problem = api.TestCancelled, nil
			}
		}
	default:
		r.result.State = api.TestFailed
	}
	r.report()
	return r.result
}

// run is one run of a set.
type run struct {
	set    *Set
	config Config
	result api.TestedSet
	values values
	open   map[string]*connection
}

func (r *run) report() {
	shown := r.result
	shown.Steps = append([]api.TestedStep{}, shown.Steps...)
	r.config.Report(shown)
}

// steps does steps in order. The first failure ends all.
func (r *run) steps(ctx context.Context, steps []*Step) error {
	for _, s := range steps {
		told := &r.result.Steps[s.index]
		told.State = api.TestRunning
		begun := time.Now()
		r.report()
		err := context.Cause(ctx)
		if err == nil {
			err = r.step(ctx, s)
		}
		if s.steps == nil {
			told.Times++
		}
		told.Millis = max(told.Millis, time.Since(begun).Milliseconds())
		told.State = api.TestPassed
		if err != nil {
			told.State = api.TestFailed
			if r.result.Problem == nil { // else a step in this loop has told it
				r.result.Problem = problem.Of(err)
				told.Problem = r.result.Problem
			}
		}
		r.report()
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) step(ctx context.Context, s *Step) error {
	switch s.do {
	case doRepeat, doForEach:
		return r.loop(ctx, s)
	case doWait:
		return pause.For(ctx, s.time)
	}
	conn, err := r.connection(ctx, s.on)
	if err != nil {
		return err
	}
	switch s.do {
	case doSend:
		text, data, err := s.content.fill(r.values)
		if err != nil {
			return err
		}
		if s.content.binary {
			return conn.console.SendBinary(data)
		}
		return conn.console.SendText(text)
	case doExpect:
		return r.expect(ctx, conn, s)
	case doWaitFor:
		return r.waitFor(ctx, conn, s)
	case doNothing:
		return r.nothing(ctx, conn, s)
	case doClose:
		delete(r.open, s.on) // the next step that needs it opens it anew
		err := conn.console.Close(s.code, s.reason)
		conn.close()
		return err
	case doExpectClose:
		return r.expectClose(ctx, conn, s)
	}
	return nil // open
}

func (r *run) loop(ctx context.Context, s *Step) error {
	outerRound, outerItem := r.values["n"], r.values["item"]
	defer func() { r.values["n"], r.values["item"] = outerRound, outerItem }()
	begun := time.Now()
	for i := range s.rounds {
		if err := pause.For(ctx, time.Until(begun.Add(time.Duration(i)*s.every))); err != nil {
			return err
		}
		r.values["n"] = strconv.Itoa(i + 1)
		if s.items != nil {
			r.values["item"] = s.items[i]
		}
		if err := r.steps(ctx, s.steps); err != nil {
			return err
		}
		r.result.Steps[s.index].Times = i + 1
	}
	return nil
}

// connection is the open one of that name; it is opened now if it is not.
func (r *run) connection(ctx context.Context, name string) (*connection, error) {
	if conn := r.open[name]; conn != nil {
		return conn, nil
	}
	conn := &connection{wake: make(chan struct{}, 1)}
	conn.console = bridge.NewConsole(bridge.ConsoleConfig{Dial: r.config.Dial, Host: r.config.Host, Ping: -1,
		Emit: func(m api.Message) {
			r.config.Emit(name, m)
			conn.take(m)
		}})
	path := r.set.paths[name]
	if r.config.Path != "" && !r.set.named {
		path = r.config.Path
	}
	if err := conn.console.Connect(ctx, bridge.Target{Path: path}); err != nil {
		conn.console.Stop()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	r.open[name] = conn
	return conn, nil
}

func (r *run) expect(ctx context.Context, conn *connection, s *Step) error {
	a, err := conn.next(ctx, time.Now().Add(s.time))
	if err != nil {
		return r.missed(err, s, nil)
	}
	fits, err := s.match.fits(a, r.values)
	if err == nil && !fits {
		err = errFailed.With(a.String(), r.wanted(s.match))
	}
	return err
}

func (r *run) waitFor(ctx context.Context, conn *connection, s *Step) error {
	until := time.Now().Add(s.time)
	var others []arrival // the last that were something else
	for {
		a, err := conn.next(ctx, until)
		if err != nil {
			return r.missed(err, s, others)
		}
		fits, err := s.match.fits(a, r.values)
		if fits || err != nil {
			return err
		}
		if others = append(others, a); len(others) > 3 {
			others = others[1:]
		}
	}
}

func (r *run) nothing(ctx context.Context, conn *connection, s *Step) error {
	until := time.Now().Add(s.time)
	for {
		a, err := conn.next(ctx, until)
		switch {
		case errors.Is(err, errTime):
			return nil
		case err != nil:
			return r.missed(err, s, nil)
		}
		fits, err := s.match.fits(a, r.values)
		if err != nil {
			return err
		}
		if fits {
			return errFailedUnwanted.With(a.String(), timeText(s.time))
		}
	}
}

func (r *run) expectClose(ctx context.Context, conn *connection, s *Step) error {
	until := time.Now().Add(s.time)
	for {
		_, err := conn.next(ctx, until)
		var closed *closedError
		switch {
		case err == nil: // what came before it
			continue
		case errors.Is(err, errTime):
			return errFailedOpen.With(timeText(s.time), codeText(s.code))
		case !errors.As(err, &closed):
			return err
		}
		delete(r.open, s.on)
		conn.close()
		if s.code != 0 && closed.code != s.code {
			return errFailedCode.With(closed.Error(), codeText(s.code))
		}
		return nil
	}
}

// missed says why what was wanted did not come.
func (r *run) missed(err error, s *Step, others []arrival) error {
	wanted := r.wanted(s.match)
	if s.do == doNothing {
		wanted = say.WstestNothing()
	}
	var closed *closedError
	switch {
	case errors.As(err, &closed):
		return errFailedClosed.With(closed.Error(), wanted)
	case !errors.Is(err, errTime):
		return err
	case len(others) > 0:
		list := ""
		for _, a := range others {
			if list != "" {
				list += ", "
			}
			list += a.String()
		}
		return errFailedOthers.With(timeText(s.time), list, wanted)
	}
	return errFailedNothing.With(timeText(s.time), wanted)
}

// wanted is what a matcher wants, with its variables filled as far as they are known.
func (r *run) wanted(m *matcher) string {
	return m.describe(func(text string) string {
		if filled, err := r.values.fill(text); err == nil {
			return filled
		}
		return text
	})
}

// Fill is what a message of the set is when it is sent for the nth time: text, or bytes.
func (s *Set) Fill(name string, n int) (text string, data []byte, binary bool, err error) {
	c, ok := s.Find(name)
	if !ok {
		return "", nil, false, ErrNoMessage.With(name)
	}
	v := values{"n": strconv.Itoa(n)}
	maps.Copy(v, s.variables)
	text, data, err = c.fill(v)
	return text, data, c.binary, err
}

// Named are the set's messages as pages see them.
func (s *Set) Named() []api.NamedMessage {
	list := []api.NamedMessage{}
	for _, m := range s.Messages {
		named := api.NamedMessage{Name: m.Name, Binary: m.binary, Data: m.written(nil)}
		if m.binary {
			named.Data = base64.StdEncoding.EncodeToString(m.bytes)
		}
		list = append(list, named)
	}
	return list
}

// Title is what people call the set.
func (s *Set) Title(path string) string { return cmp.Or(s.Name, path) }
