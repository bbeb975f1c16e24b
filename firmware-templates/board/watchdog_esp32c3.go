//go:build tinygo && esp32c3

package board

import (
	"device/esp"
	"time"
	"unsafe"
)

// slowClock is the rate of the clock that the RTC's watchdog counts with; it
// may be some percent off (ESP32-C3 Technical Reference Manual, "Watchdog Timers").
const slowClock = 136_000

// watchdog restarts the chip after d, unless it is called again; 0: never. The
// RTC's own memory is left as it is by this reset.
func watchdog(d time.Duration) {
	esp.RTC_CNTL.SetWDTWPROTECT(0x50D83AA1)
	if d == 0 {
		esp.RTC_CNTL.WDTCONFIG0.Set(0)
	} else {
		// The first stage lasts 2, 4, 8 or 16 times as long as its register says.
		ticks := uint32(d/time.Millisecond) * (slowClock / 1000)
		esp.RTC_CNTL.SetWDTCONFIG1(ticks >> (1 + esp.EFUSE.GetRD_REPEAT_DATA1_WDT_DELAY_SEL()))
		esp.RTC_CNTL.WDTCONFIG0.Set(esp.RTC_CNTL_WDTCONFIG0_WDT_EN |
			3<<esp.RTC_CNTL_WDTCONFIG0_WDT_STG0_Pos | // reset the chip but for the RTC
			7<<esp.RTC_CNTL_WDTCONFIG0_WDT_SYS_RESET_LENGTH_Pos |
			7<<esp.RTC_CNTL_WDTCONFIG0_WDT_CPU_RESET_LENGTH_Pos)
		esp.RTC_CNTL.SetWDTFEED_WDT_FEED(1)
	}
	esp.RTC_CNTL.SetWDTWPROTECT(0)
}

// survivor lies in the RTC's memory, which programs do not use.
func survivor() *note { return (*note)(unsafe.Pointer(uintptr(0x5000_0000))) }

// resetChip resets the whole chip, radio included.
func resetChip() {
	esp.RTC_CNTL.SetOPTIONS0_SW_SYS_RST(1)
	for {
	}
}

// enterBootloader restarts into the ROM's bootloader, which waits on the cable.
func enterBootloader() {
	esp.RTC_CNTL.SetOPTION1_FORCE_DOWNLOAD_BOOT(1)
	resetChip()
}

// terminal: the cable's hardware does not tell whether somebody reads.
func terminal() bool { return true }
