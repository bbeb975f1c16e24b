//go:build tinygo && (atsamd21 || stm32l4)

package chip

import (
	"machine"
	"time"
	"unsafe"

	"studio/link"
)

// On these chips the runtime uses no watchdog, and what a program leaves for
// the next one gets lost: a program that hangs is restarted by its user.

// Watchdog does nothing.
func Watchdog(time.Duration) {}

var notRetained [RetainedSize / 8]uint64

// RetainedRAM is ordinary memory.
func RetainedRAM() unsafe.Pointer { return unsafe.Pointer(&notRetained) }

// ResetReason is not known.
func ResetReason() byte { return link.ResetUnknown }

// Reset resets the chip.
func Reset() { machine.CPUReset() }
