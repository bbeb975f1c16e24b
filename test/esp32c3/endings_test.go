package esp32c3

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"studio/link"
	"studioide/internal/api"
	"studioide/internal/compile"
	"studioide/internal/flasher/esp"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/session"
	"studioide/test/cable"
	"studioide/test/esp32c3/emulator"
)

// The chip's numbers of reset causes (Technical Reference Manual, "Reset and Clock").
const (
	bySoftware = 0x03
	byWatchdog = 0x09 // of the RTC, which it spares
)

// A program that panics is restarted, and what it said is told, wherever in the
// program it was. Its files stay.
func TestPanic(t *testing.T) {
	p := launch(t, "bad", emulator.Config{})
	k := p.connect(t)
	local := cable.Web(t, "led")
	k.Push(t, local)
	// What only looks like one is nothing.
	cable.Say(t, cable.Socket(t, k.Proxy(t)), "say", "Bad: say")
	k.Prints(t, "panic: not really\r\n")
	for _, c := range []struct{ message, why string }{
		{"index", "index out of range"},
		{"panic", "panic: out of tea"},
		{"goroutine", "index out of range"},
	} {
		n := p.Boots()
		at := p.ask(t, "state", nil).Nanos
		if err := cable.Socket(t, k.Proxy(t)).WriteMessage(1, []byte(c.message)); err != nil {
			t.Fatal(err)
		}
		boot := p.booted(t, n+1)
		if boot.Cause != byWatchdog {
			t.Fatalf("%s: restarted because of %#x", c.message, boot.Cause)
		}
		if took := time.Duration(boot.Nanos - at); took > 4*time.Second {
			t.Errorf("%s: restarted after %v", c.message, took)
		}
		k.Release()
		said := k.Printed()
		k = p.connect(t)
		why := k.Hello.Why
		if k.Hello.Reset != link.ResetPanic || k.Hello.Held || !strings.HasPrefix(why, "panic: ") || !strings.HasSuffix(why, c.why) || !strings.Contains(said, why+"\r\n") {
			t.Fatalf("%s: %+v; before, it said %q", c.message, k.Hello, said)
		}
		if c.message == "index" {
			m, _ := compile.Panic(why)
			bad := built(t, "bad")
			if found, ok := bad.Where(t.Context(), m, bad.ID); !ok || found.Path != "main.go" || found.Line != 20 && found.Line != 23 {
				t.Errorf("the place of %s is taken to be %+v", why, found)
			}
		}
		k.Has(t, local)
		// One that was asked for is another start.
		n = p.Boots()
		if _, err := k.Conn.Call(t.Context(), link.OpReset, nil); err != nil {
			t.Fatal(err)
		}
		if boot := p.booted(t, n+1); boot.Cause != bySoftware {
			t.Fatalf("restarted because of %#x", boot.Cause)
		}
		k.Release()
		if k = p.connect(t); k.Hello.Reset != link.ResetSoftware || k.Hello.Why != "" {
			t.Fatalf("after a reset that was asked for: %+v", k.Hello)
		}
	}
}

// A program that goes wrong right after its start, again and again, is held:
// the board stays within reach, and Studio says what has happened, and where.
func TestStudioTellsEndings(t *testing.T) {
	p := launch(t, "bad", emulator.Config{})
	n := p.Boots()
	if err := p.SetPin(2, false); err != nil { // the wire
		t.Fatal(err)
	}
	events := make(chan api.Event, 1000)
	s, err := session.New(session.Config{Emit: func(e api.Event) { events <- e },
		Target: session.Target{Port: "esp32c3", Method: esp.New(), Close: func() error { return nil },
			Open: func(context.Context, string) (port.Port, error) { return p.Open() }}})
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
	quiet := func(string, string, int64, int64) {}
	_, err = s.Reset(t.Context(), quiet) // GPIO2 is looked at when the program starts
	var told *problem.Problem
	if err != nil && !errors.As(err, &told) {
		t.Fatal(err)
	}
	until("held", func(e api.Event) bool { return e.Board != nil && e.Board.State == api.BoardCrashed })
	until("told why", toldWhy)
	if got := p.Boots() - n; got != 4 {
		t.Errorf("it was started %d times, want 4", got)
	}
	bad := built(t, "bad")
	// The compiler moves such a call to the statements before it: the place is near.
	line := strings.Count(badText[:strings.Index(badText, `counts["starts"]`)], "\n") + 1
	if found, ok := bad.Where(t.Context(), why, bad.ID); !ok || found.Path != "main.go" || found.Line < line-3 || found.Line > line {
		t.Fatalf("%+v", found)
	}

	// Reset tries again. On a busy computer the chip may need longer for its
	// starts than Studio waits for one; what it is comes out all the same.
	reset := func(want string) {
		t.Helper()
		_, err := s.Reset(t.Context(), quiet)
		if errors.As(err, &told) && told.Code == "link.no-answer" {
			t.Log(err)
		} else if want == "" && err != nil || want != "" && (told == nil || told.Code != want) {
			t.Fatal(err)
		}
	}
	settles := func(what string, ok func(api.Board) bool) {
		t.Helper()
		for late := time.Now().Add(patience); !ok(s.State()); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(late) {
				t.Fatalf("never %s: %+v", what, s.State())
			}
		}
	}
	reset("program.held")
	until("told why again", toldWhy)
	settles("held", func(b api.Board) bool {
		return b.State == api.BoardCrashed && b.Link && b.BuildID == bad.ID && b.FilesCap > 0 && b.LastEnd == ""
	})
	if _, err := s.Push(t.Context(), cable.Web(t, "led"), nil, quiet); err != nil {
		t.Fatal(err)
	}

	// Without the wire, Reset is enough.
	if err := p.SetPin(2, true); err != nil {
		t.Fatal(err)
	}
	reset("")
	settles("running", func(b api.Board) bool { return b.State == api.BoardRunning && b.Link })
}
