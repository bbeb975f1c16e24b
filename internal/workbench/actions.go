package workbench

import (
	"context"
	"errors"
	"strings"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/devfs"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/session"
	"studioide/ui/src/words/say"
)

// startLocked is runner.startLocked. Whoever waits for an action has the compilers for himself.
func (w *Workbench) startLocked(name, text string, do action) (api.Progress, error) {
	w.warmUp.stop()
	return w.runner.startLocked(name, text, do)
}

// Cancel ends the action of that id. It returns at once; the action's last Progress tells when it is over.
func (w *Workbench) Cancel(id string) error { return w.runner.stop(id) }

// Run builds the open project, writes what differs to the board, starts it and sends www/.
func (w *Workbench) Run() (api.Progress, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	p, s, err := w.projectAndBoard()
	if err != nil {
		return api.Progress{}, err
	}
	return w.startLocked("run", say.ActionBuildingProgram(), func(ctx context.Context, report session.Report) (string, error) {
		report("build", say.ActionBuildingProgram(), 0, 0)
		built, b, err := w.build(ctx, p, s)
		if err != nil {
			return "", err
		}
		o, err := s.Run(ctx, session.Program{Parts: built.Parts, Build: built.BuildID, Chip: b.Chip, Prepare: built.Prepare},
			func() ([]devfs.Local, error) { return session.WebFiles(p) }, report)
		w.setSending(nil)
		if errors.Is(err, problem.Cancelled) && o.Waiting() {
			return o.Text() + " " + say.ActionItsPagesSentWhenIt(), err
		}
		if err != nil {
			return "", err
		}
		if _, err := p.Snapshot(project.Reason{Why: project.WhyRun, About: b.Name, Build: built.BuildID}); err != nil {
			w.log.Warn("no snapshot was taken", "err", err)
		}
		switch {
		case !o.Answers:
			return o.Text(), told(s)
		case !o.Pushed:
			return say.ActionRunning(), nil
		}
		w.refreshFiles(ctx, s)
		return say.ActionRunning() + " " + w.sent(o.Push, nil), nil
	})
}

// build builds the project as it is now for the board, and tells what was found.
func (w *Workbench) build(ctx context.Context, p *project.Project, s *session.Session) (*compile.Result, board.Board, error) {
	now := s.State()
	b, err := selectedBoard(now)
	if err == nil {
		_, err = session.MethodOf(b, now.Port) // rather than after the build
	}
	if err != nil {
		return nil, b, err
	}
	state, err := p.Refresh()
	if err != nil {
		return nil, b, err
	}
	if w.trust.look(p) {
		w.publishProject()
	}
	request, err := session.Request(w.home, p, b, session.Building{State: state})
	if err != nil {
		return nil, b, err
	}
	w.lookSoon()
	tools := w.compilers.version()
	built, err := w.builder.Build(ctx, request)
	w.findings.built(built, contentOf(state.Files))
	if built != nil && built.Sizes != nil {
		w.hub.Publish(api.Event{Sizes: built.Sizes})
	}
	if err == nil {
		w.badges.setProgram(programKey{state: state, board: b.ID, sandbox: request.Sandbox, tools: tools}, built.BuildID)
	}
	w.publishProblems()
	return built, b, err
}

// told is what keeps a program that was started from being said to run; nil when it answers.
func told(s *session.Session) error {
	if p := s.Silent(); p != nil {
		return doneWithProblem{p}
	}
	return nil
}

// Push sends www/ and removes from the board the files named in remove ("www/old.html").
func (w *Workbench) Push(remove []string) (api.Progress, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	p, s, err := w.projectAndBoard()
	if err != nil {
		return api.Progress{}, err
	}
	if _, err := s.Files(); err != nil {
		return api.Progress{}, err
	}
	return w.startLocked("push", say.ActionSendingWww(), func(ctx context.Context, report session.Report) (string, error) {
		if _, err := p.Refresh(); err != nil {
			return "", err
		}
		return w.push(ctx, p, s, remove, report)
	})
}

// Stop holds the program.
func (w *Workbench) Stop() (api.Progress, error) {
	return w.simple("stop", say.SessionStoppingProgram(), say.ActionStopped(), (*session.Session).Stop)
}

// Reset restarts the program.
func (w *Workbench) Reset() (api.Progress, error) {
	return w.simple("reset", say.SessionRestartingBoard(), say.ActionRestarted(), func(s *session.Session, ctx context.Context, report session.Report) error {
		_, err := s.Reset(ctx, report)
		if b := s.State(); err == nil && (b.State == api.BoardStarting || b.State == api.BoardSilent) {
			err = told(s)
		}
		return err
	})
}

// Format empties the board's file store.
func (w *Workbench) Format() (api.Progress, error) {
	return w.simple("format", say.ActionRemovingAllFilesFromBoard(), say.ActionTheBoardsFilesRemoved(),
		func(s *session.Session, ctx context.Context, _ session.Report) error { return s.Format(ctx) })
}

