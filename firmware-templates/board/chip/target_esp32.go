//go:build tinygo && esp32

package chip

// Boards with the first ESP32.

// Pins is how many the chip has.
const Pins = 40 // GPIO0 to 39; the last six are inputs only

// Reserved keeps the pins of the serial line, those that the flash hangs on,
// and those that do not exist.
func Reserved(p uint8) bool {
	switch {
	case p == 1, p == 3, p >= 6 && p <= 11, p == 20, p == 24, p >= 28 && p <= 31:
		return true
	}
	return false
}
