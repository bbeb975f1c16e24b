package session

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"studio/link"

	"studioide/internal/api"
	"studioide/internal/devfs"
	"studioide/internal/devlink"
	"studioide/internal/flasher"
	"studioide/internal/flasher/image"
	"studioide/internal/pause"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// Report tells how far an action is: a phase ("connect", "flash", "boot",
// "push"), what is happening in words, and bytes (total 0: not known).
type Report func(phase, text string, done, total int64)

// Program is what Flash puts on the board.
type Program struct {
	Parts []flasher.Part
	Build string // build id that the program answers with; "" for a foreign image
	Full  bool   // write every sector, even those that are right already
	Chip  string // expected chip; "": any

	Name        string // of the file that it comes from
	Raw         bool   // nothing has looked at it
	MinFlash    int64  // see flasher.Options
	MinRevision int
	Starts      bool // a foreign image that the board starts when it is reset, as far as can be seen

	Prepare func(ctx context.Context) error // what its start needs and takes a while: done while it is written; may be nil
}

// Take makes p a file that was looked at. A chip that is expected already stays.
func (p *Program) Take(f image.Program) {
	p.Name, p.Raw = f.Name, f.Raw
	p.Parts, p.MinFlash, p.MinRevision, p.Starts = f.Parts, f.Flash, f.MinRevision, f.Starts
	if p.Chip == "" {
		p.Chip = f.Chip
	}
}

// Started is how a program does that was just started, as far as it is known.
type Started struct {
	Answers bool // it has come to board.Serve()
	Prints  bool // it has printed something since it was started
	lost    bool // it has answered, and does no more
}

// Outcome is what has become of a program. It says of nothing more than what was seen.
type Outcome struct {
	flasher.Result
	Started
	Pushed  bool         // its web files are on the board
	Push    devfs.Result // what that took
	Present bool         // it was on the board already: nothing was written
	written bool         // all of it
	starts  bool         // the board starts it, as far as can be seen
	ours    bool         // it answers when it comes to board.Serve()
}

// Waiting tells that all is written, and the program has not answered yet.
func (o Outcome) Waiting() bool { return (o.written || o.Present) && !o.Answers }

// Text says what was done and seen: "The program is written and verified, and it runs."
func (o Outcome) Text() string {
	done := say.SessionTheProgramWritten()
	switch {
	case o.Present:
		done = say.SessionTheProgramWasOnBoard()
	case o.Verified:
		done = say.SessionTheProgramVerified()
	}
	switch {
	case o.Answers && o.starts:
		return say.SessionAndItRuns(done)
	case o.lost:
		return say.SessionItHasAnsweredAndDoes(done)
	case o.Prints && o.starts && o.ours:
		return say.SessionItRunsItPrintsBut(done)
	case o.Prints && o.starts:
		return say.SessionAndItRunsItPrints(done)
	case o.ours:
		return say.SessionItHasNotComeTo(done)
	case !o.starts:
		return say.SessionWhetherBoardStartsItDepends(done)
	}
	return say.SessionItHasNotSaidAnything(done)
}

// How long a program that was not built just now is listened to: nobody knows whether it has anything to say.
const (
	foreignTimeout = 3 * time.Second
	virtualTimeout = 10 * time.Second // what a virtual board starts was made with Studio
)

// Flash writes a program and starts it. It returns when the program answers, or
// has ended, which is an error; when a program of Studio's does not answer for
// runPatience; and when it was listened to a foreign one for a while. On
// cancel the board stays in its bootloader, or goes on starting if all is written.
func (s *Session) Flash(ctx context.Context, p Program, report Report) (Outcome, error) {
	o := Outcome{starts: p.Build != "" || p.Starts, ours: p.Build != "" || s.target.Virtual != nil && p.Starts}
	err := s.act(ctx, func(ctx context.Context) error {
		m, err := s.method(p.Chip)
		if err != nil {
			return err
		}
		s.busy(say.SessionWritingProgram())
		defer beside(ctx, p.Prepare)()
		written := false
		err = s.borrow(ctx, m, true, func(pt port.Port) error {
			var err error
			o.Result, err = m.Flash(ctx, pt, p.Parts, flasher.Options{Full: p.Full, Chip: p.Chip, MinFlash: p.MinFlash, MinRevision: p.MinRevision,
				Progress: func(f flasher.Progress) { report("flash", f.Text, f.Done, f.Total) }})
			written, o.written = err == nil, err == nil
			s.learn(func(is state) state { return is.flashed(p.Build != "" || s.target.Virtual != nil) }, nil)
			s.silence()
			return err
		})
		if s.lastFlashed = nil; written && m.Drive() {
			s.lastFlashed = p.Parts
		}
		if err != nil {
			if !written {
				s.learn(func(is state) state {
					if is.is == api.BoardAbsent {
						return is
					}
					return is.stopped(false)
				}, nil)
			}
			return err
		}
		patience := time.Duration(0)
		switch {
		case p.Build == "" && s.target.Virtual != nil:
			patience = virtualTimeout
		case p.Build == "":
			patience = foreignTimeout
		}
		o.Started, err = s.booted(ctx, patience, report)
		return err
	})
	return o, err
}

