//go:build tinygo

package loop

import (
	"runtime"
	"time"
)

// Wake does nothing: bytes come by interrupt into rings that are looked at
// twice in a millisecond.
func Wake() {}

func pause(milliseconds int64) {
	if milliseconds <= 0 {
		runtime.Gosched()
		return
	}
	time.Sleep(500 * time.Microsecond)
}

func yield(*Loop) { time.Sleep(500 * time.Microsecond) }
