//go:build tinygo

package chip

// MemoryLeft is how many bytes programs may still use.
func MemoryLeft() int {
	used, size := Heap()
	return int(size - used)
}