// beside starts prepare and returns what ends it. Who needs it to be done looks
// himself, and what fails here fails there again, with words.
func beside(ctx context.Context, prepare func(ctx context.Context) error) (end func()) {
	if prepare == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		prepare(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// Files reads the web files that a board is to have.
type Files func() ([]devfs.Local, error)

// pushTries bounds how often a Run sends its web files to a board that restarts meanwhile.
const pushTries = 6

// Run brings a program and its web files to the board. A program that is there
// already is only started anew. Its files are sent when it answers; when it has
// not yet, or the user no longer waits, they stay owed (see Config.Answers).
func (s *Session) Run(ctx context.Context, p Program, files Files, report Report) (Outcome, error) {
	s.owe(nil)
	s.SetFault("") // Run is to work; "" is never refused
	var o Outcome
	var err error
	if now := s.State(); now.State == api.BoardRunning && p.Build != "" && now.BuildID == p.Build {
		o = Outcome{Present: true, starts: true, ours: true}
		o.Started, err = s.Reset(ctx, report)
	} else {
		o, err = s.Flash(ctx, p, report)
	}
	for try := 1; ; try++ {
		if err != nil || !o.Answers {
			if o.Waiting() && (err == nil || errors.Is(err, problem.Cancelled)) {
				s.owe(files)
			}
			return o, err
		}
		if s.State().FilesCap == 0 {
			return o, nil
		}
		var local []devfs.Local
		if local, err = files(); err != nil {
			return o, err
		}
		o.Push, err = s.Push(ctx, local, nil, report)
		if err == nil {
			o.Pushed = true
			return o, nil
		}
		if !unreached(err) || try == pushTries {
			continue // with the error: the next round returns
		}
		s.log.Info("the board was lost while files were sent", "err", err)
		pause.For(ctx, time.Duration(try)*300*time.Millisecond) // a moment, to find out
		err = s.act(ctx, func(ctx context.Context) error {
			var err error
			o.Started, err = s.booted(ctx, 0, report)
			return err
		})
	}
}

// unreached tells an action that failed because the program did not answer, maybe for a moment, from one that it refused.
func unreached(err error) bool {
	return devlink.IsLost(err) || errors.Is(err, devfs.ErrStrange) || slices.ContainsFunc(
		[]error{port.ErrUnplugged, ErrUnplugged, errNotConnected, errFilesStarting, errFilesCrashed, errFilesStopped, errFilesForeign},
		func(p error) bool { return errors.Is(err, p) })
}

// owe keeps files for when the program answers; nil: they are on the board, or nobody wants them any more.
func (s *Session) owe(files Files) {
	s.mu.Lock()
	s.owed = files
	late := files != nil && s.files != nil // it has answered in this very moment
	s.mu.Unlock()
	if late && s.onOwedAnswer != nil {
		s.onOwedAnswer()
	}
}

// PushOwed sends the web files that a Run owes to the board. They stay owed when the program is lost meanwhile.
func (s *Session) PushOwed(ctx context.Context, report Report) (devfs.Result, error) {
	s.mu.Lock()
	files := s.owed
	s.owed = nil
	s.mu.Unlock()
	if files == nil {
		return devfs.Result{}, nil
	}
	local, err := files()
	if err != nil {
		return devfs.Result{}, err
	}
	result, err := s.Push(ctx, local, nil, report)
	if err != nil && unreached(err) {
		s.mu.Lock()
		if s.owed == nil {
			s.owed = files // until it answers again
		}
		s.mu.Unlock()
	}
	return result, err
}

// Owes tells whether web files wait for the program to answer.
func (s *Session) Owes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owed != nil
}

// silence begins to listen anew to what the program prints.
func (s *Session) silence() {
	s.console.fresh()
	s.mu.Lock()
	s.bootText = bootScanner{}
	s.mu.Unlock()
}

// printed takes what the board prints.
func (s *Session) printed(b []byte) {
	s.console.write(b)
	s.mu.Lock()
	news := s.bootText.scan(b)
	prints := s.bootText.program
	s.mu.Unlock()
	if !news {
		return
	}
	if prints {
		s.learn(state.prints, nil)
	}
	s.mu.Lock() // whoever waits for a verdict looks again
	close(s.change)
	s.change = make(chan struct{})
	s.mu.Unlock()
}

// runTimeout is how long an action waits for a program to answer. After that the
// page is free again; the program is waited for all the same, and its files are owed.
const runTimeout = 12 * time.Second

// booted waits until it is known how the program does that was just started.
// With a patience it is not waited longer than that, and what a program that
// does not answer prints is enough. The caller acts.
func (s *Session) booted(ctx context.Context, patience time.Duration, report Report) (Started, error) {
	s.learn(func(is state) state {
		if is.is == api.BoardConnecting && !is.lost || is.is == api.BoardBusy {
			return is.started()
		}
		return is
	}, nil)
	s.readVirtualChip() // what a virtual chip does was no news while it was busy
	told := say.SessionTheProgramStarting()
	report("boot", say.SessionStartingProgram(), 0, 0)
	known := func(b api.Board) bool {
		if b.State == api.BoardStarting && patience == 0 && b.Text != told {
			told = b.Text
			report("wait", told, 0, 0)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.state.lost && s.state.is == api.BoardSilent && patience == 0 {
			return false // it has answered, and may do so again
		}
		return patience == 0 && s.state.settled() || patience > 0 && (s.bootText.program && !s.state.ours || s.bootText.refusal != "" || s.state.settled() && b.State != api.BoardForeign && b.State != api.BoardSilent)
	}
	longest := patience
	if patience == 0 {
		longest = runTimeout
	}
	wctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	err := s.wait(wctx, known)
	for err == nil && s.target.Virtual == nil && s.State().State == api.BoardAbsent {
		// A board whose USB is its own leaves when its program goes wrong, and is soon back.
		if err = s.comeBack(ctx); err == nil {
			s.learn(state.started, nil)
			err = s.wait(wctx, known)
		}
	}
	if ctx.Err() != nil {
		return Started{}, context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bootText.endPause()
	started := Started{Answers: s.state.is == api.BoardRunning, Prints: s.bootText.program, lost: s.state.lost}
	switch {
	case err != nil && wctx.Err() == nil:
		return started, err
	case s.state.is == api.BoardCrashed, s.state.is == api.BoardAbsent, s.state.is == api.BoardEmpty:
		if s.state.problem != nil {
			return started, s.state.problem
		}
		return started, notStarted(s.state.text)
	case s.state.is == api.BoardStopped:
		return started, errStopped
	case patience > 0 && s.bootText.refusal != "" && !s.bootText.program:
		return started, notStarted(say.SessionItSays(s.bootText.refusal))
	}
	return started, nil
}

// Stop holds the board in its bootloader, whatever its program does.
func (s *Session) Stop(ctx context.Context, report Report) error {
	return s.act(ctx, func(ctx context.Context) error {
		m, err := s.method("")
		if err != nil {
			return err
		}
		report("connect", say.SessionStoppingProgram(), 0, 0)
		s.busy(say.SessionStoppingProgram())
		if err := s.borrow(ctx, m, false, func(p port.Port) error { return m.Hold(ctx, p) }); err != nil {
			s.goesOn()
			return err
		}
		s.learn(func(is state) state {
			if is.is == api.BoardAbsent {
				return is
			}
			return is.stopped(false)
		}, nil)
		return nil
	})
}

// Reset restarts the board's program and waits until it answers, if it was made with Studio.
func (s *Session) Reset(ctx context.Context, report Report) (Started, error) {
	var started Started
	err := s.act(ctx, func(ctx context.Context) error {
		m, err := s.method("")
		if err != nil {
			return err
		}
		answers := s.State().Link
		report("boot", say.SessionRestartingBoard(), 0, 0)
		s.busy(say.SessionRestartingBoard())
		err = s.borrow(ctx, m, true, func(p port.Port) error {
			s.silence()
			if m.Drive() && answers && s.resetByLink(ctx, p) {
				return nil // without a way through the bootloader
			}
			return m.Reset(ctx, p, s.lastFlashed)
		})
		if err != nil {
			s.goesOn()
			return err
		}
		s.mu.Lock()
		ours := s.state.ours
		s.mu.Unlock()
		if !ours {
			s.goesOn()
			return nil
		}
		started, err = s.booted(ctx, 0, report)
		return err
	})
	return started, err
}

// goesOn: an action has left the board, and its program may run.
func (s *Session) goesOn() {
	s.learn(func(is state) state {
		if is.is == api.BoardBusy || is.is == api.BoardStopped {
			return is.started()
		}
		return is
	}, nil)
}

// Push removes from the board the files named in remove, and then sends the web
// files that differ: what is removed makes room for what comes.
func (s *Session) Push(ctx context.Context, local []devfs.Local, remove []string, report Report) (devfs.Result, error) {
	var result devfs.Result
	err := s.act(ctx, func(ctx context.Context) error {
		files, err := s.Files()
		if err != nil {
			return err
		}
		defer s.measure(ctx, files)
		for _, path := range remove {
			if err := files.Remove(ctx, path); err != nil {
				return err
			}
		}
		result, err = devfs.Push(ctx, files, local, devfs.Options{Progress: func(p devfs.Progress) {
			report("push", say.SessionSending(p.Path), p.Done, p.Total)
		}})
		return err
	})
	return result, err
}

// measure asks how full the board's file store is now.
func (s *Session) measure(ctx context.Context, files devfs.FS) {
	used, _, err := files.Usage(ctx)
	if err != nil {
		return // the board will be asked again soon
	}
	s.update(func(b *api.Board) { b.FilesLen = used })
}

// Format empties the board's file store.
func (s *Session) Format(ctx context.Context) error {
	return s.act(ctx, func(ctx context.Context) error {
		files, err := s.Files()
		if err != nil {
			return err
		}
		if err := files.Format(ctx); err != nil {
			return err
		}
		s.measure(ctx, files)
		return nil
	})
}

// ReadFile writes a file of the board to w.
func (s *Session) ReadFile(ctx context.Context, path string, w io.Writer) error {
	files, err := s.Files()
	if err != nil {
		return err
	}
	return files.Read(ctx, path, w)
}

// RemoveFile removes a file from the board.
func (s *Session) RemoveFile(ctx context.Context, path string) error {
	return s.act(ctx, func(ctx context.Context) error {
		files, err := s.Files()
		if err != nil {
			return err
		}
		if err := files.Remove(ctx, path); err != nil {
			return err
		}
		s.measure(ctx, files)
		return nil
	})
}

// ListFiles lists the board's files.
func (s *Session) ListFiles(ctx context.Context) ([]devfs.File, error) {
	files, err := s.Files()
	if err != nil {
		return nil, err
	}
	return files.List(ctx)
}

// WaitRunning returns when the program answers, or why it cannot, or has not when ctx ends.
func (s *Session) WaitRunning(ctx context.Context) error {
	err := s.wait(ctx, func(b api.Board) bool {
		switch b.State { // silence is not an end: it may only take long to start
		case api.BoardConnecting, api.BoardStarting, api.BoardBusy, api.BoardForeign, api.BoardSilent:
			return false
		}
		return true
	})
	if s.State().State == api.BoardRunning {
		return nil
	}
	if _, why := s.Files(); why != nil && !errors.Is(err, context.Canceled) {
		return why
	}
	return err
}

// act runs one action at a time. The action's context ends with the session.
func (s *Session) act(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	if !s.lock(ctx) {
		return problem.Of(ctx.Err())
	}
	defer s.unlock()
	err := do(ctx)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return problem.Cancelled.Because(err)
	}
	return err
}

// borrow takes the port from the link for as long as use runs, which may make
// the board leave the bus; starts says that it comes back then. With a method
// for drives, use gets nil when the board waits as one, or may do so soon. The caller acts (see act).
func (s *Session) borrow(ctx context.Context, m flasher.Method, starts bool, use func(port.Port) error) error {
	p := s.detach()
	if p == nil {
		var err error
		if p, err = s.openPort(ctx); err != nil && !(m.Drive() && errors.Is(err, port.ErrNotFound)) {
			s.absent(err)
			return err
		}
		if p == nil {
			s.expectFrom(s.State().Port)
		}
	}
	err := use(p)
	if p != nil && !errors.Is(err, port.ErrGone) && (starts && err == nil || !errors.Is(p.Discard(), port.ErrGone)) {
		// What a program says that was just started is for the console; what a bootloader said last is not.
		s.attach(p)
		return err
	}
	if p != nil {
		p.Close()
	}
	if err == nil && starts {
		return s.comeBack(ctx)
	}
	s.Retry()
	return err
}

// resetByLink asks the program to restart the board, and tells whether it has left the bus to do so.
func (s *Session) resetByLink(ctx context.Context, p port.Port) bool {
	if err := port.Take(p, port.Terms{}); err != nil {
		return false
	}
	conn := devlink.Start(p, s.printed)
	defer conn.Release()
	if _, err := conn.Hello(ctx); err != nil {
		return false
	}
	wait := helloTimeout
	if _, err := conn.Call(ctx, link.OpReset, nil); err != nil {
		wait = 0 // it may have left faster than it could say so
	}
	select {
	case <-conn.Done():
		return true
	case <-ctx.Done():
	case <-time.After(wait):
	}
	return false
}

func (s *Session) busy(text string) {
	s.learn(func(is state) state { return is.busy(text) }, nil)
}
