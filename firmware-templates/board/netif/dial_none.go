//go:build tinygo && !wifi

package netif

import (
	"studio/board/loop"
	"studio/board/web"
)

// Dials: these boards connect to nothing.
const Dials = false

// Outside is nowhere.
func Outside(*Network, *loop.Loop) web.Outside { return web.Outside{} }
