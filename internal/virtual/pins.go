package virtual

import (
	"fmt"
	"strings"

	"studio/host"

	"studioide/internal/api"
)

const (
	pinCount = host.Pins
	ledPin   = 8
	bootPin9 = 9 // the BOOT button and strapping pin
)

type pinState struct {
	mode    uint8
	level   bool // what the chip drives
	duty    int  // host.Duty: the part of the time that it is high, in percent
	outside bool // what the outside drives
	voltage int  // the voltage there, as a part of api.Full
	colours string
}

// coloursOf are a strip's bytes (green, red, blue) as api.Pin has them.
func coloursOf(b []byte) string {
	var s strings.Builder
	for ; len(b) >= 3; b = b[3:] {
		fmt.Fprintf(&s, "%02x%02x%02x", b[1], b[0], b[2])
	}
	return s.String()
}

// broughtOut tells whether a pin is there for users; GPIO11 to GPIO17 belong to the flash.
func broughtOut(pin int) bool { return pin >= 0 && pin < pinCount && (pin < 11 || pin > 17) }

// Pins returns the pins that a user can reach, in order of their numbers.
func (b *Board) Pins() []api.Pin {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]api.Pin, 0, pinCount)
	for i, p := range b.pins {
		if !broughtOut(i) {
			continue
		}
		m := api.Pin{Pin: i, Name: fmt.Sprintf("GPIO%d", i), Mode: "unused", Level: p.outside}
		switch i {
		case ledPin:
			m.Name = "LED"
		case bootPin9:
			m.Name = "BOOT"
		}
		switch p.mode {
		case host.Unused:
			m.Level = i == bootPin9 && p.outside
		case host.Input:
			m.Mode = "input"
		case host.Output:
			m.Mode, m.Level = "output", p.level
		case host.Duty:
			m.Mode, m.Level, m.Value = "analog", p.level, api.Duty(p.duty)
		case host.Analog:
			m.Mode, m.Level, m.Value = "voltage", p.voltage > api.Full/2, p.voltage
		}
		m.Colours = p.colours
		list = append(list, m)
	}
	return list
}

// SetPin drives a pin from outside: pressing BOOT is SetPin(9, false),
// letting go SetPin(9, true). All pins are high until they are driven.
func (b *Board) SetPin(pin int, level bool) error {
	if !broughtOut(pin) {
		return noPin(pin)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pins[pin].outside == level {
		return nil
	}
	b.latchStrapLocked()
	b.pins[pin].outside = level
	if b.control != nil {
		b.control.pinChanged(uint8(pin), level)
	}
	b.events.add(Event{Kind: Pins})
	return nil
}

func noPin(pin int) error {
	return errPin.With(pin)
}

// SetVoltage puts a voltage onto a pin: api.Full is 3.3 V. It stays when the
// program is started again, as what hangs on a pin does.
func (b *Board) SetVoltage(pin, value int) error {
	if !broughtOut(pin) {
		return noPin(pin)
	}
	if value < 0 || value > api.Full {
		return errVoltage.With(value, api.Full)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pins[pin].voltage == value {
		return nil
	}
	b.latchStrapLocked()
	b.pins[pin].voltage = value
	if b.control != nil {
		b.control.voltageChanged(uint8(pin), uint16(value))
	}
	b.events.add(Event{Kind: Pins})
	return nil
}

// inputsLocked are the outside levels as a bit set. b.mu is held.
func (b *Board) inputsLocked() (bits uint32) {
	for i, p := range b.pins {
		if p.outside {
			bits |= 1 << i
		}
	}
	return bits
}

// resetPinsLocked is what a reset does to pins and address. b.mu is held.
func (b *Board) resetPinsLocked() {
	b.control = nil
	changed := false
	for i := range b.pins {
		p := &b.pins[i]
		changed = changed || p.mode != host.Unused || p.colours != ""
		p.mode, p.level, p.colours = host.Unused, false, ""
	}
	if changed {
		b.events.add(Event{Kind: Pins})
	}
	b.setAddressLocked("")
}

// setAddressLocked tells where the program listens. b.mu is held.
func (b *Board) setAddressLocked(a string) {
	if b.address != a {
		b.address = a
		b.events.add(Event{Kind: Address, Address: a})
	}
}
