//go:build tinygo

package board

import (
	"runtime"
	"time"
)

// Nothing wakes us: bytes come by interrupt into rings that are looked at
// twice in a millisecond.
func wake() {}

func pause(milliseconds int64) {
	if milliseconds <= 0 {
		runtime.Gosched()
		return
	}
	time.Sleep(500 * time.Microsecond)
}

func yield() { time.Sleep(500 * time.Microsecond) }
