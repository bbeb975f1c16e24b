//go:build !tinygo

package chip

import (
	"math"

	"studio/host"
)

// Thermometer says what Millicelsius comes from.
const Thermometer = "made up: the virtual board has none. Hold BOOT to warm it"

var fakeTemperature struct {
	warmth float64 // degrees that it has added
	at     int64   // when that was, in milliseconds
}

// Millicelsius makes up a room at 21 degrees whose air moves a little. While
// BOOT is held it is as if a hand lay on the thermometer.
func Millicelsius(now int64) int {
	most := 0.0
	if !host.ReadPin(Button) {
		most = 10
	}
	// Half of the way in two seconds.
	fakeTemperature.warmth += (most - fakeTemperature.warmth) * (1 - math.Exp2(float64(fakeTemperature.at-now)/2000))
	fakeTemperature.at = now
	t := float64(now) / 1000
	air := 0.3*math.Sin(t/7) + 0.1*math.Sin(t*1.3) + 0.03*math.Sin(t*11)
	return int(math.Round(1000 * (21 + air + fakeTemperature.warmth)))
}
