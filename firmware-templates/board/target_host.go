//go:build !tinygo

package board

import "studio/host"

const targetBoard = "virtual"

func resetReason() byte { return host.ResetReason() }
func restart()          { host.Reset() }
func bootloader()       { host.Bootloader() }
