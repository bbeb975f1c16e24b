//go:build !tinygo

package chip

import (
	"studio/board/loop"
	"studio/host"
)

// Pins is how many the chip has.
const Pins = host.Pins

// Button is the pin of the BOOT button.
const Button = 9

func init() { host.OnPin(func(uint8, bool) { loop.Wake() }) }

// Reserved keeps no pin from programs.
func Reserved(uint8) bool { return false }

// Drive sets an output's level.
func Drive(p uint8, _, level bool) { host.SetPin(p, host.Output, level) }

// Duty sets an output's duty in percent.
func Duty(p uint8, _ bool, percent uint8) { host.SetDuty(p, percent) }

// Input makes a pin an input.
func Input(p uint8, _ Pull) { host.SetPin(p, host.Input, false) }

// Read is an input's level.
func Read(p uint8) bool { return host.ReadPin(p) }
