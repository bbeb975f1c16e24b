//go:build tinygo

package board

// panics looks for a panic in what this program prints, where that can be known.
var panics panicScanner

// The program's own packages come after this one, so that everything that they
// do is heard, and a program that is held does not even begin.
func init() {
	panics.record = retainedRAM()
	std.lastEnd = panics.record.read(resetReason())
	tapPrint()
	if std.lastEnd.held {
		Serve()
	}
}

// scanPrinted is called with every byte that println or a panic prints.
func scanPrinted(c byte) {
	before := panics.complete
	if panics.scan(c) {
		watchdog(panicFlushDelay)
	} else if before && std.started {
		watchdog(watchdogTimeout)
	} else if before {
		watchdog(0)
	}
}

// feedWatchdog is called several times a second while the program serves. What
// it has printed is no panic then.
func feedWatchdog(healthy bool) {
	if panics.complete {
		panics.reset()
	}
	panics.record.healthy = healthy
	watchdog(watchdogTimeout)
	flushEarlyText()
}

// recordCall records which callback runs, in case it never returns.
func recordCall(c callback) { panics.record.calling = c }

// restart resets the chip because somebody wants it.
func restart() {
	panics.record.requested = true
	watchdog(0)
	resetChip()
}

// bootloader restarts the chip into its bootloader.
func bootloader() {
	watchdog(0)
	enterBootloader()
}
