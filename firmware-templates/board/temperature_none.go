//go:build tinygo && !(esp32c3 || rp2040 || rp2350)

package board

// Thermometer says what Temperature comes from.
const Thermometer = "none: the runtime reads none on this board"

func millicelsius() int { return 0 }
