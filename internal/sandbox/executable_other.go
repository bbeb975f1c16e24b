//go:build !linux

package sandbox

// forgetExecutable gives back memory on Linux.
func forgetExecutable() {}
