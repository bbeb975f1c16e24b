package board

import (
	"studio/board/chip"
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

const (
	pinUnused = 0
	pinInput  = 1
	pinOutput = 2
	pinDuty   = 3
)

type pinState struct {
	mode    uint8
	level   bool  // output: what it drives; input: what was read last
	duty    uint8 // pinDuty: the part of the time that it is high, in percent
	changed func(level bool)

	told      bool // the link has been told at all
	toldMode  uint8
	toldLevel uint8
	toldAt    int64
}

// pinCount counts the chip's pins and, after them, those that hang on the radio.
const pinCount = max(chip.Pins, netif.Pins)

var pinStates [pinCount]pinState

// exists reports whether the program may use the pin: setting another one would
// cut off the flash or the radio.
func (p Pin) exists() bool {
	n := uint8(p)
	return (n < chip.Pins || n < pinCount && p == LED) && !chip.Reserved(n) && !netif.Reserved(n)
}

// electrical turns "on" into the pin's level and back: an LED between the pin
// and plus lights when the pin is low.
func (p Pin) electrical(level bool) bool { return level != (p == LED && ledActiveLow) }

// High switches the pin on. board.LED.High() lights the LED on every board,
// also where that takes a low level.
func (p Pin) High() { p.Set(true) }

// Low switches the pin off.
func (p Pin) Low() { p.Set(false) }

// Set switches the pin on or off.
func (p Pin) Set(on bool) {
	if !p.exists() {
		return
	}
	std.Lock()
	p.drive(p.electrical(on))
	std.Unlock()
}

// Toggle switches the pin on when it is off, and off when it is on.
func (p Pin) Toggle() {
	if !p.exists() {
		return
	}
	std.Lock()
	p.drive(p.electrical(!p.isOn()))
	std.Unlock()
}

func (p Pin) drive(level bool) {
	st := &pinStates[p]
	if st.mode == pinOutput && st.level == level {
		return
	}
	first := st.mode != pinOutput
	if p < chip.Pins {
		chip.Drive(uint8(p), first, level)
	} else {
		std.net.SetLEDLocked(level)
	}
	st.mode, st.level = pinOutput, level
	if std.link.watching {
		loop.Wake()
	}
}

// Duty switches the pin on and off a thousand times a second, so that it is on
// for that part of the time, in percent: an LED gets dimmer, a motor slower. An
// ESP32-C3 can do so with six pins; every further one is on from 50 percent up.
// The same goes for an LED that hangs on a radio.
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
	if st.mode == pinDuty && st.duty == duty {
		return
	}
	if p < chip.Pins {
		chip.Duty(uint8(p), st.mode != pinDuty, duty)
	} else {
		std.net.SetLEDLocked(duty >= 50)
	}
	st.mode, st.duty = pinDuty, duty
	if std.link.watching {
		loop.Wake()
	}
}

// Input makes the pin an input.
func (p Pin) Input(pull Pull) {
	if !p.exists() {
		return
	}
	std.Lock()
	p.makeInput(pull)
	st := &pinStates[p]
	st.mode = pinInput
	st.level = p.read()
	std.Unlock()
	loop.Wake()
}

// Get reports whether the pin is on (output) or high (input).
func (p Pin) Get() bool {
	if !p.exists() {
		return false
	}
	std.Lock()
	defer std.Unlock()
	switch st := &pinStates[p]; st.mode {
	case pinOutput, pinDuty:
		return p.isOn()
	case pinUnused:
		p.makeInput(Floating)
		st.mode = pinInput
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
	case pinOutput:
		return p.electrical(st.level)
	case pinDuty:
		return st.duty != 0 && p.electrical(true) || st.duty != 100 && !p.electrical(true)
	}
	return false
}

// OnChange has f called with the new level whenever the input changes. A pin
// that is no input yet becomes one with a pull-up.
func (p Pin) OnChange(f func(level bool)) {
	if !p.exists() {
		return
	}
	std.Lock()
	input := pinStates[p].mode == pinInput
	std.Unlock()
	if !input {
		p.Input(PullUp)
	}
	std.Lock()
	pinStates[p].changed = f
	std.pinCalls = true
	std.Unlock()
}

// watchPins reads the inputs, calls OnChange functions, and tells the link.
func (s *server) watchPins() (busy bool) {
	for i := range pinStates {
		st := &pinStates[i]
		if st.mode == pinUnused {
			continue
		}
		if st.mode == pinInput && (st.changed != nil || s.link.watching) {
			if level := Pin(i).read(); level != st.level {
				st.level = level
				if f := st.changed; f != nil {
					callLocked(s, onChange, f, level)
					busy = true
				}
			}
		}
		if s.link.watching && !st.toldNow() && s.Now()-st.toldAt >= pinEventGap {
			s.link.tellPin(s, Pin(i), st)
		}
	}
	return busy
}

// pinEventGap bounds events to 50 a second for each pin.
const pinEventGap = 20

func (st *pinState) toldNow() bool {
	return st.told && st.toldMode == st.mode && st.toldLevel == st.shown()
}

// shown is the level as the link tells it.
func (st *pinState) shown() uint8 {
	switch {
	case st.mode == pinDuty:
		return st.duty
	case st.level:
		return 1
	}
	return 0
}

// pinsIdle is for how many milliseconds no pin needs anything.
func (s *server) pinsIdle() int64 {
	if s.link.watching {
		for i := range pinStates {
			if st := &pinStates[i]; st.mode != pinUnused && !st.toldNow() {
				return pinEventGap
			}
		}
	}
	return 60_000
}
