package virtual

import (
	"context"
	"time"
)

// Clock is where a board with Timing takes its time from.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f in a goroutine of its own once d has passed, unless stop is called before.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }
func (systemClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}

// pause waits for d of the board's time, or until ctx ends.
func (b *Board) pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	passed := make(chan struct{})
	stop := b.clock.AfterFunc(d, func() { close(passed) })
	select {
	case <-passed:
	case <-ctx.Done():
		stop()
	}
}

// busy is pause for what takes time only on real hardware.
func (b *Board) busy(ctx context.Context, d time.Duration) {
	if b.config.Timing {
		b.pause(ctx, d)
	}
}
