package board

import (
	"studio/board/chip"
	"studio/board/devlink"
	"studio/board/loop"
	"studio/board/netif"
)

// Pin is one of the board's pins, by the number that is printed next to it:
// board.Pin(4).High(). Pins become outputs when they are first set, and inputs
// by Input. Those that the board needs for its flash or radio do nothing.
type Pin uint8

// NoPin is what LED or Button is on a board that has none. Using it does nothing.
const NoPin Pin = 255

// Pull says what an input reads while nothing is connected to it.
type Pull uint8

const (
	Floating = Pull(chip.Floating) // anything
	PullUp   = Pull(chip.PullUp)   // high; a button connects the pin to ground
	PullDown = Pull(chip.PullDown) // low; a button connects the pin to plus
)

type pinState struct {
	mode    uint8
	level   bool  // output: what it drives; input: what was read last
	duty    uint8 // devlink.PinDuty: the part of the time that it is high, in percent
	changed func(level bool)
}

var pinStates [devlink.Pins]pinState

// exists reports whether the program may use the pin: setting another one would
// cut off the flash or the radio.
func (p Pin) exists() bool {
	n := uint8(p)
	return (n < chip.Pins || n < devlink.Pins && p == LED) && !chip.Reserved(n) && !netif.Reserved(n)
}

// electrical turns "on" into the pin's level and back: an LED between the pin
// and plus lights when the pin is low.
func (p Pin) electrical(level bool) bool { return level != (p == LED && ledActiveLow) }

// High switches the pin on. board.LED.High() lights the LED on every board,
// also where that takes a low level.
//
// Limits: takes effect at once, in microseconds. A pin gives a few milliamperes:
// an LED with a resistor, no motor.
func (p Pin) High() { p.Set(true) }

// Low switches the pin off.
//
// Limits: takes effect at once, in microseconds.
func (p Pin) Low() { p.Set(false) }

// Set switches the pin on or off.
//
// Limits: takes effect at once, in microseconds. Pins that flash or radio need
// do nothing.
func (p Pin) Set(on bool) {
	if !p.exists() {
		return
	}
	std.Lock()
	p.driveLocked(p.electrical(on))
	std.Unlock()
}

// Toggle switches the pin on when it is off, and off when it is on.
//
// Limits: takes effect at once, in microseconds.
func (p Pin) Toggle() {
	if !p.exists() {
		return
	}
	std.Lock()
	p.driveLocked(p.electrical(!p.isOn()))
	std.Unlock()
}

func (p Pin) driveLocked(level bool) {
	st := &pinStates[p]
	if st.mode == devlink.PinOutput && st.level == level {
		return
	}
	first := st.mode != devlink.PinOutput
	if p < chip.Pins {
		chip.Drive(uint8(p), first, level)
	} else {
		std.net.SetLEDLocked(level)
	}
	st.mode, st.level = devlink.PinOutput, level
	if std.link.WatchingLocked() {
		loop.Wake()
	}
}

// Duty switches the pin on and off a thousand times a second, so that it is on
// for that part of the time, in percent: an LED gets dimmer, a motor slower. An
// ESP32-C3 can do so with six pins; every further one is on from 50 percent up.
// The same goes for an LED that hangs on a radio.
//
// Limits: whole percents from 0 to 100; what is less or more counts as these.
// Six pins at a time on an ESP32-C3.
func (p Pin) Duty(percent int) {
	if !p.exists() {
		return
	}
	duty := uint8(min(max(percent, 0), 100))
	if !p.electrical(true) {
		duty = 100 - duty
	}
	std.Lock()
	defer std.Unlock()
	st := &pinStates[p]
	if st.mode == devlink.PinDuty && st.duty == duty {
		return
	}
	if p < chip.Pins {
		chip.Duty(uint8(p), st.mode != devlink.PinDuty, duty)
	} else {
		std.net.SetLEDLocked(duty >= 50)
	}
	st.mode, st.duty = devlink.PinDuty, duty
	if std.link.WatchingLocked() {
		loop.Wake()
	}
}

// Input makes the pin an input.
//
// Limits: a floating input reads anything: connect it, or use PullUp or
// PullDown.
func (p Pin) Input(pull Pull) {
	if !p.exists() {
		return
	}
	std.Lock()
	p.makeInput(pull)
	st := &pinStates[p]
	st.mode = devlink.PinInput
	st.level = p.read()
	std.Unlock()
	loop.Wake()
}

// Get reports whether the pin is on (output) or high (input).
//
// Limits: takes microseconds; it tells the level of the moment.
func (p Pin) Get() bool {
	if !p.exists() {
		return false
	}
	std.Lock()
	defer std.Unlock()
	switch st := &pinStates[p]; st.mode {
	case devlink.PinOutput, devlink.PinDuty:
		return p.isOn()
	case devlink.PinUnused:
		p.makeInput(Floating)
		st.mode = devlink.PinInput
	}
	return p.read()
}

func (p Pin) makeInput(pull Pull) {
	if p < chip.Pins {
		chip.Input(uint8(p), chip.Pull(pull))
	}
}

// read is the level at an input.
func (p Pin) read() bool { return p < chip.Pins && chip.Read(uint8(p)) }

// isOn reports whether an output is on, also if only for a part of the time.
func (p Pin) isOn() bool {
	switch st := &pinStates[p]; st.mode {
	case devlink.PinOutput:
		return p.electrical(st.level)
	case devlink.PinDuty:
		return st.duty != 0 && p.electrical(true) || st.duty != 100 && !p.electrical(true)
	}
	return false
}

// OnChange has f called with the new level whenever the input changes. A pin
// that is no input yet becomes one with a pull-up.
//
// Limits: the level is looked at about a thousand times a second, in between
// other work; what is shorter may be missed. A button bounces, so that one press
// may come as several changes. There is one such function for each pin.
func (p Pin) OnChange(f func(level bool)) {
	if !p.exists() {
		return
	}
	std.Lock()
	input := pinStates[p].mode == devlink.PinInput
	std.Unlock()
	if !input {
		p.Input(PullUp)
	}
	std.Lock()
	pinStates[p].changed = f
	std.pinCalls = true
	std.Unlock()
}

// watchPinsLocked reads the inputs and calls OnChange functions.
func (s *server) watchPinsLocked() (busy bool) {
	for i := range pinStates {
		st := &pinStates[i]
		if st.mode == devlink.PinUnused {
			continue
		}
		if st.mode == devlink.PinInput && (st.changed != nil || s.link.WatchingLocked()) {
			if level := Pin(i).read(); level != st.level {
				st.level = level
				if f := st.changed; f != nil {
					callLocked(s, onChange, f, level)
					busy = true
				}
			}
		}
	}
	return busy
}

// shown is the level at the pin, or its duty, as the link tells it.
func (p Pin) shown() uint8 {
	st := &pinStates[p]
	level := st.level
	switch st.mode {
	case devlink.PinDuty:
		return st.duty
	case devlink.PinInput:
		level = p.read()
	}
	if level {
		return 1
	}
	return 0
}
