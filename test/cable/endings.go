package cable

import (
	"errors"
	"strings"
	"testing"
	"time"

	"studio/link"
	"studioide/internal/problem"
)

// Restarts is how a board starts its program again, and how a test hears of it.
type Restarts struct {
	Connect   func(t testing.TB) *Talk                     // opens the port and the link
	Emulated  func(t testing.TB) time.Duration             // the board's own clock
	Restarted func(t testing.TB, why string) time.Duration // waits for the start after the last one, wants it to be by "watchdog" or "reset", and gives the board's time
	Keeps     bool                                         // what the program prints while nobody has the port open comes later
	Placed    func(t testing.TB, why string)               // looks where in the program the panic of the message "index" was
}

// Panics has a program that panics when it is asked to restarted, and what it
// has said told, wherever in the program it was. Its files stay. It answers
// "Bad: " and the message.
func Panics(t *testing.T, r Restarts) {
	t.Helper()
	k := r.Connect(t)
	local := Web(t, "led")
	k.Push(t, local)
	// What only looks like one is nothing.
	Say(t, Socket(t, k.Proxy(t)), "say", "Bad: say")
	k.Prints(t, "panic: not really\r\n")
	for _, c := range []struct{ message, why string }{
		{"index", "index out of range"},
		{"panic", "panic: out of tea"},
		{"goroutine", "index out of range"},
	} {
		at := r.Emulated(t)
		if err := Socket(t, k.Proxy(t)).WriteMessage(1, []byte(c.message)); err != nil {
			t.Fatal(err)
		}
		if took := r.Restarted(t, "watchdog") - at; took > 4*time.Second {
			t.Errorf("%s: restarted after %v", c.message, took)
		}
		k.Release()
		said := k.Printed()
		k = r.Connect(t)
		why := k.Hello.Why
		if k.Hello.Reset != link.ResetPanic || k.Hello.Held || !strings.HasPrefix(why, "panic: ") || !strings.HasSuffix(why, c.why) ||
			!strings.Contains(said, why+"\r\n") || r.Keeps && !strings.HasSuffix(said, why+"\r\n") {
			t.Fatalf("%s: %+v; before, it said %q", c.message, k.Hello, said)
		}
		if r.Keeps {
			k.Prints(t, "Restarted ("+why+")\r\n")
		}
		if c.message == "index" {
			r.Placed(t, why)
		}
		k.Has(t, local)
		// One that was asked for is another start.
		if _, err := k.Conn.Call(t.Context(), link.OpReset, nil); err != nil {
			t.Fatal(err)
		}
		r.Restarted(t, "reset")
		k.Release()
		if k = r.Connect(t); k.Hello.Reset != link.ResetSoftware || k.Hello.Why != "" {
			t.Fatalf("after a reset that was asked for: %+v", k.Hello)
		}
	}
}

// Loop sends a program that can be sent into a loop there. It answers name, ": ", and the message.
func (k *Talk) Loop(t testing.TB, name string) {
	t.Helper()
	c := Socket(t, k.Proxy(t))
	Say(t, c, "there?", name+": there?")
	if err := c.WriteMessage(1, []byte("loop")); err != nil {
		t.Fatal(err)
	}
	k.Prints(t, "for ever\r\n")
}

// NoAnswer wants the link to find out that the program does not answer.
func (k *Talk) NoAnswer(t testing.TB) {
	t.Helper()
	began := time.Now()
	_, err := k.Conn.Call(t.Context(), link.OpPing, nil)
	var told *problem.Problem
	if !errors.As(err, &told) || told.Code != "link.no-answer" {
		t.Fatalf("%v, want link.no-answer", err)
	}
	t.Logf("%v after %v", err, time.Since(began).Round(time.Millisecond))
}

// Looped wants the board to have been restarted because its program was in a loop.
func (k *Talk) Looped(t testing.TB, build string) {
	t.Helper()
	if h := k.Hello; h.Reset != link.ResetWatchdog || h.Why != "the callback of OnText took longer than 8 s" || h.Held || h.Build != build {
		t.Fatalf("%+v", h)
	}
}
