package esp32c3

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/compile"
	"studioide/internal/flasher/esp"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/session"
	"studioide/test/cable"
	"studioide/test/cable/studio"
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
	n := p.Boots()
	cause := map[string]int{"watchdog": byWatchdog, "reset": bySoftware}
	cable.Panics(t, cable.Restarts{
		Connect:  p.connect,
		Emulated: p.emulated,
		Restarted: func(t testing.TB, want string) time.Duration {
			t.Helper()
			n++
			boot := p.booted(t, n)
			if boot.Cause != cause[want] {
				t.Fatalf("restarted because of %#x, want the %s", boot.Cause, want)
			}
			return time.Duration(boot.Nanos)
		},
		Placed: func(t testing.TB, why string) {
			m, _ := compile.Panic(why)
			bad := built(t, "bad")
			if found, ok := bad.Where(t.Context(), m, bad.ID); !ok || found.Path != "main.go" || found.Line != 20 && found.Line != 23 {
				t.Errorf("the place of %s is taken to be %+v", why, found)
			}
		},
	})
}

// A program that goes wrong right after its start, again and again, is held:
// the board stays within reach, and Studio says what has happened, and where.
func TestStudioTellsEndings(t *testing.T) {
	p := launch(t, "bad", emulator.Config{})
	n := p.Boots()
	if err := p.SetPin(2, false); err != nil { // the wire
		t.Fatal(err)
	}
	s := studio.Begin(t, session.Target{Port: "esp32c3", Method: esp.New(),
		Open: func(context.Context, string) (port.Port, error) { return p.Open() }})
	_, err := s.Reset(t.Context(), studio.Quiet) // GPIO2 is looked at when the program starts
	var told *problem.Problem
	if err != nil && !errors.As(err, &told) {
		t.Fatal(err)
	}
	s.Crashed(t)
	why := s.NilMap(t)
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
		_, err := s.Reset(t.Context(), studio.Quiet)
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
	s.NilMap(t)
	settles("held", func(b api.Board) bool {
		return b.State == api.BoardCrashed && b.Link && b.BuildID == bad.ID && b.FilesCap > 0 && b.LastEnd == ""
	})
	if _, err := s.Push(t.Context(), cable.Web(t, "led"), nil, studio.Quiet); err != nil {
		t.Fatal(err)
	}

	// Without the wire, Reset is enough.
	if err := p.SetPin(2, true); err != nil {
		t.Fatal(err)
	}
	reset("")
	settles("running", func(b api.Board) bool { return b.State == api.BoardRunning && b.Link })

	// Whoever has the port open from the start on hears it all from the board itself.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.SetPin(2, false); err != nil {
		t.Fatal(err)
	}
	n = p.Boots()
	wire := p.open(t)
	wire.SetLines(false, true)
	wire.SetLines(false, false)
	p.booted(t, n+4)
	cable.Connect(t, wire).Held(t, "assignment to entry in nil map")
}
