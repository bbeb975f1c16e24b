package chip

import "runtime"

// Heap says how many bytes are in use, and how many there are.
func Heap() (used, size uint32) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return uint32(m.HeapInuse), uint32(m.HeapSys)
}
