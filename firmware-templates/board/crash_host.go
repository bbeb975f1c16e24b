//go:build !tinygo

package board

import "studio/host"

// A program on a computer that panics ends: its chip sees that, reads why in
// what the program printed, and starts it again. One whose callback takes too
// long is restarted by itself: see watchdog_host.go. The chip counts early ends,
// as a board's memory does that a restart leaves alone.

// The program's own packages come after this one, so that one that is held does
// not even begin.
func init() {
	std.lastEnd = lastEnd{reset: host.ResetReason(), why: host.ResetWhy(), held: host.EarlyEnds() >= crashLoopLimit}
	if std.lastEnd.held {
		Serve()
	}
	host.ArmWatchdog()
}

func restart()           { host.Reset() }
func bootloader()        { host.Bootloader() }
func terminalOpen() bool { return true }
