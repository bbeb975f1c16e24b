//go:build tinygo && (rp2040 || rp2350)

package board

import "machine"

// Thermometer says what Temperature comes from.
const Thermometer = "inside the chip"

// millicelsius has steps of about half a degree.
func millicelsius() int { return int(machine.ReadTemperature()) }
