package workbench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/devfs"
	"studioide/internal/problem"
	"studioide/internal/project"
	"studioide/internal/session"
)

// progressEvery bounds how often pages hear of bytes; a new phase or text is told at once.
const progressEvery = 80 * time.Millisecond

// idle returns a problem while an action is under way.
func (w *Workbench) idle() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cancelAction == nil {
		return nil
	}
	return problem.New("action.busy", "Studio is busy: "+w.progress.Text, "Wait for it to end, or press Cancel.")
}

// preemptLocked ends the action under way if the new one is worth more: Stop ends
// everything, and whatever the user asks for ends the sending of saved files,
// which starts again by itself, and the wait for a program to answer, whose files stay owed. It returns when the board is free. It is called with actionMu held.
func (w *Workbench) preemptLocked(action string) error {
	w.mu.Lock()
	stop, over := w.cancelAction, w.done
	yields := stop != nil && (action == "stop" || action != "push" && (w.progress.Action == "push" || w.progress.Phase == "wait"))
	w.mu.Unlock()
	if !yields {
		return w.idle()
	}
	stop(problem.Cancelled)
	select {
	case <-over:
	case <-time.After(5 * time.Second):
	}
	return w.idle()
}

// startLocked runs an action in a goroutine of its own. Its Progress starts with what is returned.
// It is called with actionMu held since before do's project and session were looked up: they stay while do runs.
func (w *Workbench) startLocked(action, text string, do func(context.Context, session.Report) (string, error)) (api.Progress, error) {
	if err := w.preemptLocked(action); err != nil {
		return api.Progress{}, err
	}
	w.cancelWarmUp()
	ctx, cancel := context.WithCancelCause(w.ctx)
	w.mu.Lock()
	w.actions++
	begun := time.Now()
	p := api.Progress{ID: strconv.Itoa(w.actions), Action: action, Text: text, State: "running"}
	over := make(chan struct{})
	w.progress, w.cancelAction, w.done = p, cancel, over
	w.hub.Publish(api.Event{Progress: &p})
	w.mu.Unlock()
	w.jobs.Add(1)
	go func() {
		defer w.jobs.Done()
		var last time.Time
		current := p
		text, err := do(ctx, func(phase, text string, done, total int64) {
			now := time.Now()
			if current.Phase == phase && current.Text == text && done < total && now.Sub(last) < progressEvery {
				return
			}
			last = now
			current.Phase, current.Text, current.Done, current.Total = phase, text, done, total
			current.Millis = now.Sub(begun).Milliseconds()
			w.setProgress(current)
		})
		end := api.Progress{ID: p.ID, Action: action, Phase: "done", Text: text, State: "done", Millis: time.Since(begun).Milliseconds()}
		var but doneWithProblem
		if errors.As(err, &but) {
			end.Problem = but.Problem
		} else if err != nil {
			end.Problem = problem.Of(err)
			end.State, end.Text, end.Phase = "failed", end.Problem.Text, current.Phase
			if errors.Is(err, problem.Cancelled) || errors.Is(err, context.Canceled) {
				end.State, end.Text = "cancelled", cmp.Or(text, "Cancelled.")
			}
			w.log.Info("action failed", "action", action, "err", err)
		}
		w.mu.Lock()
		w.cancelAction, w.progress = nil, end
		w.hub.Publish(api.Event{Progress: &end})
		w.mu.Unlock()
		cancel(nil)
		close(over)
	}()
	return p, nil
}

func (w *Workbench) setProgress(p api.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.progress = p
	w.hub.Publish(api.Event{Progress: &p}) // under mu: pages see progress in order
}

// Cancel ends the action of that id. It returns at once; the action's last Progress tells when it is over.
func (w *Workbench) Cancel(id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cancelAction == nil || w.progress.ID != id {
		return problem.New("action.over", "There is nothing to cancel: it is over already.", "")
	}
	w.cancelAction(problem.Cancelled)
	return nil
}

