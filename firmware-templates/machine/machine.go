// Package machine stands in for TinyGo's machine package when a program is
// built for the virtual board, so that a program with `import "machine"`
// needs no change:
//
//	led := machine.LED
//	led.Configure(machine.PinConfig{Mode: machine.PinOutput})
//	led.High()
//
// It has what programs for the boards that TinyGo knows use: pins and their
// interrupts, ADC (its voltages are set in the board's picture), PWM, I2C, SPI,
// UART and the serial line's output. Names and signatures are TinyGo's for the
// ESP32-C3, and for the RP2040 where that has more. Buses lead to made-up
// devices (see package host). What none of this gives is a compile error, not a
// value that is made up.
package machine

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"sync"

	"studio/host"
)

// Device is the chip's name.
const Device = "virtual"

// CPUFrequency is that of the chip that the virtual board stands for, in Hz.
func CPUFrequency() uint32 { return 160e6 }

// GetRNG returns a random number.
func GetRNG() (uint32, error) {
	var b [4]byte
	_, err := rand.Read(b[:])
	return binary.LittleEndian.Uint32(b[:]), err
}

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

// The same pins by the names that such a board has for them.
const (
	IO0  = GPIO0
	IO1  = GPIO1
	IO2  = GPIO2
	IO3  = GPIO3
	IO4  = GPIO4
	IO5  = GPIO5
	IO6  = GPIO6
	IO7  = GPIO7
	IO8  = GPIO8
	IO9  = GPIO9
	IO10 = GPIO10
	IO20 = GPIO20
	IO21 = GPIO21

	A0 = GPIO0
	A1 = GPIO1
	A2 = GPIO2
	A3 = GPIO3
	A4 = GPIO4
	A5 = GPIO5
)

// PinMode is a pin's direction and pull, or what in the chip it belongs to.
type PinMode uint8

// The modes of a pin. Inputs idle high, whatever the pull.
const (
	PinOutput PinMode = iota
	PinInput
	PinInputPullup
	PinInputPulldown
	PinAnalog
	PinUART
	PinPWM
	PinI2C
	PinSPI
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
	switch config.Mode {
	case PinOutput:
		host.SetPin(uint8(p), host.Output, pins.level[p])
	case PinAnalog:
		host.SetPin(uint8(p), host.Analog, false)
	case PinInput, PinInputPullup, PinInputPulldown:
		host.SetPin(uint8(p), host.Input, false)
	default: // it belongs to a bus, or gets a duty
		host.SetPin(uint8(p), host.Unused, false)
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
