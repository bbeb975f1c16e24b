//go:build wasip1

package host

import (
	"time"
	"unsafe"
)

//go:wasmimport wasi_snapshot_preview1 clock_time_get
func clockTimeGet(clock uint32, precision uint64, p unsafe.Pointer) uint32

const processClock = 2 // of WASI

// ProcessTime is what this program has had of the processors.
func ProcessTime() (t time.Duration) {
	clockTimeGet(processClock, 1, unsafe.Pointer(&t))
	return t
}
