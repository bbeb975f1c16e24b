//go:build !tinygo

package crash

import (
	"bytes"
	"runtime"
	"sync/atomic"
	"time"

	"studio/host"
)

// The virtual board's watchdog: a callback that takes longer than a real board
// allows restarts this one, too. A computer may be suspended, halted by a
// debugger or busy with other things, so time is counted in short steps: while
// the callback waits (for time.Sleep, a channel, a lock) as the clock says, but
// never more than two steps at once; while it computes, what the process has
// really had of the processor.

const watchStep = 100 * time.Millisecond

var watch struct {
	fed       atomic.Uint32 // of life
	timer     *time.Timer   // for a look at the server when there was none for a while
	goroutine []byte        // the server's, as stacks begin with it
	healthy   bool          // that was told
	running   func() Callback
}

// Watch has the calling goroutine watched, the one that serves. running says
// which callback runs; it takes the loop's lock.
func Watch(running func() Callback) {
	watch.running = running
	var b [32]byte
	head := b[:runtime.Stack(b[:], false)]
	watch.goroutine = bytes.Clone(head[:bytes.IndexByte(head, '[')+1])
	watch.timer = time.AfterFunc(2*watchStep, watchCallback)
}

// feedWatchdog is called several times a second while the server gets on.
func feedWatchdog(healthy bool) {
	watch.fed.Add(1)
	if healthy && !watch.healthy {
		watch.healthy = true
		host.Healthy()
	}
	if watch.timer != nil {
		watch.timer.Reset(2 * watchStep)
	}
}

// RestLocked is called when the server is about to wait for at most so many
// milliseconds. In a long wait no callback runs, and nothing wakes the computer
// to find that out.
func RestLocked(milliseconds int64) {
	if watch.timer != nil && milliseconds > (2*watchStep).Milliseconds() {
		watch.timer.Stop()
		feedAt = 0 // it is watched again from its first step on
	}
}

// watchCallback follows a callback until it returns, or has taken too long.
func watchCallback() {
	sign, what := watch.fed.Load(), watch.running()
	last, used := time.Now(), host.ProcessTime()
	for spent := time.Duration(0); spent < watchdogTimeout; {
		if what == 0 {
			return
		}
		time.Sleep(watchStep)
		if watch.fed.Load() != sign || watch.running() != what {
			return
		}
		now, cpu := time.Now(), host.ProcessTime()
		spent += chargeable(waits(), now.Sub(last), cpu-used)
		last, used = now, cpu
	}
	why := what.tookTooLong()
	println("The board restarts: " + why + ". While a callback runs nothing else is served: let it return soon, and use board.Every or a goroutine (go func() …) for what takes long.")
	host.Watchdog(why)
}

// chargeable is what a step of the callback counts, of so much time and so much
// of the processor's.
func chargeable(waits bool, passed, used time.Duration) time.Duration {
	passed = min(passed, 2*watchStep) // more than that is not the program's doing
	if !waits {
		return min(passed, used)
	}
	return passed
}

// waits reports whether the server's goroutine waits for something of the
// program's; one that waits for the computer, to print something, does not.
func waits() bool {
	stacks := make([]byte, 64<<10)
	stacks = stacks[:runtime.Stack(stacks, true)]
	at := bytes.Index(stacks, watch.goroutine)
	if at < 0 {
		return false
	}
	state := stacks[at+len(watch.goroutine):]
	for _, s := range [...]string{"sleep", "chan ", "select", "sync.", "sema", "IO wait"} {
		if bytes.HasPrefix(state, []byte(s)) {
			return true
		}
	}
	return false
}
