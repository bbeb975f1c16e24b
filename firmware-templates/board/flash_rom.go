//go:build tinygo && romfiles

package board

import (
	_ "embed"

	"studio/board/store"
)

// builtFiles is a file store with the project's www/, which the builder makes.
//
//go:embed www.img
var builtFiles string

func openFlash() store.Flash { return store.ROM(builtFiles) }
