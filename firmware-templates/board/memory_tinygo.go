//go:build tinygo

package board

// memoryLeft is how many bytes programs may still use.
func memoryLeft() int {
	used, size := heap()
	return int(size - used)
}

func watchCallbacks() {}
