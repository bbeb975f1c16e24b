//go:build !linux && !darwin && !windows

package toolchain

// freeSpace is not known here: a full disk is noticed when it is full.
func freeSpace(string) int64 { return -1 }
