//go:build !tinygo

package loop

import "time"

var (
	wakeUp     = make(chan struct{}, 1)
	pauseTimer = time.NewTimer(time.Hour)
)

// Wake ends a pause, this one or the next.
func Wake() {
	select {
	case wakeUp <- struct{}{}:
	default:
	}
}

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

func yield(*Loop) { time.Sleep(time.Millisecond) }
