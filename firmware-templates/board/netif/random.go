//go:build tinygo && wifi && !esp32

package netif

import "machine"

// random asks the chip's generator.
func random() uint32 {
	r, _ := machine.GetRNG()
	return r
}
