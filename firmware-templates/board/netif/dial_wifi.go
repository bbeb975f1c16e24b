//go:build tinygo && wifi

package netif

import (
	"machine"

	"studio/board/loop"
	"studio/board/web"
)

// Dials: a board with Wi-Fi connects by itself.
const Dials = true

// Outside is the board's network.
func Outside(n *Network, _ *loop.Loop) web.Outside { return n.Outside(random) }

// random asks the chip's generator.
func random() uint32 {
	r, _ := machine.GetRNG()
	return r
}
