//go:build tinygo && !wifi

package netif

import (
	"studio/board/loop"
	"studio/board/web"
)

// Open does nothing: this board has no network of its own. Pages and WebSockets
// go over the cable, as streams of the device link.
func Open(*Network, *loop.Loop, *web.Server) {}

// Pins is 0: no pins hang on a radio.
const Pins = 0

// Reserved keeps no pin from programs.
func Reserved(uint8) bool { return false }
