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
)

// A program that panics is restarted, and what it said is told, wherever in the
// program it was. Its files stay.
func TestPanic(t *testing.T) {
	p := launch(t, "bad", "")
	k := connect(t, p)
	local := cable.Web(t, "led")
	k.Push(t, local)
	// What only looks like one is nothing.
	cable.Say(t, cable.Socket(t, k.Proxy(t)), "say", "Bad: say")
	k.Prints(t, "panic: not really\r\n")
	for i, c := range []struct{ message, why string }{
		{"index", "index out of range"},
		{"panic", "panic: out of tea"},
		{"goroutine", "index out of range"},
	} {
		at := p.emulated(t)
		if err := cable.Socket(t, k.Proxy(t)).WriteMessage(1, []byte(c.message)); err != nil {
			t.Fatal(err)
		}
		k.Prints(t, c.why+"\r\n")
		if why := p.left(t, 2*i+1); why != "watchdog" {
			t.Fatalf("%s: the board has left because of %q", c.message, why)
		}
		if took := p.emulated(t) - at; took > 4*time.Second {
			t.Errorf("%s: restarted after %v", c.message, took)
		}
		k.Release()
		said := k.Printed()
		k = connect(t, p)
		why := k.Hello.Why
		if k.Hello.Reset != link.ResetPanic || k.Hello.Held || !strings.HasPrefix(why, "panic: ") || !strings.HasSuffix(said, why+"\r\n") {
			t.Fatalf("%s: %+v", c.message, k.Hello)
		}
		k.Prints(t, "Restarted ("+why+")\r\n")
		if c.message == "index" {
			m, _ := compile.Panic(why)
			if found, ok := built(t, "bad").Where(t.Context(), m, built(t, "bad").ID); !ok || found.Path != "main.go" || found.Line != 8 && found.Line != 11 {
				t.Errorf("the place of %s is taken to be %+v", why, found)
			}
		}
		k.Has(t, local)
		// One that was asked for is another start.
		if _, err := k.Conn.Call(t.Context(), link.OpReset, nil); err != nil {
			t.Fatal(err)
		}
		p.left(t, 2*i+2)
		k.Release()
		if k = connect(t, p); k.Hello.Reset != link.ResetSoftware || k.Hello.Why != "" {
			t.Fatalf("after a reset that was asked for: %+v", k.Hello)
		}
	}
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
	events := make(chan api.Event, 1000)
	s, err := session.New(session.Config{Emit: func(e api.Event) { events <- e },
		Target: session.Target{Port: "pico", Method: uf2.New(2 << 20), Close: func() error { return nil },
			Open: func(context.Context, string) (port.Port, error) {
				if !p.await(0, func() bool { return p.Attached > p.Gone }) {
					return nil, port.ErrNotFound
				}
				l, err := p.Open()
				if err == nil {
					err = l.SetLines(true, true)
				}
				return l, err
			}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	until := func(what string, ok func(api.Event) bool) {
		t.Helper()
		for late := time.After(2 * patience); ; {
			select {
			case e := <-events:
				if ok(e) {
					return
				}
			case <-late:
				t.Fatalf("never: %s; the board is %+v", what, s.State())
			}
		}
	}
	var why api.Diagnostic
	toldWhy := func(e api.Event) bool {
		if e.Problems == nil || len(*e.Problems) != 1 {
			return false
		}
		why = (*e.Problems)[0]
		return why.Code == "program.panic" && strings.Contains(why.Text, "a map that was never made")
	}
	until("held", func(e api.Event) bool { return e.Board != nil && e.Board.State == api.BoardCrashed })
	until("told why", toldWhy)
	broken := built(t, "broken")
	if found, ok := broken.Where(t.Context(), why, broken.ID); !ok || found.Path != "main.go" || found.Line != 8 {
		t.Fatalf("%+v", found)
	}
	if _, ok := broken.Where(t.Context(), why, built(t, "big").ID); ok {
		t.Fatal("the place is looked for in another program")
	}

	// Reset tries again.
	quiet := func(string, string, int64, int64) {}
	_, err = s.Reset(t.Context(), quiet)
	var held *problem.Problem
	if !errors.As(err, &held) || held.Code != "program.held" || !strings.Contains(held.Text, "nil map") {
		t.Fatal(err)
	}
	until("told why again", toldWhy)
	b := s.State()
	if b.State != api.BoardCrashed || !b.Link || b.BuildID != built(t, "broken").ID || b.FilesCap == 0 || b.LastEnd != "" {
		t.Fatalf("%+v", b)
	}
	if _, err := s.Push(t.Context(), cable.Web(t, "led"), nil, quiet); err != nil {
		t.Fatal(err)
	}
}