// Run builds the open project, writes what differs to the board, starts it and sends www/.
func (w *Workbench) Run() (api.Progress, error) {
	w.actionMu.Lock()
	defer w.actionMu.Unlock()
	p, err := w.Project()
	if err != nil {
		return api.Progress{}, err
	}
	s, err := w.Session()
	if err != nil {
		return api.Progress{}, err
	}
	return w.startLocked("run", "Building the program.", func(ctx context.Context, report session.Report) (string, error) {
		report("build", "Building the program.", 0, 0)
		now := s.State()
		b, err := selectedBoard(now)
		if err == nil {
			_, err = session.MethodOf(b, now.Port) // rather than after the build
		}
		if err != nil {
			return "", err
		}
		request, err := w.request(p, b)
		if err != nil {
			return "", err
		}
		w.lookSoon()
		in := contentOf(w.files())
		built, err := w.builder.Build(ctx, request)
		if err := w.built(built, in, err); err != nil {
			return "", err
		}
		o, err := s.Run(ctx, session.Program{Parts: built.Parts, Build: built.BuildID, Chip: request.Board.Chip, Prepare: built.Prepare},
			func() ([]devfs.Local, error) { return session.WebFiles(p) }, report)
		w.setSending(nil)
		if errors.Is(err, problem.Cancelled) && o.Waiting() {
			return o.Text() + " Its pages are sent when it answers.", err
		}
		if err != nil {
			return "", err
		}
		if _, err := p.Snapshot("Run on " + request.Board.Name); err != nil {
			w.log.Warn("no snapshot was taken", "err", err)
		}
		switch {
		case !o.Answers:
			return o.Text(), told(s)
		case !o.Pushed:
			return "Running.", nil
		}
		w.refreshFiles(ctx, s)
		return "Running. " + w.sent(o.Push, nil), nil
	})
}

// doneWithProblem is what has to be told with an action that has ended well.
type doneWithProblem struct{ *problem.Problem }

func (r doneWithProblem) Unwrap() error { return r.Problem }

// told is what keeps a program that was started from being said to run; nil when it answers.
func told(s *session.Session) error {
	if p := s.Silent(); p != nil {
		return doneWithProblem{p}
	}
	return nil
}

func (w *Workbench) request(p *project.Project, b board.Board) (compile.Request, error) {
	return session.Request(w.home, p, b, session.Building{})
}

// built publishes what the build found and passes err on.
func (w *Workbench) built(r *compile.Result, in content, err error) error {
	w.mu.Lock()
	w.problems.build, w.problems.program, w.lastRun = found{}, found{}, in
	if r != nil {
		w.problems.build = found{list: r.Problems, in: in}
		if r.Sizes != nil {
			w.sizes = r.Sizes
			w.hub.Publish(api.Event{Sizes: r.Sizes})
		}
	}
	w.mu.Unlock()
	w.publishProblems()
	return err
}

// Push sends www/ and removes from the board the files named in remove ("www/old.html").
func (w *Workbench) Push(remove []string) (api.Progress, error) {
	w.actionMu.Lock()
	defer w.actionMu.Unlock()
	p, err := w.Project()
	if err != nil {
		return api.Progress{}, err
	}
	s, err := w.Session()
	if err != nil {
		return api.Progress{}, err
	}
	if _, err := s.Files(); err != nil {
		return api.Progress{}, err
	}
	return w.startLocked("push", "Sending www/.", func(ctx context.Context, report session.Report) (string, error) {
		return w.push(ctx, p, s, remove, report)
	})
}

// Stop holds the program.
func (w *Workbench) Stop() (api.Progress, error) {
	return w.simple("stop", "Stopping the program.", "Stopped.", (*session.Session).Stop)
}

