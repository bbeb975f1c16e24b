//go:build !xiao_esp32c3 && !esp32c3_generic

package main

import "machine"

// A Xiao has no LED, and the LED of a board with a serial chip is one that hangs
// on it: their words say board.LED.
func init() {
	machine.LED.Configure(machine.PinConfig{Mode: machine.PinOutput})
	machine.LED.High()
}
