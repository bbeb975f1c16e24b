package session

import (
	"context"
	"strings"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/devfs"
	"studioide/internal/devlink"
	"studioide/internal/virtual"
)

const (
	helloTimeout     = 2 * time.Second         // a program that answers does so in milliseconds
	helloTimeoutMost = 32 * time.Second        // …but not on a computer that has no time for it: every try is longer than the one before
	statusEvery      = 1800 * time.Millisecond // while somebody looks: within 2 s a restart is known
	statusTimeout    = 3 * time.Second
	statusSeldom     = 30 * time.Second // while nobody does
)

// watch finds out what runs on the board and keeps looking at it until ctx ends.
func (s *Session) watch(ctx context.Context, conn *devlink.Conn) {
	for ctx.Err() == nil {
		begun, patience := time.Now(), helloTimeout
		for {
			try := patience
			if left := startTimeout - time.Since(begun); left > 0 {
				try = min(try, left) // for the verdict in time
			}
			hello, err := s.hello(ctx, conn, try)
			if ctx.Err() != nil || conn.Err() != nil {
				return
			}
			if err == nil {
				s.follow(ctx, conn, hello)
				break
			}
			since := time.Since(begun)
			s.learn(func(is state) state { return is.unanswered(since) }, nil)
			if patience < helloTimeoutMost {
				patience = patience * 3 / 2
			}
		}
	}
}

// hello asks who is there and publishes the answer.
func (s *Session) hello(ctx context.Context, conn *devlink.Conn, patience time.Duration) (devlink.Hello, error) {
	hctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	hello, err := conn.Hello(hctx)
	if err != nil {
		return hello, err
	}
	files := devfs.New(conn, hello)
	s.mu.Lock()
	if s.conn != conn {
		s.mu.Unlock()
		return hello, context.Canceled
	}
	if hello.FilesCap > 0 {
		s.files = files
	}
	owes := s.owed != nil && !hello.Held
	s.mu.Unlock()
	s.programAnswered(hello)
	s.reportLastEnd(hello)
	s.reconnectPages()
	if owes && s.onOwedAnswer != nil {
		s.onOwedAnswer()
	}
	return hello, nil
}

func (s *Session) programAnswered(h devlink.Hello) {
	address := ""
	if s.target.Virtual != nil {
		address = s.target.Virtual.Address()
	}
	s.learn(func(is state) state { return is.answered(h) }, func(b *api.Board) {
		b.Program, b.BuildID = h.Program, h.Build
		board.IdentityOf(*b).Answered(h.Board).Wire(b)
		b.Started = time.Now().Add(-h.Uptime).UnixMilli()
		b.FilesCap = h.FilesCap
		b.Link = true
		if s.proxy != nil {
			b.PageURL = s.proxy.URL()
		}
		setAddress(b, address)
	})
}

func setAddress(b *api.Board, address string) {
	b.Address = address
	switch {
	case address != "":
		b.Via = "network"
	case b.Link:
		b.Via = "cable"
	default:
		b.Via = ""
	}
}

// follow asks a running program how it is, until it stops answering or ctx ends.
func (s *Session) follow(ctx context.Context, conn *devlink.Conn, hello devlink.Hello) {
	wifi := s.followNetwork(ctx, conn)
	defer wifi.end()
	defer s.followPins(ctx, conn)()
	for {
		sctx, cancel := context.WithTimeout(ctx, statusTimeout)
		st, err := conn.Status(sctx)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.log.Info("the board stopped answering", "err", err)
			break
		}
		s.update(func(b *api.Board) {
			b.HeapUsed, b.HeapSize, b.Clients = st.HeapUsed, st.HeapSize, st.Clients
			if hello.FilesCap > 0 {
				b.FilesLen = st.FilesUsed
			}
		})
		wifi.ask()
		if !s.untilStatus(ctx, conn) {
			break
		}
	}
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	mine := s.conn == conn
	if mine {
		s.files = nil
	}
	s.mu.Unlock()
	if !mine {
		return
	}
	s.learn(state.lostContact, nil)
}

// untilStatus waits until the program is to be asked again; false: it cannot be any more.
func (s *Session) untilStatus(ctx context.Context, conn *devlink.Conn) bool {
	soon, late := time.NewTimer(statusEvery), time.NewTimer(statusSeldom)
	defer soon.Stop()
	defer late.Stop()
	watched := (<-chan struct{})(nil) // not before it is time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-conn.Down():
			return false
		case <-soon.C:
			watched = s.watched()
		case <-watched:
			return true
		case <-late.C:
			return true
		}
	}
}

// virtualEvent tells what can be seen on a virtual board from outside. It comes from the board's goroutine and must not block.
func (s *Session) virtualEvent(e virtual.Event) {
	switch e.Kind {
	case virtual.Pins:
		pins := s.target.Virtual.Pins()
		s.send(api.Event{Pins: &pins})
	case virtual.Address:
		address := s.target.Virtual.Address()
		s.update(func(b *api.Board) { setAddress(b, address) })
		if address != "" {
			s.reconnectPages()
		}
	case virtual.Exited, virtual.Empty:
		s.mu.Lock()
		s.exit = e
		s.mu.Unlock()
		s.readVirtualChip()
	default:
		s.readVirtualChip()
	}
}

// readVirtualChip says what a look at the virtual chip shows: what runs is found out by asking it, what does not run is known.
// Events may come late, so the chip's present state counts and not the event.
func (s *Session) readVirtualChip() {
	v := s.target.Virtual
	if v == nil {
		return
	}
	chip := v.State()
	if chip == virtual.StateEnded {
		s.programExited()
		return
	}
	s.mu.Lock()
	why := ""
	if s.exit.Kind == virtual.Empty {
		if why = s.exit.Text; strings.Contains(why, "0xffffffff") {
			why = "" // flash that nothing was ever written to
		}
	}
	s.mu.Unlock()
	s.learn(func(is state) state {
		if is.acted() {
			return is
		}
		switch chip {
		case virtual.StateBootloader:
			return is.stopped(false)
		case virtual.StateOff:
			return is.off()
		case virtual.StateEmpty:
			return is.empty(why)
		case virtual.StateRunning, virtual.StateReset:
			return is.resumed()
		}
		return is
	}, nil)
}

// programExited says why a program ended: by a panic, or by the end of main.
func (s *Session) programExited() {
	s.mu.Lock()
	code := s.exit.Code
	s.mu.Unlock()
	p := errEnded
	var found []api.Diagnostic
	if code != 0 {
		p = errCrashed
		text := s.console.tail(16 << 10)
		if at := strings.LastIndex(text, "panic:"); at >= 0 {
			text = text[at:]
		}
		if m, ok := compile.Panic(text); ok {
			p = errCrashedExplained.With(m.Text, m.Help)
			found = append(found, m)
		}
	}
	s.learn(func(is state) state {
		if is.acted() {
			return is
		}
		return is.ended(p)
	}, nil)
	if found != nil {
		s.send(api.Event{Problems: &found})
	}
}
