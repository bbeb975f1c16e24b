package esp

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/virtual"
)

// BenchmarkFlash3MB is the flasher's own work, and the virtual chip's: nothing waits for a line.
func BenchmarkFlash3MB(b *testing.B) {
	r, board := rig(b, virtual.Config{FlashSize: 4 << 20})
	image := flashertest.Image(3<<20, 1)
	p, err := board.Open()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		full bool
	}{{"full", true}, {"unchanged", false}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(image)))
			for b.Loop() {
				if _, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{Full: c.full}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestReflashIsMuchFaster is the promise of the incremental write, in the time
// of a real line and flash: a constant in a program of the virtual board's
// size and of a small board's size has changed.
func TestReflashIsMuchFaster(t *testing.T) {
	for size, goal := range map[int]time.Duration{136 << 10: 450 * time.Millisecond, 2800 << 10: 1900 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			r, board := rig(t, virtual.Config{FlashSize: 4 << 20, Timing: true})
			p, err := board.Open()
			if err != nil {
				t.Fatal(err)
			}
			image := flashertest.Image(size, 1)
			flash := func(full bool) time.Duration {
				result, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{Full: full})
				if err != nil {
					t.Fatal(err)
				}
				if result.Baud != 921600 {
					t.Errorf("flashed at %d baud", result.Baud)
				}
				return result.Duration
			}
			whole := flash(true)
			image[size/2] ^= 1 // the constant
			image[20] ^= 1     // and the image's checksum
			changed := flash(false)
			same := flash(false)
			ratio := float64(whole) / float64(changed)
			t.Logf("%d KB at 921600: full %v, two sectors changed %v (%.1f times faster), unchanged %v", size>>10,
				whole.Round(time.Millisecond), changed.Round(time.Millisecond), ratio, same.Round(time.Millisecond))
			if changed > goal || ratio < 4 {
				t.Errorf("%v, only %.1f times faster", changed, ratio)
			}
		})
	}
}
