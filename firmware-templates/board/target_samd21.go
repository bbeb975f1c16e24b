//go:build tinygo && sam && atsamd21

package board

import "machine"

// Boards with a SAMD21, such as Arduino's Nano 33 IoT. Pins are numbered through
// port A and port B.

const chipPins = 64

// isReserved keeps the pins of the USB.
func isReserved(p Pin) bool { return p == 24 || p == 25 }

func enterBootloader() { machine.EnterBootloader() }

// terminalOpen reports whether somebody reads what is printed.
func terminalOpen() bool { return machine.Serial.DTR() }
