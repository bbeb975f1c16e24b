//go:build tinygo && esp32s3

package chip

// Boards with an ESP32-S3.

// Pins is how many the chip has.
const Pins = 49 // GPIO0 to 48

// Reserved keeps the pins of the USB, those that do not exist, and those that
// flash and memory hang on. A board with eight lines to its memory has it on
// GPIO33 to 37 as well; others have those for programs.
func Reserved(p uint8) bool { return p == 19 || p == 20 || p >= 22 && p <= 32 }
