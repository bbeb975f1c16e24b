// Package opens counts how often a program opens files and folders, for tests
// that hold it to a number. It needs Linux.
package opens
