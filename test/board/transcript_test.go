package board

import (
	"context"
	"testing"
	"time"

	"studioide/test/transcript"
)

func TestTranscripts(t *testing.T) {
	for _, name := range []string{"led", "echo", "blink", "sensor", "drive"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, name, false)
			transcript.Play(t, name, transcript.Board{
				Host:    p.address,
				Pin:     func(pin int, level bool) { p.waitPin(t, pin, level) },
				Console: func(lines []string) { p.lines(t, lines) },
			})
		})
	}
}

// waitPin asks until the pin has that level.
func (p *program) waitPin(t *testing.T, pin int, level bool) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		pins, err := p.conn.Pins(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, is := range pins {
			if is.Pin == pin && is.Level == level {
				return
			}
		}
		if time.Since(began) > patience {
			t.Fatalf("pin %d never gets %v: %+v", pin, level, pins)
		}
	}
}
