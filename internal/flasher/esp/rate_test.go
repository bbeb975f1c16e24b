package esp

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/problem"
	"studioide/internal/virtual"
)

func TestRateThatThePortTakes(t *testing.T) {
	for _, c := range []struct {
		slow       bool
		want, used int
	}{{false, 0, 921600}, {false, 460800, 460800}, {false, 115200, 115200}, {false, 1000000, 1000000}, {true, 0, 230400}, {true, 2000000, 230400}} {
		synctest.Test(t, func(t *testing.T) {
			r, board := rig(t, virtual.Config{FlashSize: 4 << 20, Timing: true})
			p, err := board.Open()
			if err != nil {
				t.Fatal(err)
			}
			if c.slow {
				p = slow{p}
			}
			result, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: flashertest.Image(5000, 1)}}, flasher.Options{Baud: c.want})
			if err != nil || result.Baud != c.used {
				t.Errorf("%+v: %d baud, %v", c, result.Baud, err)
			}
			if err := r.Method.Hold(context.Background(), p); err != nil { // the port is at 115200 again
				t.Error(err)
			}
		})
	}
}

// TestHopelessLineEnds: with one byte in twelve damaged nothing works; it is said, and soon.
func TestHopelessLineEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, board := rig(t, virtual.Config{FlashSize: 4 << 20})
		p, err := board.Open()
		if err != nil {
			t.Fatal(err)
		}
		r.Noise(0.04, 0.04)
		start := time.Now()
		_, err = r.Method.Flash(context.Background(), p, []flasher.Part{{Data: flashertest.Image(20_000, 1)}}, flasher.Options{})
		if got := problem.Of(err); err == nil || got.Code == "internal" {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took > 3*time.Minute {
			t.Errorf("it took %v", took)
		}
		r.Mend()
		if _, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: flashertest.Image(20_000, 1)}}, flasher.Options{}); err != nil {
			t.Errorf("with a good cable: %v", err)
		}
	})
}

// TestLostAnswers loses every single answer of a flash once.
func TestLostAnswers(t *testing.T) {
	for n := int64(1); n < 70; n++ {
		synctest.Test(t, func(t *testing.T) {
			r, board := rig(t, virtual.Config{FlashSize: 4 << 20})
			p, err := board.Open()
			if err != nil {
				t.Fatal(err)
			}
			image := flashertest.Image(20_000, uint64(n))
			board.Inject(virtual.Faults{DropReply: n})
			result, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{})
			if err != nil {
				t.Fatalf("answer %d lost: %v", n, err)
			}
			if string(r.Flash(0, len(image))) != string(image) {
				t.Errorf("answer %d lost: flash is wrong", n)
			}
			if result.Duration > 3*time.Second {
				t.Errorf("answer %d lost: took %v", n, result.Duration)
			}
		})
	}
}
