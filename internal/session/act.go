package session

import (
	"context"
	"errors"
	"io"
	"time"

	"studio/link"
	"studioide/internal/devfs"
	"studioide/internal/flasher"
	"studioide/internal/flasher/image"
	"studioide/internal/message"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/repl"
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
}

// Take makes p a file that was looked at. A chip that is expected already stays.
func (p *Program) Take(f image.Program) {
	p.Name, p.Raw = f.Name, f.Raw
	p.Parts, p.MinFlash, p.MinRevision, p.Starts = f.Parts, f.Flash, f.MinRevision, f.Starts
	if p.Chip == "" {
		p.Chip = f.Chip
	}
}

// bootPatience is how long a program may take to its first answer, restarts included.
const bootPatience = 8 * time.Second

// Flash writes a program, starts it, and returns when it answers (or when it is
// clear that it does not: that is a problem of the program, told by State and
// the returned error). On cancel the board stays in its bootloader.
func (s *Session) Flash(ctx context.Context, p Program, report Report) (flasher.Result, error) {
	var result flasher.Result
	err := s.act(ctx, func(ctx context.Context) error {
		m, err := s.method(p.Chip)
		if err != nil {
			return err
		}
		s.busy("Writing the program.")
		written := false
		err = s.borrow(ctx, m, true, func(pt port.Port) error {
			var err error
			result, err = m.Flash(ctx, pt, p.Parts, flasher.Options{Full: p.Full, Chip: p.Chip, MinFlash: p.MinFlash, MinRevision: p.MinRevision,
				Progress: func(f flasher.Progress) { report("flash", f.Text, f.Done, f.Total) }})
			written = err == nil
			return err
		})
		s.mu.Lock()
		s.ran = p.Build != ""
		s.mu.Unlock()
		if s.last = nil; written && m.Drive() {
			s.last = p.Parts
		}
		if err != nil {
			if !written {
				s.halted()
			}
			return err
		}
		report("boot", "Starting the program.", 0, 0)
		return s.booted(ctx, p.Build)
	})
	return result, err
}

// booted waits until the program that was just started answers.
func (s *Session) booted(ctx context.Context, build string) error {
	s.starting()
	if build == "" {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, bootPatience, silent())
	defer cancel()
	known := func(b message.Board) bool {
		switch b.State {
		case message.BoardRunning, message.BoardCrashed, message.BoardSilent, message.BoardForeign, message.BoardEmpty, message.BoardAbsent:
			return true
		}
		return false
	}
	err := s.wait(ctx, known)
	for err == nil && s.target.Virtual == nil && s.State().State == message.BoardAbsent {
		// A board whose USB is its own leaves when its program goes wrong, and is soon back.
		if err = s.comeBack(ctx); err == nil {
			err = s.wait(ctx, known)
		}
	}
	b := s.State()
	if err != nil && b.State != message.BoardAbsent {
		return err
	}
	if b.State == message.BoardRunning {
		return nil
	}
	if b.Problem != nil {
		return b.Problem
	}
	return silent()
}

// Stop holds the board in its bootloader, whatever its program does.
func (s *Session) Stop(ctx context.Context, report Report) error {
	return s.act(ctx, func(ctx context.Context) error {
		m, err := s.method("")
		if err != nil {
			return err
		}
		report("connect", "Stopping the program.", 0, 0)
		s.busy("Stopping the program.")
		if err := s.borrow(ctx, m, false, func(p port.Port) error { return m.Hold(ctx, p) }); err != nil {
			s.starting()
			return err
		}
		s.halted()
		return nil
	})
}

// Reset restarts the board's program and waits until it answers.
func (s *Session) Reset(ctx context.Context, report Report) error {
	return s.act(ctx, func(ctx context.Context) error {
		m, err := s.method("")
		if err != nil {
			return err
		}
		answers := s.State().Link
		report("boot", "Restarting the board.", 0, 0)
		s.busy("Restarting the board.")
		err = s.borrow(ctx, m, true, func(p port.Port) error {
			if m.Drive() && answers && s.resetByLink(ctx, p) {
				return nil // without a way through the bootloader
			}
			return m.Reset(ctx, p, s.last)
		})
		if err != nil {
			s.starting()
			return err
		}
		s.mu.Lock()
		known := s.ran
		s.mu.Unlock()
		if !known {
			s.starting()
			return nil
		}
		return s.booted(ctx, "any")
	})
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
			report("push", "Sending "+p.Path+".", p.Done, p.Total)
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
	s.update(func(b *message.Board) { b.FilesLen = used })
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

// WaitRunning returns when the program answers, or why it does not within the patience of ctx.
func (s *Session) WaitRunning(ctx context.Context) error {
	err := s.wait(ctx, func(b message.Board) bool {
		return b.State != message.BoardConnecting && b.State != message.BoardBusy
	})
	if err != nil {
		return err
	}
	if b := s.State(); b.State != message.BoardRunning {
		_, err := s.Files()
		return err
	}
	return nil
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
	conn := repl.Start(p, s.console.write)
	defer conn.Release()
	if _, err := conn.Hello(ctx); err != nil {
		return false
	}
	wait := helloPatience
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
	s.update(func(b *message.Board) { b.State, b.Text, b.Problem = message.BoardBusy, text, nil })
}

func (s *Session) starting() {
	s.update(func(b *message.Board) {
		if b.State == message.BoardBusy || b.State == message.BoardStopped {
			clearProgram(b)
			b.State, b.Text, b.Problem = message.BoardConnecting, "The program is starting.", nil
		}
	})
}

func (s *Session) halted() {
	s.update(func(b *message.Board) {
		if b.State == message.BoardAbsent {
			return
		}
		clearProgram(b)
		b.State, b.Text, b.Problem = message.BoardStopped, stoppedText, nil
	})
}
