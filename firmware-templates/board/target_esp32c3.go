//go:build tinygo && esp32c3

package board

// Boards with an ESP32-C3.

const chipPins = 22 // GPIO0 to 21

// isReserved keeps the pins that the flash hangs on, and those of the cable.
func isReserved(p Pin) bool { return p >= 11 && p <= 19 || serialChip && p >= 20 }
