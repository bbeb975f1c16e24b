package gopls

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"studioide/internal/compile"
)

// Reason is why a connection has ended.
type Reason string

const (
	Gone   Reason = "gone"   // the page has closed it, or Studio ends
	Idle   Reason = "idle"   // nothing was asked for a long time: connect again when there is
	Died   Reason = "died"   // the server has ended: connect again
	Taken  Reason = "taken"  // another page has it now
	Moved  Reason = "moved"  // another project or board was chosen: connect again
	Cannot Reason = "cannot" // there is none, or it does not run
	Spoilt Reason = "spoilt" // the page said something that is no message
)

// Conn carries whole messages to and from a page. Read and Write may be called at the same time, from one goroutine each.
type Conn interface {
	Read() ([]byte, error)
	Write(message []byte) error
}

// How long things may take, and how much of them there may be.
const (
	idleAfter  = 10 * time.Minute
	startsIn   = time.Minute      // until the server answers for the first time
	healthy    = 30 * time.Second // a server that has run for so long starts at once when it dies
	mostDeaths = 6                // in a row, without having answered once
)

// Limits of the server's process. Its own share of memory is a wish; the hard bound is each process's.
const (
	wantedMemory = "256MiB"
	maxMemory    = 1 << 30
	maxFile      = 256 << 20
)

// Server starts gopls for pages. Path, View and Tree are needed. It may be used from several goroutines.
type Server struct {
	Path  func(ctx context.Context) (string, error)        // of the gopls command
	View  func(ctx context.Context) (*compile.View, error) // of the open project for the selected board
	Tree  func() compile.Tree                              // the open project's files as they are now
	Cache string                                           // folder for what gopls keeps between its starts
	Log   *slog.Logger

	idle  time.Duration                                      // 0: idleAfter
	after func(d time.Duration, f func()) (stop func() bool) // nil: time.AfterFunc

	mu     sync.Mutex
	now    *session      // nil: none
	turn   chan struct{} // closed when the one before has ended
	deaths int           // in a row
	unwell int           // deaths in a row before the first answer
}

// Serve helps a page until its connection, the server or ctx ends, and says why it did.
func (s *Server) Serve(ctx context.Context, page Conn) Reason {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	se := &session{server: s, page: page, end: cancel, done: ctx.Done(), docs: map[string]*document{}, pending: map[int64]call{}, found: map[string][]diagnostic{}, out: make(chan []byte, 64)}
	defer se.finish()
	se.busy()
	go se.readPage() // ends with the page's connection, which whoever called Serve closes
	done := make(chan struct{})
	defer close(done)
	s.mu.Lock()
	before, turn := s.now, s.turn
	s.now, s.turn = se, done
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.now == se {
			s.now = nil
		}
	}()
	if before != nil {
		before.end(ended(Taken))
	}
	if turn != nil {
		<-turn
	}
	pause := s.pause()
	if pause > 0 {
		wait := make(chan struct{})
		stop := s.clock()(pause, func() { close(wait) })
		defer stop()
		select {
		case <-ctx.Done():
			return reasonOf(ctx)
		case <-wait:
		}
	}
	err := se.run(ctx)
	if ctx.Err() != nil {
		return reasonOf(ctx)
	}
	if err != nil && s.Log != nil {
		s.Log.Info("gopls does not run", "err", err)
	}
	return Cannot
}

// End ends the connection there is, if there is one.
func (s *Server) End(why Reason) {
	s.mu.Lock()
	now := s.now
	s.mu.Unlock()
	if now != nil {
		now.end(ended(why))
	}
}

// Changed tells that files of the project are others now, or that there are more or fewer of them.
func (s *Server) Changed() {
	s.mu.Lock()
	now := s.now
	s.mu.Unlock()
	if now != nil {
		now.changed()
	}
}

// PID is the number of the process that runs now; 0: none does.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return 0
	}
	return s.now.processID()
}

// Running is the View of the server that runs now; nil: none does.
func (s *Server) Running() *compile.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return nil
	}
	return s.now.view.Load()
}

type ended Reason

func (e ended) Error() string { return "the connection has ended: " + string(e) }

func reasonOf(ctx context.Context) Reason {
	var e ended
	if errors.As(context.Cause(ctx), &e) {
		return Reason(e)
	}
	return Gone
}

// pause is how long to wait before a server that has died is started again: at first not at all.
func (s *Server) pause() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deaths < 3 {
		return 0
	}
	return min(30*time.Second, 250*time.Millisecond<<min(s.deaths-3, 10))
}

// died counts the ends of servers. ran is how long this one has run, answered whether it has done anything.
func (s *Server) died(ran time.Duration, answered bool) Reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ran >= healthy {
		s.deaths = 0
	}
	s.deaths++
	if answered {
		s.unwell = 0
		return Died
	}
	if s.unwell++; s.unwell >= mostDeaths {
		s.unwell = 0
		return Cannot
	}
	return Died
}

func (s *Server) idleTime() time.Duration {
	if s.idle > 0 {
		return s.idle
	}
	return idleAfter
}

func (s *Server) clock() func(time.Duration, func()) func() bool {
	if s.after != nil {
		return s.after
	}
	return func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
}
