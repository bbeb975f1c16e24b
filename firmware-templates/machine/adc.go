package machine

import (
	"errors"

	"studio/host"
)

// The pins that can measure a voltage.
const (
	ADC0 = GPIO0
	ADC1 = GPIO1
	ADC2 = GPIO2
	ADC3 = GPIO3
	ADC4 = GPIO4
	ADC5 = GPIO5
)

// ADCConfig is what ADC.Configure takes. The virtual board needs none of it.
type ADCConfig struct {
	Reference  uint32
	Resolution uint32
	Samples    uint32
	SampleTime uint32
}

// ADC measures the voltage at a pin.
type ADC struct {
	Pin Pin
}

var errNoADC = errors.New("invalid ADC pin: those of this board are GPIO0 to GPIO5")

// InitADC makes measuring possible.
func InitADC() {}

// Configure makes the pin one that is measured.
func (a ADC) Configure(ADCConfig) error {
	if a.Pin > ADC5 {
		return errNoADC
	}
	a.Pin.Configure(PinConfig{Mode: PinAnalog})
	return nil
}

// Get is the voltage: 0 is 0 V, 65535 is 3.3 V.
func (a ADC) Get() uint16 {
	if a.Pin > ADC5 {
		return 0
	}
	return host.ReadVoltage(uint8(a.Pin))
}
