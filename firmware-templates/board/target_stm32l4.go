//go:build tinygo && stm32l4

package board

// Boards with an STM32L4, such as ST's Nucleo-L476RG. Pins are numbered through
// the ports, 16 each.

const chipPins = 51 // PA0 to PD2

// isReserved keeps the pins of the serial line, and those of the debugger that
// it goes through.
func isReserved(p Pin) bool { return p == 2 || p == 3 || p == 13 || p == 14 }

// enterBootloader: only the pin BOOT0 gets this chip into its bootloader.
func enterBootloader() { resetChip() }

// terminalOpen: a serial line does not tell whether somebody reads.
func terminalOpen() bool { return true }
