//go:build !tinygo && wasip1

package board

import "studio/host"

// recordCall tells the sandbox, whose watchdog sees to a callback that computes
// without end: WebAssembly has one thread, so that here nothing else runs then.
func recordCall(c callback) { host.Calling(callbackNames[c]) }
