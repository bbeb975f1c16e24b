// Package machine stands in for TinyGo's machine package when a program is
// built for the virtual board, so that a program with `import "machine"`
// needs no change:
//
//	led := machine.LED
//	led.Configure(machine.PinConfig{Mode: machine.PinOutput})
//	led.High()
//
// It has what the virtual board really has: pins, their interrupts, and the
// serial line's output. What it lacks (ADC, PWM, buses) is a compile error, not
// a value that is made up. Names and meanings are TinyGo's.
package machine

import (
	"errors"
	"os"
	"sync"

	"studio/host"
)

// Device is the chip's name.
const Device = "virtual"

// Generic constants.
const (
	KHz = 1000
	MHz = 1000_000
	GHz = 1000_000_000
)

// Pin is a pin by its GPIO number.
type Pin uint8

// The pins of the virtual board.
const (
	GPIO0 Pin = iota
	GPIO1
	GPIO2
	GPIO3
	GPIO4
	GPIO5
	GPIO6
	GPIO7
	GPIO8
	GPIO9
	GPIO10
	GPIO11
	GPIO12
	GPIO13
	GPIO14
	GPIO15
	GPIO16
	GPIO17
	GPIO18
	GPIO19
	GPIO20
	GPIO21

	LED    = GPIO8 // lights when high
	BUTTON = GPIO9 // BOOT; low while pressed

	NoPin = Pin(0xFF)
)

// PinMode is a pin's direction and pull.
type PinMode uint8

// The modes that the virtual board has. Its inputs idle high, whatever the pull.
const (
	PinOutput PinMode = iota
	PinInput
	PinInputPullup
	PinInputPulldown
)

// PinConfig is what Configure takes.
type PinConfig struct {
	Mode PinMode
}

var pins = struct {
	sync.Mutex
	output [host.Pins]bool
	level  [host.Pins]bool
}{}

// Configure makes the pin an input or an output.
func (p Pin) Configure(config PinConfig) {
	if int(p) >= host.Pins {
		return
	}
	pins.Lock()
	defer pins.Unlock()
	pins.output[p] = config.Mode == PinOutput
	if pins.output[p] {
		host.SetPin(uint8(p), host.Output, pins.level[p])
	} else {
		host.SetPin(uint8(p), host.Input, false)
	}
}

// Set drives an output high or low. For a pin that is no output yet it counts
// once it is one.
func (p Pin) Set(high bool) {
	if int(p) >= host.Pins {
		return
	}
	pins.Lock()
	defer pins.Unlock()
	pins.level[p] = high
	if pins.output[p] {
		host.SetPin(uint8(p), host.Output, high)
	}
}

// High sets the pin to high.
func (p Pin) High() { p.Set(true) }

// Low sets the pin to low.
func (p Pin) Low() { p.Set(false) }

// Get reads the pin's level.
func (p Pin) Get() bool { return host.ReadPin(uint8(p)) }

// PinChange says which changes call an interrupt's function.
type PinChange uint8

// Changes of a pin.
const (
	PinRising PinChange = 1 << iota
	PinFalling
	PinToggle = PinRising | PinFalling
)

var interrupts = struct {
	sync.Mutex
	once   sync.Once
	change [host.Pins]PinChange
	call   [host.Pins]func(Pin)
}{}

// ErrNoPinChangeChannel is returned for pins that do not exist.
var ErrNoPinChangeChannel = errors.New("machine: no channel available for pin interrupt")

// SetInterrupt has callback called when the input changes; nil ends that. The
// call comes from another goroutine.
func (p Pin) SetInterrupt(change PinChange, callback func(Pin)) error {
	if int(p) >= host.Pins {
		return ErrNoPinChangeChannel
	}
	interrupts.Lock()
	interrupts.change[p], interrupts.call[p] = change, callback
	interrupts.Unlock()
	interrupts.once.Do(func() {
		host.OnPin(func(pin uint8, level bool) {
			want := PinFalling
			if level {
				want = PinRising
			}
			interrupts.Lock()
			call := interrupts.call[pin]
			if interrupts.change[pin]&want == 0 {
				call = nil
			}
			interrupts.Unlock()
			if call != nil {
				call(Pin(pin))
			}
		})
	})
	return nil
}

// CPUReset restarts the program.
func CPUReset() { host.Reset() }

// EnterBootloader restarts the chip into its bootloader.
func EnterBootloader() { host.Bootloader() }

// UARTConfig is what Serial.Configure takes. The virtual serial line needs none of it.
type UARTConfig struct {
	BaudRate uint32
	TX, RX   Pin
}

// Serial is the serial line, to which println prints too. For what is typed
// into the console use board.OnLine: the line's input belongs to package board.
var Serial = serial{}

type serial struct{}

// Configure does nothing.
func (serial) Configure(UARTConfig) error { return nil }

// Write prints.
func (serial) Write(p []byte) (int, error) { return os.Stdout.Write(p) }

// WriteByte prints one byte.
func (serial) WriteByte(c byte) error {
	_, err := os.Stdout.Write([]byte{c})
	return err
}
