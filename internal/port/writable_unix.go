//go:build unix

package port

import "golang.org/x/sys/unix"

// writable asks for the right to use a device without opening it: opening may reset a board.
func writable(device string) bool { return unix.Access(device, unix.R_OK|unix.W_OK) == nil }
