//go:build tinygo && esp32s3

package board

// Boards with an ESP32-S3.

const chipPins = 49 // GPIO0 to 48

// isReserved keeps the pins of the USB, those that do not exist, and those that
// flash and memory hang on. A board with eight lines to its memory has it on
// GPIO33 to 37 as well; others have those for programs.
func isReserved(p Pin) bool { return p == 19 || p == 20 || p >= 22 && p <= 32 }
