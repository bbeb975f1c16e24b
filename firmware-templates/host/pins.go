package host

import "sync"

var pins = struct {
	sync.Mutex
	mode    [Pins]uint8
	level   [Pins]uint8 // what outputs drive: 0 or 1; Duty: percent
	input   [Pins]bool  // what the outside drives; idle is high
	voltage [Pins]uint16
	watch   []func(pin uint8, level bool)
	changed []change // not yet delivered
	wake    chan struct{}
}{wake: make(chan struct{}, 1)}

type change struct {
	pin   uint8
	level bool
}

func init() {
	for i := range pins.input {
		if !chip.attached {
			pins.input[i] = true
		}
	}
}

func setInputs(bits uint32) {
	for i := range pins.input {
		pins.input[i] = bits>>i&1 != 0
	}
}

// SetPin configures a pin (Unused, Input or Output) and, for an output, drives
// it. Pins that do not exist are ignored.
func SetPin(pin uint8, mode uint8, level bool) {
	if mode > Output && mode != Analog {
		return
	}
	var n uint8
	if level && mode == Output {
		n = 1
	}
	setPin(pin, mode, n)
}

// SetDuty makes a pin an output that is on for a part of the time, in percent.
func SetDuty(pin uint8, percent uint8) { setPin(pin, Duty, min(percent, 100)) }

func setPin(pin, mode, level uint8) {
	if int(pin) >= Pins {
		return
	}
	pins.Lock()
	defer pins.Unlock()
	if pins.mode[pin] == mode && pins.level[pin] == level {
		return
	}
	pins.mode[pin], pins.level[pin] = mode, level
	if chip.attached {
		send(OpPin, []byte{pin, mode, level})
	}
}

// ReadPin returns the pin's level: what it drives as an output, else what the
// outside drives. Inputs idle high.
func ReadPin(pin uint8) bool {
	if int(pin) >= Pins {
		return false
	}
	pins.Lock()
	defer pins.Unlock()
	if pins.mode[pin] == Output || pins.mode[pin] == Duty {
		return pins.level[pin] > 0
	}
	return pins.input[pin]
}

// ReadVoltage returns the voltage that the outside puts on a pin, as a part of
// 65535, which is 3.3 V. It is 0 until somebody sets it.
func ReadVoltage(pin uint8) uint16 {
	if int(pin) >= Pins {
		return 0
	}
	pins.Lock()
	defer pins.Unlock()
	return pins.voltage[pin]
}

// DriveVoltage sets the voltage at a pin. Like Drive it is for tests.
func DriveVoltage(pin uint8, value uint16) {
	if !chip.attached {
		voltageChanged(pin, value)
	}
}

func voltageChanged(pin uint8, value uint16) {
	if int(pin) >= Pins {
		return
	}
	pins.Lock()
	pins.voltage[pin] = value
	pins.Unlock()
}

// OnPin calls f for every change of an input, in order, from one goroutine.
// f may call everything in this package.
func OnPin(f func(pin uint8, level bool)) {
	pins.Lock()
	pins.watch = append(pins.watch, f)
	pins.Unlock()
}

// Drive sets what the outside drives on a pin. It is for tests of programs
// that run without a chip; on a chip only the chip does this.
func Drive(pin uint8, level bool) {
	if chip.attached {
		return
	}
	standalone.Do(func() { go deliver() })
	inputChanged(pin, level)
}

var standalone sync.Once

func inputChanged(pin uint8, level bool) {
	if int(pin) >= Pins {
		return
	}
	pins.Lock()
	if pins.input[pin] != level {
		pins.input[pin] = level
		if len(pins.changed) < 1024 { // a program that never returns from its callback loses edges, not memory
			pins.changed = append(pins.changed, change{pin, level})
		}
	}
	pins.Unlock()
	select {
	case pins.wake <- struct{}{}:
	default:
	}
}

// deliver calls the watchers, away from the goroutine that reads the channel,
// so that a watcher may use flash.
func deliver() {
	for range pins.wake {
		for {
			pins.Lock()
			if len(pins.changed) == 0 {
				pins.Unlock()
				break
			}
			c := pins.changed[0]
			pins.changed = pins.changed[1:]
			watch := pins.watch
			pins.Unlock()
			for _, f := range watch {
				f(c.pin, c.level)
			}
		}
	}
}
