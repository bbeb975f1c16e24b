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
)

type pinState struct {
	mode    uint8
	level   bool // output: what it drives; input: what was read last
	changed func(level bool)

	told      bool // the link has been told at all
	toldMode  uint8
	toldLevel bool
	toldAt    int64
}

var pinStates [pinCount]pinState

// exists reports whether the program may use the pin.
func (p Pin) exists() bool {
	return (int(p) < chipPins || int(p) < pinCount && p == LED) && !taken(p)
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
	st := &pinStates[p]
	if st.mode == pinOutput {
		p.drive(!st.level)
	} else {
		p.drive(p.electrical(true))
	}
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
	st := &pinStates[p]
	switch st.mode {
	case pinOutput:
		return p.electrical(st.level)
	case pinUnused:
		inputPin(p, Floating)
		st.mode = pinInput
	}
	return readPin(p)
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
					s.mu.Unlock()
					f(level)
					s.mu.Lock()
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
	return st.told && st.toldMode == st.mode && st.toldLevel == st.level
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
