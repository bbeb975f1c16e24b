//go:build !romfiles

package board

import (
	"studio/board/chip"
	"studio/board/store"
)

// openFlash gives nothing where a program reaches into the room for files.
func openFlash() store.Flash { return chip.OpenFlash(filesOffset, filesSize) }
