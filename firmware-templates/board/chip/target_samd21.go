//go:build tinygo && sam && atsamd21

package chip

import "machine"

// Boards with a SAMD21, such as Arduino's Nano 33 IoT. Pins are numbered through
// port A and port B.

// Pins is how many the chip has.
const Pins = 64

// Reserved keeps the pins of the USB.
func Reserved(p uint8) bool { return p == 24 || p == 25 }

func EnterBootloader() { machine.EnterBootloader() }

// TerminalOpen reports whether somebody reads what is printed.
func TerminalOpen() bool { return machine.Serial.DTR() }
