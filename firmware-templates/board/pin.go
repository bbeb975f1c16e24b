package board

// Pin is one of the board's pins, by the number that is printed next to it:
// board.Pin(4).High(). Pins become outputs when they are first set, and inputs
// by Input. Those that the board needs for its flash or radio do nothing.
type Pin uint8

// NoPin is what LED or Button is on a board that has none. Using it does nothing.
const NoPin Pin = 255

// Pull says what an input reads while nothing is connected to it.
type Pull uint8

const (
	Floating Pull = iota // anything
	PullUp               // high; a button connects the pin to ground
	PullDown             // low; a button connects the pin to plus
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

var pinStates [pinCount]pinState

// exists reports whether the program may use the pin.
func (p Pin) exists() bool {
	return (int(p) < chipPins || int(p) < pinCount && p == LED) && !isUnavailable(p)
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
	std.mu.Lock()
	p.drive(p.electrical(on))
	std.mu.Unlock()
}

// Toggle switches the pin on when it is off, and off when it is on.
func (p Pin) Toggle() {
	if !p.exists() {
		return
	}
	std.mu.Lock()
	p.drive(p.electrical(!p.isOn()))
	std.mu.Unlock()
}

func (p Pin) drive(level bool) {
	st := &pinStates[p]
	if st.mode == pinOutput && st.level == level {
		return
	}
	drivePin(p, st.mode != pinOutput, level)
	st.mode, st.level = pinOutput, level
	if std.link.watching {
		std.wake()
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
	std.mu.Lock()
	defer std.mu.Unlock()
	st := &pinStates[p]
	if st.mode == pinDuty && st.duty == duty {
		return
	}
	dutyPin(p, st.mode != pinDuty, duty)
	st.mode, st.duty = pinDuty, duty
	if std.link.watching {
		std.wake()
	}
}

// Input makes the pin an input.
func (p Pin) Input(pull Pull) {
	if !p.exists() {
		return
	}
	std.mu.Lock()
	inputPin(p, pull)
	st := &pinStates[p]
	st.mode = pinInput
	st.level = readPin(p)
	std.mu.Unlock()
	std.wake()
}

// Get reports whether the pin is on (output) or high (input).
func (p Pin) Get() bool {
	if !p.exists() {
		return false
	}
	std.mu.Lock()
	defer std.mu.Unlock()
	switch st := &pinStates[p]; st.mode {
	case pinOutput, pinDuty:
		return p.isOn()
	case pinUnused:
		inputPin(p, Floating)
		st.mode = pinInput
	}
	return readPin(p)
}

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
	std.mu.Lock()
	input := pinStates[p].mode == pinInput
	std.mu.Unlock()
	if !input {
		p.Input(PullUp)
	}
	std.mu.Lock()
	pinStates[p].changed = f
	std.pinCalls = true
	std.mu.Unlock()
}

// watchPins reads the inputs, calls OnChange functions, and tells the link.
func (s *server) watchPins() (busy bool) {
	for i := range pinStates {
		st := &pinStates[i]
		if st.mode == pinUnused {
			continue
		}
		if st.mode == pinInput && (st.changed != nil || s.link.watching) {
			if level := readPin(Pin(i)); level != st.level {
				st.level = level
				if f := st.changed; f != nil {
					s.beginCallLocked(onChange)
					f(level)
					s.endCall()
					busy = true
				}
			}
		}
		if s.link.watching && !st.toldNow() && s.now()-st.toldAt >= pinEventGap {
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
