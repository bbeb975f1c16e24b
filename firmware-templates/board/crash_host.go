//go:build !tinygo

package board

import "studio/host"

// A program on a computer that panics ends, and its chip sees that. One whose
// callback takes too long is restarted as on a board: see watchdog_host.go.

func init() { std.lastEnd.reset, std.lastEnd.why = host.ResetReason(), host.ResetWhy() }

func restart()           { host.Reset() }
func bootloader()        { host.Bootloader() }
func terminalOpen() bool { return true }
