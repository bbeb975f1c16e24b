package rp2040

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"studio/link"
	"studioide/internal/api"
	"studioide/internal/compile"
	"studioide/internal/flasher/uf2"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/session"
	"studioide/test/cable"
	"studioide/test/cable/studio"
)

// A program that panics is restarted, and what it said is told, wherever in the
// program it was. Its files stay.
func TestPanic(t *testing.T) {
	p := launch(t, "bad", "")
	gone := 0
	cable.Panics(t, cable.Restarts{
		Connect:  func(t testing.TB) *cable.Talk { return connect(t, p) },
		Emulated: p.emulated,
		Restarted: func(t testing.TB, want string) time.Duration {
			t.Helper()
			gone++
			if why := p.left(t, gone); why != want {
				t.Fatalf("the board has left because of %q, not of %q", why, want)
			}
			return p.emulated(t)
		},
		Keeps: true,
		Placed: func(t testing.TB, why string) {
			m, _ := compile.Panic(why)
			bad := built(t, "bad")
			if found, ok := bad.Where(t.Context(), m, bad.ID); !ok || found.Path != "main.go" || found.Line != 8 && found.Line != 11 {
				t.Errorf("the place of %s is taken to be %+v", why, found)
			}
		},
	})
}

// A program that goes wrong right after its start, again and again, is held:
// the board stays within reach.
func TestHeld(t *testing.T) {
	p := launch(t, "broken", "")
	for i := range 3 {
		if why := p.left(t, i+1); why != "watchdog" {
			t.Fatalf("the board has left because of %q", why)
		}
	}
	k := connect(t, p)
	k.Held(t, "assignment to entry in nil map")
	// Reset tries again.
	if _, err := k.Conn.Call(t.Context(), link.OpReset, nil); err != nil {
		t.Fatal(err)
	}
	k.Release()
	if why := p.left(t, 4); why != "reset" {
		t.Fatalf("the board has left because of %q", why)
	}
	if why := p.left(t, 5); why != "watchdog" {
		t.Fatalf("the board has left because of %q", why)
	}
}

// Studio says what has happened to a program that goes wrong at its start, and
// where to look; and the board stays within reach.
func TestStudioTellsEndings(t *testing.T) {
	p := launch(t, "broken", "")
	s := studio.Begin(t, session.Target{Port: "pico", Method: uf2.New(2 << 20),
		Open: func(context.Context, string) (port.Port, error) {
			if !p.await(0, func() bool { return p.Attached > p.Gone }) {
				return nil, port.ErrNotFound
			}
			l, err := p.Open()
			if err == nil {
				err = l.SetLines(true, true)
			}
			return l, err
		}})
	s.Crashed(t)
	why := s.NilMap(t)
	broken := built(t, "broken")
	if found, ok := broken.Where(t.Context(), why, broken.ID); !ok || found.Path != "main.go" || found.Line != 8 {
		t.Fatalf("%+v", found)
	}
	if _, ok := broken.Where(t.Context(), why, built(t, "big").ID); ok {
		t.Fatal("the place is looked for in another program")
	}

	// Reset tries again.
	_, err := s.Reset(t.Context(), studio.Quiet)
	var held *problem.Problem
	if !errors.As(err, &held) || held.Code != "program.held" || !strings.Contains(held.Text, "nil map") {
		t.Fatal(err)
	}
	s.NilMap(t)
	b := s.State()
	if b.State != api.BoardCrashed || !b.Link || b.BuildID != built(t, "broken").ID || b.FilesCap == 0 || b.LastEnd != "" {
		t.Fatalf("%+v", b)
	}
	if _, err := s.Push(t.Context(), cable.Web(t, "led"), nil, studio.Quiet); err != nil {
		t.Fatal(err)
	}
}
