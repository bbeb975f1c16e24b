//go:build tinygo && (esp32c3 || esp32s3 || esp32)

package chip

import (
	"device/esp"
	"time"
	"unsafe"
)

// Watchdog restarts the chip after d, unless it is called again; 0: never. It
// is the RTC's, which leaves the RTC's own memory as it is.
func Watchdog(d time.Duration) {
	esp.RTC_CNTL.SetWDTWPROTECT(0x50D83AA1)
	if d == 0 {
		esp.RTC_CNTL.WDTCONFIG0.Set(0)
	} else {
		ticks := uint32(d/time.Millisecond) * (slowClock / 1000)
		esp.RTC_CNTL.SetWDTCONFIG1(ticks >> stageShift())
		esp.RTC_CNTL.WDTCONFIG0.Set(esp.RTC_CNTL_WDTCONFIG0_WDT_EN |
			3<<esp.RTC_CNTL_WDTCONFIG0_WDT_STG0_Pos | // reset the chip but for the RTC
			7<<esp.RTC_CNTL_WDTCONFIG0_WDT_SYS_RESET_LENGTH_Pos |
			7<<esp.RTC_CNTL_WDTCONFIG0_WDT_CPU_RESET_LENGTH_Pos)
		esp.RTC_CNTL.SetWDTFEED_WDT_FEED(1)
	}
	esp.RTC_CNTL.SetWDTWPROTECT(0)
}

// RetainedRAM lies in the RTC's memory, which programs do not use.
func RetainedRAM() unsafe.Pointer { return unsafe.Pointer(uintptr(0x5000_0000)) }

// Reset resets the whole chip, radio included.
func Reset() {
	esp.RTC_CNTL.SetOPTIONS0_SW_SYS_RST(1)
	for {
	}
}

// TerminalOpen: the cable's hardware does not tell whether somebody reads.
func TerminalOpen() bool { return true }
