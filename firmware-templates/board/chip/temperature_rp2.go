//go:build tinygo && (rp2040 || rp2350)

package chip

import "machine"

// Thermometer says what Millicelsius comes from.
const Thermometer = "inside the chip"

// Millicelsius has steps of about half a degree.
func Millicelsius(int64) int { return int(machine.ReadTemperature()) }
