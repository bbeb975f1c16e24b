//go:build tinygo && esp32c3

package board

import "device/esp"

// Boards with an ESP32-C3.

const chipPins = 22 // GPIO0 to 21

// chipTakes keeps the pins that the flash hangs on.
func chipTakes(p Pin) bool { return p >= 11 && p <= 17 }

// resetReason says why the program started, as the link's HELLO tells it. The
// numbers are the chip's own (ESP32-C3 Technical Reference Manual, "Reset and
// Clock", table of reset sources).
func resetReason() byte {
	switch esp.RTC_CNTL.GetRESET_STATE_RESET_CAUSE_PROCPU() {
	case 0x01, 0x0F: // power-on, brown-out
		return 0
	case 0x03, 0x0C, 0x15, 0x16: // software; USB, which is how a reset is asked for over the cable
		return 2
	case 0x05: // deep sleep
		return 255
	case 0x07, 0x08, 0x09, 0x0B, 0x0D, 0x10, 0x11, 0x12: // one of the watchdogs
		return 3
	}
	return 255
}
