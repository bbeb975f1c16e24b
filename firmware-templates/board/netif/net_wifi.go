//go:build tinygo && wifi

package netif

import (
	"studio/board/loop"
	"studio/board/web"
)

// Open begins with the board's radio. When that does not start, the cable still
// carries pages and WebSockets.
func Open(n *Network, l *loop.Loop, w *web.Server) {
	n.Attach(l, w, &driver{})
	go n.run()
}
