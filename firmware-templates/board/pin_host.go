//go:build !tinygo

package board

import "studio/host"

const (
	chipPins     = host.Pins
	pinCount     = chipPins
	ledActiveLow = false
)

// The pins that every board may have.
const (
	LED    Pin = 8 // the board's own LED
	Button Pin = 9 // the BOOT button, which programs may use too: low while pressed
)

func init() { host.OnPin(func(uint8, bool) { wake() }) }

func isUnavailable(Pin) bool               { return false }
func drivePin(p Pin, _, level bool)        { host.SetPin(uint8(p), host.Output, level) }
func dutyPin(p Pin, _ bool, percent uint8) { host.SetDuty(uint8(p), percent) }
func inputPin(p Pin, _ Pull)               { host.SetPin(uint8(p), host.Input, false) }
func readPin(p Pin) bool                   { return host.ReadPin(uint8(p)) }
