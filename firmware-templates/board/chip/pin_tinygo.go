//go:build tinygo

package chip

import "machine"

// Drive sets an output's level; first: it was no output before. The level is
// set before the direction too, so that the pin does not start with a wrong one.
func Drive(p uint8, first, level bool) {
	pin := machine.Pin(p)
	if first {
		pin.Configure(machine.PinConfig{Mode: machine.PinOutput})
	}
	pin.Set(level)
}

// Duty sets an output's duty in percent; first: it had none before. A pin that
// gets none is on from 50 percent up.
func Duty(p uint8, first bool, percent uint8) {
	if !setDuty(p, first, percent) {
		Drive(p, first, percent >= 50)
	}
}

const dutyPeriod = 1_000_000 // nanoseconds

// Input makes a pin an input.
func Input(p uint8, pull Pull) {
	mode := machine.PinInput
	switch pull {
	case PullUp:
		mode = machine.PinInputPullup
	case PullDown:
		mode = machine.PinInputPulldown
	}
	machine.Pin(p).Configure(machine.PinConfig{Mode: mode})
}

// Read is an input's level.
func Read(p uint8) bool { return machine.Pin(p).Get() }
