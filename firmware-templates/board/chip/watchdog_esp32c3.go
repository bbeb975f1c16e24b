//go:build tinygo && (esp32c3 || esp32s3)

package chip

import "device/esp"

// slowClock is the rate of the clock that the RTC's watchdog counts with; it
// may be some percent off (Technical Reference Manuals, "Watchdog Timers").
const slowClock = 136_000

// stageShift: the watchdog's first stage lasts 2, 4, 8 or 16 times as long as
// its register says.
func stageShift() uint32 { return 1 + esp.EFUSE.GetRD_REPEAT_DATA1_WDT_DELAY_SEL() }

// EnterBootloader restarts into the ROM's bootloader, which waits on the cable.
func EnterBootloader() {
	esp.RTC_CNTL.SetOPTION1_FORCE_DOWNLOAD_BOOT(1)
	Reset()
}
