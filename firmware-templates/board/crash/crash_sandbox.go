//go:build !tinygo && wasip1

package crash

import "studio/host"

// Calling tells the sandbox, whose watchdog sees to a callback that computes
// without end: WebAssembly has one thread, so that here nothing else runs then.
func Calling(c Callback) { host.Calling(callbacks[c]) }
