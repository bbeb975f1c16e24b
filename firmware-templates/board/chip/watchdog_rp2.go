//go:build tinygo && (rp2040 || rp2350)

package chip

import (
	"device/rp"
	"machine"
	"time"
	"unsafe"

	"studio/link"
)

// watchdogArmed marks a watchdog that the program has started (the number is that of the
// maker's SDK). The boot ROM restarts chips with it, too, and writes another.
const watchdogArmed = 0x6AB73121

// Watchdog restarts the chip after d, unless it is called again; 0: never.
func Watchdog(d time.Duration) {
	if d == 0 {
		rp.WATCHDOG.CTRL.ClearBits(rp.WATCHDOG_CTRL_ENABLE)
		rp.WATCHDOG.SCRATCH4.Set(0)
		return
	}
	if rp.WATCHDOG.SCRATCH4.Get() != watchdogArmed {
		machine.Watchdog.Configure(machine.WatchdogConfig{TimeoutMillis: uint32(d / time.Millisecond)})
		rp.WATCHDOG.SCRATCH4.Set(watchdogArmed)
	}
	rp.WATCHDOG.LOAD.Set(uint32(d/time.Microsecond) * ticksPerMicro)
	rp.WATCHDOG.CTRL.SetBits(rp.WATCHDOG_CTRL_ENABLE)
}

// watchdogReset says what the watchdog has to do with the program's start. An
// RP2350's goes on counting after its reset.
func watchdogReset() (reason byte, known bool) {
	reset, mine := rp.WATCHDOG.REASON.Get(), rp.WATCHDOG.SCRATCH4.Get() == watchdogArmed
	Watchdog(0)
	switch {
	case reset&1 != 0 && mine: // the timer ran out
		return link.ResetWatchdog, true
	case reset != 0: // somebody used it for a restart
		return link.ResetSoftware, true
	}
	return 0, false
}

// RetainedRAM lies in the small bank of RAM behind the ones that programs use.
func RetainedRAM() unsafe.Pointer { return unsafe.Pointer(uintptr(spareRAM)) }

// Reset resets the chip.
func Reset() { machine.CPUReset() }

// EnterBootloader restarts the chip into its bootloader.
func EnterBootloader() { machine.EnterBootloader() }

// TerminalOpen reports whether somebody reads what is printed.
func TerminalOpen() bool { return machine.Serial.DTR() }