// Reset restarts the program.
func (w *Workbench) Reset() (api.Progress, error) {
	return w.simple("reset", "Restarting the board.", "Restarted.", func(s *session.Session, ctx context.Context, report session.Report) error {
		_, err := s.Reset(ctx, report)
		if b := s.State(); err == nil && (b.State == api.BoardStarting || b.State == api.BoardSilent) {
			err = told(s)
		}
		return err
	})
}

// Format empties the board's file store.
func (w *Workbench) Format() (api.Progress, error) {
	return w.simple("format", "Removing all files from the board.", "The board's files are removed.",
		func(s *session.Session, ctx context.Context, _ session.Report) error { return s.Format(ctx) })
}

func (w *Workbench) simple(action, doing, done string, do func(*session.Session, context.Context, session.Report) error) (api.Progress, error) {
	w.actionMu.Lock()
	defer w.actionMu.Unlock()
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
		text = "There are no web files."
	}
	return text, err
}

// send brings files to the board, removes others, and tells every page.
func (w *Workbench) send(ctx context.Context, s *session.Session, local []devfs.Local, remove []string, report session.Report) (string, error) {
	gone := make([]string, len(remove))
	for i, path := range remove {
		gone[i] = "/" + path
	}
	report("push", "Comparing the files with the board's.", 0, 0)
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
		for _, u := range p.LeftOut() {
			left = append(left, api.Diagnostic{Path: u.Path, Severity: api.SeverityWarning, Source: "studio", Code: u.Why.Code,
				Text: u.Path + " was not sent: " + u.Why.Text, Help: u.Why.Help})
		}
	}
	w.mu.Lock()
	w.problems.page, w.problems.left = nil, left
	w.mu.Unlock()
	w.publishProblems()
	pushed := api.Pushed{Paths: append([]string{}, removed...), Bytes: r.Wire}
	for _, path := range r.Sent {
		pushed.Paths = append(pushed.Paths, strings.TrimPrefix(path, "/"))
	}
	w.hub.Publish(api.Event{Pushed: &pushed})
	switch n := len(r.Sent); n {
	case 0:
		return "All files were on the board already."
	case 1:
		return "1 file sent."
	default:
		return fmt.Sprintf("%d files sent.", n)
	}
}

// deliver sends the web files that a Run still owes to a program which answers now.
func (w *Workbench) deliver() {
	w.actionMu.Lock()
	defer w.actionMu.Unlock()
	w.mu.Lock()
	p, s, busy := w.project, w.session, w.cancelAction != nil
	w.mu.Unlock()
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
	if _, err := w.startLocked("push", "Sending www/.", func(ctx context.Context, report session.Report) (string, error) {
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

// pushSoon sends saved web files a moment after the last save.
func (w *Workbench) pushSoon() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.settings.AutoPush {
		return
	}
	if w.autoPush != nil {
		w.autoPush.Stop()
	}
	w.autoPush = time.AfterFunc(150*time.Millisecond, w.pushSaved)
}

func (w *Workbench) pushSaved() {
	w.actionMu.Lock()
	defer w.actionMu.Unlock()
	w.mu.Lock()
	p, s, busy := w.project, w.session, w.cancelAction != nil
	w.mu.Unlock()
	if p == nil || s == nil || w.ctx.Err() != nil {
		return
	}
	if busy {
		w.pushSoon() // Run reads www/ at its end; what is saved after that still has to go
		return
	}
	b := s.State()
	if held := b.State == api.BoardCrashed && b.Link; b.State != api.BoardRunning && !held || b.FilesCap == 0 {
		return
	}
	w.mu.Lock()
	known := w.onBoard != nil
	w.mu.Unlock()
	changed := w.changedFiles(p)
	if known && len(changed) == 0 {
		return // Run has sent them already
	}
	w.setSending(changed)
	if _, err := w.startLocked("push", "Sending www/.", func(ctx context.Context, report session.Report) (string, error) {
		return w.push(ctx, p, s, nil, report)
	}); err != nil {
		w.setSending(nil)
		w.pushSoon()
	}
}
