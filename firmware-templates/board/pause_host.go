//go:build !tinygo

package board

import "time"

var (
	wakeUp     = make(chan struct{}, 1)
	pauseTimer = time.NewTimer(time.Hour)
)

// wake ends a pause, this one or the next.
func wake() {
	select {
	case wakeUp <- struct{}{}:
	default:
	}
}

// pause waits for wake, at most that many milliseconds.
func pause(milliseconds int64) {
	if milliseconds <= 0 {
		return
	}
	pauseTimer.Reset(time.Duration(milliseconds) * time.Millisecond)
	select {
	case <-wakeUp:
	case <-pauseTimer.C:
	}
}

// yield lets other goroutines get on with what is waited for.
func yield() { time.Sleep(time.Millisecond) }
