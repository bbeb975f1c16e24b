// Package studio is what Studio makes of a board at the end of a cable, for tests of emulated boards.
package studio

import (
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/session"
	"studioide/test/cable"
)

// Studio is a session with a board, and what it tells of it.
type Studio struct {
	*session.Session
	events chan api.Event
}

// Begin starts a session, which ends with the test.
func Begin(t testing.TB, target session.Target) *Studio {
	t.Helper()
	s := &Studio{events: make(chan api.Event, 1000)}
	target.Close = func() error { return nil }
	var err error
	if s.Session, err = session.New(session.Config{Emit: func(e api.Event) { s.events <- e }, Target: target}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Quiet is for actions whose progress nobody looks at.
func Quiet(string, string, int64, int64) {}

// Until waits for an event.
func (s *Studio) Until(t testing.TB, what string, ok func(api.Event) bool) {
	t.Helper()
	for late := time.After(2 * cable.Patience); ; {
		select {
		case e := <-s.events:
			if ok(e) {
				return
			}
		case <-late:
			t.Fatalf("never: %s; the board is %+v", what, s.State())
		}
	}
}

// Crashed waits until the board is said to hold its program.
func (s *Studio) Crashed(t testing.TB) {
	t.Helper()
	s.Until(t, "held", func(e api.Event) bool { return e.Board != nil && e.Board.State == api.BoardCrashed })
}

// NilMap waits until the program is said to have written to a map that was never made.
func (s *Studio) NilMap(t testing.TB) (why api.Diagnostic) {
	t.Helper()
	s.Until(t, "told why", func(e api.Event) bool {
		if e.Problems == nil || len(*e.Problems) != 1 {
			return false
		}
		why = (*e.Problems)[0]
		return why.Code == "program.panic" && strings.Contains(why.Text, "a map that was never made")
	})
	return why
}
