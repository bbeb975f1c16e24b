//go:build tinygo && rp2040

package chip

import "device/rp"

// Raspberry Pi Pico and other boards with an RP2040.

const (
	Pins          = 30
	spareRAM      = 0x20040000
	ticksPerMicro = 2 // of the watchdog; one is meant, erratum RP2040-E1
)

// Reserved keeps no pin from programs.
func Reserved(uint8) bool { return false }

// ResetReason says why the program started, as the link's HELLO tells it.
func ResetReason() byte {
	if reason, known := watchdogReset(); known {
		return reason
	}
	switch had := rp.VREG_AND_CHIP_RESET.CHIP_RESET.Get(); {
	case had&(1<<8) != 0: // power-on or brown-out
		return 0
	case had&(1<<16) != 0: // RUN pin
		return 1
	}
	return 255
}
