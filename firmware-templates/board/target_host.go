//go:build !tinygo

package board

import (
	"studio/board/chip"
	"studio/host"
)

// What the builder says of other boards in this_board.go.
const (
	targetBoard  = "virtual"
	ledActiveLow = false
	filesOffset  = host.FilesOffset
	filesSize    = host.FilesSize
)

// The pins that every board may have.
const (
	LED    Pin = 8           // the board's own LED
	Button Pin = chip.Button // the BOOT button, which programs may use too: low while pressed
)
