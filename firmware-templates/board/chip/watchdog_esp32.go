//go:build tinygo && esp32

package chip

// slowClock is the rate of the clock that the RTC's watchdog counts with; it
// may be some percent off (ESP32 Technical Reference Manual, "Watchdog Timers").
const slowClock = 150_000

// stageShift: the watchdog's first stage lasts as long as its register says.
func stageShift() uint32 { return 0 }

// EnterBootloader: only the cable's lines get this chip into its bootloader. Whoever
// wants to write to it uses them.
func EnterBootloader() { Reset() }
