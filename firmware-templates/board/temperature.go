package board

import "studio/board/chip"

// Thermometer says what Temperature comes from.
const Thermometer = chip.Thermometer

// Temperature is what the board's thermometer shows, in thousandths of a
// degree Celsius. Thermometer says what that is: most boards have none but the
// one inside of their chip, which is warmer than the room and some degrees off,
// but follows every change.
//
// Limits: takes microseconds; a thermometer inside of a chip is exact to some
// degrees, and boards that have none give 0.
func Temperature() int {
	std.Lock()
	defer std.Unlock()
	return chip.Millicelsius(std.Now())
}
