//go:build tinygo && stm32l4

package chip

// Boards with an STM32L4, such as ST's Nucleo-L476RG. Pins are numbered through
// the ports, 16 each.

// Pins is how many the chip has.
const Pins = 51 // PA0 to PD2

// Reserved keeps the pins of the serial line, and those of the debugger that
// it goes through.
func Reserved(p uint8) bool { return p == 2 || p == 3 || p == 13 || p == 14 }

// EnterBootloader: only the pin BOOT0 gets this chip into its bootloader.
func EnterBootloader() { Reset() }

// TerminalOpen: a serial line does not tell whether somebody reads.
func TerminalOpen() bool { return true }
