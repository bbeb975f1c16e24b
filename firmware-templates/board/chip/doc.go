// Package chip is what differs from chip to chip: pins, the serial line, flash,
// the watchdog and what a restart leaves alone, the thermometer, memory. Small
// files with build tags hold it, one for each chip or family (pin_…, duty_…,
// serial_…, cable_…, flash_…, watchdog_…, temperature_…, target_…); on a
// computer it is the virtual board's chip.
//
// Pins are numbers here, levels are electrical, and nobody is asked whether a
// pin may be used: all of that is package board's.
package chip

// RetainedSize is how many bytes RetainedRAM has; it begins at a multiple of 8.
const RetainedSize = 136

// Pull says what an input reads while nothing is connected to it.
type Pull uint8

const (
	Floating Pull = iota
	PullUp
	PullDown
)
