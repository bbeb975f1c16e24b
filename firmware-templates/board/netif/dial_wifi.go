//go:build tinygo && wifi

package netif

import (
	"studio/board/loop"
	"studio/board/web"
)

// Dials: a board with Wi-Fi connects by itself.
const Dials = true

// Outside is the board's network.
func Outside(n *Network, _ *loop.Loop) web.Outside { return n.Outside(random) }
