//go:build tinygo && rp2350

package board

// Raspberry Pi Pico 2 and other boards with an RP2350.

const (
	chipPins      = 48
	spareRAM      = 0x20080000
	ticksPerMicro = 1 // of the watchdog
)

func isReserved(Pin) bool { return false }

// resetReason says why the program started, as the link's HELLO tells it.
func resetReason() byte {
	if reason, known := watchdogReset(); known {
		return reason
	}
	return 255
}
