//go:build tinygo && rp2350

package chip

// Raspberry Pi Pico 2 and other boards with an RP2350.

const (
	Pins          = 48
	spareRAM      = 0x20080000
	ticksPerMicro = 1 // of the watchdog
)

// Reserved keeps no pin from programs.
func Reserved(uint8) bool { return false }

// ResetReason says why the program started, as the link's HELLO tells it.
func ResetReason() byte {
	if reason, known := watchdogReset(); known {
		return reason
	}
	return 255
}
