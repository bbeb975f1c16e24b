package session

import (
	"context"
	"strings"
	"time"

	"studioide/internal/build"
	"studioide/internal/devfs"
	"studioide/internal/message"
	"studioide/internal/problem"
	"studioide/internal/repl"
	"studioide/internal/virtual"
)

const (
	helloPatience  = 2 * time.Second // a program that answers does so in milliseconds; one that starts slowly is found at the next try
	statusEvery    = 2 * time.Second
	statusPatience = 3 * time.Second
	skipAlone      = 5 // while nobody looks, only every so many times
)

// watch finds out what runs on the board and keeps looking at it until ctx ends.
func (s *Session) watch(ctx context.Context, conn *repl.Conn) {
	for ctx.Err() == nil {
		if hello, err := s.greet(ctx, conn); err == nil {
			s.follow(ctx, conn, hello)
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// greet asks who is there and publishes the answer.
func (s *Session) greet(ctx context.Context, conn *repl.Conn) (repl.Hello, error) {
	hctx, cancel := context.WithTimeout(ctx, helloPatience)
	defer cancel()
	hello, err := conn.Hello(hctx)
	if err != nil {
		if ctx.Err() == nil && conn.Err() == nil {
			s.noAnswer()
		}
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
	s.ran = true
	s.mu.Unlock()
	s.running(hello)
	s.ended(hello)
	s.talking()
	return hello, nil
}

func (s *Session) running(h repl.Hello) {
	address, page := "", ""
	if s.target.Virtual != nil {
		address = s.target.Virtual.Address()
	}
	if s.proxy != nil {
		page = s.proxy.URL()
	}
	s.update(func(b *message.Board) {
		b.State, b.Text, b.Problem = message.BoardRunning, "The program is running.", nil
		b.Program, b.BuildID, b.LastEnd = h.Program, h.Build, h.Why
		if h.Held {
			p := heldBack(h.Why)
			b.State, b.Text, b.Problem, b.LastEnd = message.BoardCrashed, p.Text, p, ""
		}
		says(b, h.Board)
		b.Started = time.Now().Add(-h.Uptime).UnixMilli()
		b.FilesCap = h.FilesCap
		b.Link = true
		b.PageURL = page
		setAddress(b, address)
	})
}

func setAddress(b *message.Board, address string) {
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

// noAnswer decides what silence means.
func (s *Session) noAnswer() {
	s.mu.Lock()
	ran := s.ran
	s.mu.Unlock()
	s.update(func(b *message.Board) {
		switch b.State {
		case message.BoardEmpty, message.BoardStopped, message.BoardCrashed, message.BoardBusy, message.BoardAbsent,
			message.BoardSilent, message.BoardForeign:
			return // it is known why nobody answers
		}
		clearProgram(b)
		if ran {
			b.State, b.Problem = message.BoardSilent, silent()
			b.Text = b.Problem.Text
		} else {
			b.State, b.Text = message.BoardForeign, "A program runs that was not made with Studio. Console, Stop, Reset and Run work."
		}
	})
}

// follow asks a running program how it is, until it stops answering or ctx ends.
func (s *Session) follow(ctx context.Context, conn *repl.Conn, hello repl.Hello) {
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	wifi := s.followNetwork(ctx, conn)
	defer wifi.end()
	defer s.followPins(ctx, conn)()
	for {
		sctx, cancel := context.WithTimeout(ctx, statusPatience)
		st, err := conn.Status(sctx)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.log.Info("the board stopped answering", "err", err)
			break
		}
		s.update(func(b *message.Board) {
			b.HeapUsed, b.HeapSize, b.Clients = st.HeapUsed, st.HeapSize, st.Clients
			if hello.FilesCap > 0 {
				b.FilesLen = st.FilesUsed
			}
		})
		wifi.ask()
		if !s.untilStatus(ctx, conn, tick.C) {
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
	s.update(func(b *message.Board) {
		if b.Link && (b.State == message.BoardRunning || b.State == message.BoardCrashed) {
			clearProgram(b)
			b.Problem = nil
			b.State, b.Text = message.BoardConnecting, "The program has stopped answering. Asking again."
		}
	})
}

// untilStatus waits until the program is to be asked again; false: it cannot be any more.
func (s *Session) untilStatus(ctx context.Context, conn *repl.Conn, tick <-chan time.Time) bool {
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return false
		case <-conn.Down():
			return false
		case <-tick:
		}
		if n == skipAlone || !s.alone() {
			return true
		}
	}
}

// virtualEvent tells what can be seen on a virtual board from outside. It comes from the board's goroutine and must not block.
func (s *Session) virtualEvent(e virtual.Event) {
	switch e.Kind {
	case virtual.Pins:
		pins := s.target.Virtual.Pins()
		s.send(message.Event{Pins: &pins})
	case virtual.Address:
		address := s.target.Virtual.Address()
		s.update(func(b *message.Board) { setAddress(b, address) })
		if address != "" {
			s.talking()
		}
	case virtual.Exited:
		s.mu.Lock()
		s.exit = e
		s.mu.Unlock()
		s.seen()
	default:
		s.seen()
	}
}

// seen says what a look at the virtual chip shows: what runs is found out by asking it, what does not run is known.
// Events may come late, so the chip's present state counts and not the event.
func (s *Session) seen() {
	v := s.target.Virtual
	if v == nil {
		return
	}
	state := v.State()
	if state == virtual.StateEnded {
		s.exited()
		return
	}
	s.update(func(b *message.Board) {
		if b.State == message.BoardBusy || b.State == message.BoardAbsent {
			return
		}
		switch state {
		case virtual.StateBootloader:
			clearProgram(b)
			b.State, b.Text, b.Problem = message.BoardStopped, stoppedText, nil
		case virtual.StateOff:
			clearProgram(b)
			b.State, b.Text, b.Problem = message.BoardConnecting, "The board has no power.", nil
		case virtual.StateEmpty:
			clearProgram(b)
			b.State, b.Text, b.Problem = message.BoardEmpty, "There is no program on the board yet. Press Run.", nil
		case virtual.StateRunning, virtual.StateReset:
			switch b.State {
			case message.BoardStopped, message.BoardEmpty, message.BoardCrashed:
				clearProgram(b)
				b.State, b.Text, b.Problem = message.BoardConnecting, "The program is starting.", nil
			}
		}
	})
}

const stoppedText = "The program is stopped. Reset starts it again, Run writes it anew."

// exited says why a program ended: by a panic, or by the end of main.
func (s *Session) exited() {
	s.mu.Lock()
	code := s.exit.Code
	s.mu.Unlock()
	p := problem.New("program.ended", "The program came to its end.",
		"A board's program never ends: let main finish with board.Serve(), or loop for ever.")
	var found []message.Problem
	if code != 0 {
		p = problem.New("program.crashed", "The program crashed.", "The console shows what it said last. Mend main.go and press Run.")
		text := s.console.tail(16 << 10)
		if at := strings.LastIndex(text, "panic:"); at >= 0 {
			text = text[at:]
		}
		if m, ok := build.Panic(text); ok {
			p = problem.New("program.crashed", m.Text, m.Help)
			found = append(found, m)
		}
	}
	s.update(func(b *message.Board) {
		if b.State == message.BoardBusy || b.State == message.BoardAbsent {
			return
		}
		clearProgram(b)
		b.State, b.Text, b.Problem = message.BoardCrashed, p.Text, p
	})
	if found != nil {
		s.send(message.Event{Problems: &found})
	}
}
