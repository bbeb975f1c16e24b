//go:build !tinygo

package chip

// MemoryLeft is how many bytes programs may still use; a computer has enough.
func MemoryLeft() int { return -1 }
