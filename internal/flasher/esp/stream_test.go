package esp

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/virtual"
)

// streamImages are large enough for the stub: one like a program, its last
// sectors erased flash, and one that cannot be compressed.
func streamImages() [][]byte {
	p := append(likeAProgram(110_000, 4), bytes.Repeat([]byte{0xff}, 9000)...)
	return [][]byte{p, flashertest.Image(100_001, 5)}
}

// streamed flashes image over old content while fault is at work, and again
// without it if that went wrong. Whenever it says done, it has to be done.
func streamed(t *testing.T, image []byte, fault func(r *flashertest.Rig, b *virtual.Board)) (first error) {
	r, board := rig(t, virtual.Config{FlashSize: 4 << 20})
	p, err := board.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { p.Close() }()
	flash := func() error {
		result, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Offset: 0x8000, Data: image}}, flasher.Options{})
		if err == nil && (!result.Verified || !bytes.Equal(r.Flash(0x8000, len(image)), image)) {
			t.Error("it says that it is done, and flash holds something else")
		}
		return err
	}
	old, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: flashertest.Image(200_000, 8)}}, flasher.Options{Full: true})
	if err != nil || !old.Verified {
		t.Fatal(err)
	}
	fault(r, board)
	if first = flash(); first != nil {
		r.Mend()
		p.Close()
		if p, err = board.Open(); err != nil {
			t.Fatal(err)
		}
		if err := flash(); err != nil {
			t.Errorf("after %v, with a good cable: %v", first, err)
		}
	}
	return first
}

func TestStreamLosesAnswers(t *testing.T) {
	step := int64(1)
	if testing.Short() {
		step = 9
	}
	for _, image := range streamImages() {
		for n := int64(1); n < 110; n += step {
			synctest.Test(t, func(t *testing.T) {
				if err := streamed(t, image, func(_ *flashertest.Rig, b *virtual.Board) { b.Inject(virtual.Faults{DropReply: n}) }); err != nil {
					t.Errorf("answer %d lost: %v", n, err)
				}
			})
		}
	}
}

func TestStreamOnBadLines(t *testing.T) {
	for _, image := range streamImages() {
		for seed := range uint64(12) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				err := streamed(t, image, func(_ *flashertest.Rig, b *virtual.Board) {
					l := virtual.Line{Loss: 0.00003 * float64(seed), Flip: 0.00003 * float64(seed)}
					b.Inject(virtual.Faults{Seed: seed + 1, ToChip: l, ToHost: l})
				})
				t.Logf("%d: %v after %v", seed, err, time.Since(start).Round(time.Millisecond))
			})
		}
	}
}

func TestStreamIsCutShort(t *testing.T) {
	image := streamImages()[0]
	for n := int64(1); n < 8; n++ {
		synctest.Test(t, func(t *testing.T) {
			streamed(t, image, func(r *flashertest.Rig, _ *virtual.Board) { r.UnplugAt(n) })
		})
	}
	for n := int64(1); n < 500; n += 23 {
		synctest.Test(t, func(t *testing.T) {
			if err := streamed(t, image, func(r *flashertest.Rig, _ *virtual.Board) { r.CutAt(n) }); err == nil && n < 300 {
				t.Errorf("write %d is the last one, and it says done", n)
			}
		})
	}
}

func TestStreamIsCancelled(t *testing.T) {
	for stop := range 6 {
		synctest.Test(t, func(t *testing.T) {
			r, board := rig(t, virtual.Config{FlashSize: 4 << 20, Timing: true})
			p, err := board.Open()
			if err != nil {
				t.Fatal(err)
			}
			image := streamImages()[0]
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var at time.Time
			seen := 0
			_, err = r.Method.Flash(ctx, p, []flasher.Part{{Data: image}}, flasher.Options{Progress: func(g flasher.Progress) {
				if g.Phase == flasher.PhaseWrite {
					if seen++; seen == stop+1 {
						at = time.Now()
						cancel()
					}
				}
			}})
			if at.IsZero() && err == nil {
				return // it had fewer steps
			}
			if err == nil || time.Since(at) > 1500*time.Millisecond || !r.Waiting() {
				t.Errorf("step %d: %v %v after the cancel; the board is %s", stop, err, time.Since(at), board.State())
			}
			if _, err := r.Method.Flash(context.Background(), p, []flasher.Part{{Data: image}}, flasher.Options{}); err != nil || !bytes.Equal(r.Flash(0, len(image)), image) {
				t.Errorf("step %d, again: %v", stop, err)
			}
		})
	}
}
