//go:build tinygo

package board

import "machine"

// pinCount counts the chip's pins and, after them, those that hang on the radio.
const pinCount = max(chipPins, radioPins)

// isUnavailable reports whether the board itself needs the pin: setting it would cut
// off the flash or the radio.
func isUnavailable(p Pin) bool { return isReserved(p) || isRadioReserved(p) }

// drivePin sets an output's level; first: it was no output before. The level is
// set before the direction too, so that the pin does not start with a wrong one.
func drivePin(p Pin, first, level bool) {
	if p >= chipPins {
		driveRadioPin(level)
		return
	}
	pin := machine.Pin(p)
	if first {
		pin.Configure(machine.PinConfig{Mode: machine.PinOutput})
	}
	pin.Set(level)
}

// dutyPin sets an output's duty in percent; first: it had none before.
func dutyPin(p Pin, first bool, percent uint8) {
	if p >= chipPins || !chipDuty(p, first, percent) {
		drivePin(p, first, percent >= 50)
	}
}

const dutyPeriod = 1_000_000 // nanoseconds

func inputPin(p Pin, pull Pull) {
	if p >= chipPins {
		return
	}
	mode := machine.PinInput
	switch pull {
	case PullUp:
		mode = machine.PinInputPullup
	case PullDown:
		mode = machine.PinInputPulldown
	}
	machine.Pin(p).Configure(machine.PinConfig{Mode: mode})
}

func readPin(p Pin) bool { return p < chipPins && machine.Pin(p).Get() }
