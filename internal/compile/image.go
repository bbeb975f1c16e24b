package compile

import (
	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/uf2"
)

// extension of the files that flash tools take for a board. TinyGo goes by it.
func extension(b board.Board) string {
	if b.Flash == "uf2" {
		return ".uf2"
	}
	return ".bin"
}

// parts are an image's bytes at their places in flash.
func parts(b board.Board, image []byte) ([]flasher.Part, error) {
	if extension(b) == ".uf2" {
		list, _, err := uf2.Unpack(image)
		return list, err
	}
	return []flasher.Part{{Offset: uint32(b.ProgramAt), Data: image}}, nil
}
