//go:build tinygo

package crash

import "studio/board/chip"

var (
	panics panicScanner // looks for a panic in what this program prints, where that can be known
	serves bool         // the watchdog is fed
)

// Begin finds out how the last program ended, and listens to this one from now
// on. names are what programs set their functions with; the first one is none.
func Begin(names []string) {
	callbacks = names
	panics.record = (*record)(chip.RetainedRAM())
	last = panics.record.read(chip.ResetReason())
	chip.TapPrint(scanPrinted)
}

// scanPrinted is called with every byte that println or a panic prints.
func scanPrinted(c byte) {
	before := panics.complete
	if panics.scan(c) {
		chip.Watchdog(panicFlushDelay)
	} else if before && serves {
		chip.Watchdog(watchdogTimeout)
	} else if before {
		chip.Watchdog(0)
	}
}

// Watch has nothing to do: the hardware's watchdog looks after everything.
func Watch(func() Callback) {}

// RestLocked has nothing to do: the server wakes in time to feed the watchdog.
func RestLocked(int64) {}

// feedWatchdog is called several times a second while the program serves. What
// it has printed is no panic then.
func feedWatchdog(healthy bool) {
	if panics.complete {
		panics.reset()
	}
	panics.record.healthy = healthy
	serves = true
	chip.Watchdog(watchdogTimeout)
	chip.FlushEarlyText()
}

// Calling records which callback runs, in case it never returns.
func Calling(c Callback) { panics.record.calling = c }

// Restart resets the chip because somebody wants it.
func Restart() {
	panics.record.requested = true
	chip.Watchdog(0)
	chip.Reset()
}

// Bootloader restarts the chip into its bootloader.
func Bootloader() {
	chip.Watchdog(0)
	chip.EnterBootloader()
}
