//go:build !tinygo

package crash

import "studio/host"

// A program on a computer that panics ends: its chip sees that, reads why in
// what the program printed, and starts it again. One whose callback takes too
// long is restarted by itself: see watch_host.go. The chip counts early ends,
// as a board's memory does that a restart leaves alone.

// Begin finds out how the last program ended. names are what programs set their
// functions with; the first one is none.
func Begin(names []string) {
	callbacks = names
	last = End{Reset: host.ResetReason(), Why: host.ResetWhy(), Held: host.EarlyEnds() >= crashLoopLimit}
	if !last.Held {
		host.ArmWatchdog()
	}
}

// Restart resets the chip because somebody wants it.
func Restart() { host.Reset() }

// Bootloader restarts the chip into its bootloader.
func Bootloader() { host.Bootloader() }
