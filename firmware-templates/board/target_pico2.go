//go:build tinygo && rp2350

package board

import (
	"device/rp"
	"machine"
)

// Raspberry Pi Pico 2 and other boards with an RP2350.

const chipPins = 48

func chipTakes(Pin) bool { return false }

// resetReason says why the program started, as the link's HELLO tells it.
func resetReason() byte {
	switch reason := rp.WATCHDOG.REASON.Get(); {
	case reason&1 != 0: // the timer ran out
		return 3
	case reason&2 != 0: // forced
		return 2
	}
	return 255
}

func restart()    { machine.CPUReset() }
func bootloader() { machine.EnterBootloader() }
