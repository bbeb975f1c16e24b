//go:build tinygo && rp2040

package board

import (
	"device/rp"
	"machine"
)

// Raspberry Pi Pico and other boards with an RP2040.

const chipPins = 30

func chipTakes(Pin) bool { return false }

// resetReason says why the program started, as the link's HELLO tells it.
func resetReason() byte {
	if rp.WATCHDOG.REASON.Get()&1 != 0 { // the timer ran out
		return 3
	}
	if rp.WATCHDOG.REASON.Get()&2 != 0 { // forced
		return 2
	}
	switch had := rp.VREG_AND_CHIP_RESET.CHIP_RESET.Get(); {
	case had&(1<<8) != 0: // power-on or brown-out
		return 0
	case had&(1<<16) != 0: // RUN pin
		return 1
	}
	return 255
}

func restart()    { machine.CPUReset() }
func bootloader() { machine.EnterBootloader() }
