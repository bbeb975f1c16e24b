package machine

import (
	"errors"
	"sync"

	"studio/host"
)

// PWMConfig is what PWM.Configure takes. Period is in nanoseconds; 0 is good for LEDs.
type PWMConfig struct {
	Period uint64
}

// Errors of PWM.
var (
	ErrPWMPeriodTooLong = errors.New("pwm: period too long")
	errPWMNoChannel     = errors.New("pwm: no free channel")
	errPWMNoPin         = errors.New("pwm: the board has no such pin")
)

const (
	pwmChannels  = 6
	pwmTop       = 65535
	pwmStandard  = 1_000_000      // nanoseconds
	pwmMaxPeriod = 10_000_000_000 // nanoseconds
)

// PWM switches pins on and off, so that each is on for a part of the time. The
// board's picture shows that part. Channels of one PWM share its period.
type PWM struct {
	mu       sync.Mutex
	period   uint64
	off      bool // Enable(false)
	used     uint8
	pins     [pwmChannels]Pin
	values   [pwmChannels]uint32
	inverted [pwmChannels]bool
}

// The PWMs of the board. An ESP32-C3 has the first four, an RP2040 all.
var (
	PWM0 = &PWM{}
	PWM1 = &PWM{}
	PWM2 = &PWM{}
	PWM3 = &PWM{}
	PWM4 = &PWM{}
	PWM5 = &PWM{}
	PWM6 = &PWM{}
	PWM7 = &PWM{}
)

// PWMPeripheral is the number of the PWM that a pin has on an RP2040; here each pin goes with every one.
func PWMPeripheral(pin Pin) (uint8, error) {
	if int(pin) >= host.Pins {
		return 0, errPWMNoPin
	}
	return uint8(pin) >> 1 & 7, nil
}

// Configure sets the period.
func (p *PWM) Configure(config PWMConfig) error { return p.SetPeriod(config.Period) }

// SetPeriod sets the period in nanoseconds.
func (p *PWM) SetPeriod(period uint64) error {
	if period == 0 {
		period = pwmStandard
	}
	if period > pwmMaxPeriod {
		return ErrPWMPeriodTooLong
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.period = period
	return nil
}

// Period is the period in nanoseconds.
func (p *PWM) Period() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.period
}

// Top is the value of Set for a pin that is always on.
func (p *PWM) Top() uint32 { return pwmTop }

// Channel gives a pin a channel, for Set.
func (p *PWM) Channel(pin Pin) (uint8, error) {
	if int(pin) >= host.Pins {
		return 0, errPWMNoPin
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.pins[:p.used] {
		if other == pin {
			return uint8(i), nil
		}
	}
	if p.used == pwmChannels {
		return 0, errPWMNoChannel
	}
	channel := p.used
	p.pins[channel] = pin
	p.used++
	p.show(channel)
	return channel, nil
}

// Set has a channel be on for value of Top of the time.
func (p *PWM) Set(channel uint8, value uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if channel < p.used {
		p.values[channel] = min(value, pwmTop)
		p.show(channel)
	}
}

// Get is what Set has set.
func (p *PWM) Get(channel uint8) uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if channel < p.used {
		return p.values[channel]
	}
	return 0
}

// SetInverting has a channel be off where it was on.
func (p *PWM) SetInverting(channel uint8, inverting bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if channel < p.used {
		p.inverted[channel] = inverting
		p.show(channel)
	}
}

// Enable switches all channels off or on again.
func (p *PWM) Enable(enable bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.off = !enable
	for i := range p.used {
		p.show(i)
	}
}

// IsEnabled tells whether the channels are on.
func (p *PWM) IsEnabled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.off && p.period > 0
}

// show tells the chip. p.mu is held. What is on at all is shown as on.
func (p *PWM) show(channel uint8) {
	value := p.values[channel]
	if p.inverted[channel] {
		value = pwmTop - value
	}
	if p.off {
		value = 0
	}
	host.SetDuty(uint8(p.pins[channel]), uint8((value*100+pwmTop-1)/pwmTop))
}
