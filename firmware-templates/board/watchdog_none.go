//go:build tinygo && (atsamd21 || stm32l4)

package board

import (
	"machine"
	"time"

	"studio/link"
)

// On these chips the runtime uses no watchdog, and what a program leaves for
// the next one gets lost: a program that hangs is restarted by its user.

func watchdog(time.Duration) {}

var notRetained crashRecord

func retainedRAM() *crashRecord { return &notRetained }

func resetReason() byte { return link.ResetUnknown }

func resetChip() { machine.CPUReset() }
