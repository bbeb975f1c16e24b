//go:build !tinygo

package board

import "studio/host"

// A program on a computer that panics ends, and its chip sees that. One that
// hangs goes on; Studio says that it is silent.

func init() { std.last.reset = host.ResetReason() }

func signOfLife(bool) {}
func restart()        { host.Reset() }
func bootloader()     { host.Bootloader() }
func terminal() bool  { return true }
