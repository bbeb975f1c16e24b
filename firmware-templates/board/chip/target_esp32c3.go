//go:build tinygo && esp32c3

package chip

// Boards with an ESP32-C3.

// Pins is how many the chip has.
const Pins = 22 // GPIO0 to 21

// Reserved keeps the pins that the flash hangs on, and those of the cable.
func Reserved(p uint8) bool { return p >= 11 && p <= 19 || serialChip && p >= 20 }
