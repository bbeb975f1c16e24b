//go:build tinygo && (esp32c3 || esp32s3 || esp32)

package chip

import (
	"device/esp"

	"studio/link"
)

// ResetReason says why the program started, as the link's HELLO tells it. The
// numbers are the chips' own; what one of them has and another has not, the
// other does not use for something else (Technical Reference Manuals of ESP32,
// ESP32-S3 and ESP32-C3, "Reset and Clock", tables of reset sources).
func ResetReason() byte {
	switch esp.RTC_CNTL.GetRESET_STATE_RESET_CAUSE_PROCPU() {
	case 0x01, 0x0F: // power-on, brown-out
		return link.ResetPower
	case 0x03, 0x0C, 0x15, 0x16: // software; USB, which is how a reset is asked for over the cable
		return link.ResetSoftware
	case 0x10: // the RTC's watchdog, RTC included: how a flash tool starts a program. Ours spares the RTC, see Watchdog.
		return link.ResetSoftware
	case 0x04, 0x07, 0x08, 0x09, 0x0B, 0x0D, 0x11, 0x12: // one of the watchdogs
		return link.ResetWatchdog
	}
	return link.ResetUnknown
}