func (w *Workbench) simple(action, doing, done string, do func(*session.Session, context.Context, session.Report) error) (api.Progress, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	s, err := w.Session()
	if err != nil {
		return api.Progress{}, err
	}
	return w.startLocked(action, doing, func(ctx context.Context, report session.Report) (string, error) {
		err := do(s, ctx, report)
		w.refreshFiles(ctx, s)
		return done, err
	})
}

// push sends the project's www/ as far as it differs, and says so in words.
func (w *Workbench) push(ctx context.Context, p *project.Project, s *session.Session, remove []string, report session.Report) (string, error) {
	local, err := session.WebFiles(p)
	if err != nil {
		return "", err
	}
	text, err := w.send(ctx, s, local, remove, report)
	if err == nil && len(local) == 0 {
		text = say.ActionThereNoWebFiles()
	}
	return text, err
}

// send brings files to the board, removes others, and tells every page.
func (w *Workbench) send(ctx context.Context, s *session.Session, local []devfs.Local, remove []string, report session.Report) (string, error) {
	gone := make([]string, len(remove))
	for i, path := range remove {
		gone[i] = "/" + path
	}
	report("push", say.ActionComparingFilesWithBoards(), 0, 0)
	r, err := s.Push(ctx, local, gone, report)
	w.setSending(nil)
	w.refreshFiles(ctx, s)
	if err != nil {
		return "", err
	}
	return w.sent(r, remove), nil
}

// sent tells every page what a push has brought to the board, and removed from it, and puts it into words.
func (w *Workbench) sent(r devfs.Result, removed []string) string {
	var left []api.Diagnostic
	if p, err := w.Project(); err == nil {
		for _, u := range p.State().LeftOut {
			left = append(left, api.Diagnostic{Path: u.Path, Severity: api.SeverityWarning, Source: "studio", Code: u.Why.Code,
				Text: say.ActionWasNotSent(u.Path, u.Why.Text), Help: u.Why.Help})
		}
	}
	w.findings.sent(left)
	w.publishProblems()
	pushed := api.Pushed{Paths: append([]string{}, removed...), Bytes: r.Wire}
	for _, path := range r.Sent {
		pushed.Paths = append(pushed.Paths, strings.TrimPrefix(path, "/"))
	}
	w.hub.Publish(api.Event{Pushed: &pushed})
	switch n := len(r.Sent); n {
	case 0:
		return say.ActionAllFilesWereOnBoard()
	default:
		return say.ActionFilesSent(n)
	}
}

// deliver sends the web files that a Run still owes to a program which answers now.
func (w *Workbench) deliver() {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	w.mu.Lock()
	p, s := w.project, w.session
	w.mu.Unlock()
	busy := w.runner.busy()
	if p == nil || s == nil || w.ctx.Err() != nil {
		return
	}
	if busy {
		time.AfterFunc(150*time.Millisecond, w.deliver)
		return
	}
	if !s.Owes() {
		return // the action that was under way has sent them
	}
	if _, err := w.startLocked("push", say.ActionSendingWww(), func(ctx context.Context, report session.Report) (string, error) {
		r, err := s.PushOwed(ctx, report)
		w.refreshFiles(ctx, s)
		if err != nil {
			return "", err
		}
		return w.sent(r, nil), nil
	}); err != nil {
		w.log.Warn("what is owed to the board was not sent", "err", err)
	}
}

// How long after the last save the board gets web files. While somebody is typing saves come every 0.7 s, and a page that
// is loaded anew at each would be of no use.
const (
	pushDelay  = 150 * time.Millisecond
	draftDelay = time.Second
)

// pushSoon sends saved web files a moment after the last save.
func (w *Workbench) pushSoon(delay time.Duration) {
	if !w.settings.get().AutoPush {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.autoPush != nil {
		w.autoPush.Stop()
	}
	w.autoPush = time.AfterFunc(delay, w.pushSaved)
}

func (w *Workbench) pushSaved() {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	w.mu.Lock()
	p, s := w.project, w.session
	w.mu.Unlock()
	busy := w.runner.busy()
	if p == nil || s == nil || w.ctx.Err() != nil {
		return
	}
	if busy {
		w.pushSoon(pushDelay) // Run reads www/ at its end; what is saved after that still has to go
		return
	}
	b := s.State()
	if held := b.State == api.BoardCrashed && b.Link; b.State != api.BoardRunning && !held || b.FilesCap == 0 {
		return
	}
	changed := w.badges.changed(p.State().Files)
	if w.badges.knowsBoard() && len(changed) == 0 {
		return // Run has sent them already
	}
	w.setSending(changed)
	if _, err := w.startLocked("push", say.ActionSendingWww(), func(ctx context.Context, report session.Report) (string, error) {
		return w.push(ctx, p, s, nil, report)
	}); err != nil {
		w.setSending(nil)
		w.pushSoon(pushDelay)
	}
}
