package build

import (
	"encoding/binary"
	"errors"
	"fmt"

	"studioide/internal/board"
	"studioide/internal/flasher"
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
		return unpackUF2(image)
	}
	return []flasher.Part{{Offset: uint32(b.ProgramAt), Data: image}}, nil
}

// The UF2 format, as on https://github.com/microsoft/uf2: blocks of 512 bytes.
const (
	uf2Block     = 512
	uf2Magic1    = 0x0A324655
	uf2Magic2    = 0x9E5D5157
	uf2MagicEnd  = 0x0AB16F30
	uf2FlashBase = 0x10000000 // where the Picos' flash is mapped
	uf2FlashEnd  = 0x11000000
	uf2Most      = 476 // bytes of content in a block
)

// unpackUF2 gives the contents of TinyGo's UF2 file for a Pico, joined where
// they follow each other.
func unpackUF2(file []byte) ([]flasher.Part, error) {
	if len(file) == 0 || len(file)%uf2Block != 0 {
		return nil, fmt.Errorf("%d bytes are no UF2 file", len(file))
	}
	var list []flasher.Part
	for ; len(file) > 0; file = file[uf2Block:] {
		word := func(at int) uint32 { return binary.LittleEndian.Uint32(file[at:]) }
		if word(0) != uf2Magic1 || word(4) != uf2Magic2 || word(uf2Block-4) != uf2MagicEnd {
			return nil, errors.New("a UF2 block without its magic numbers")
		}
		address, size := word(12), word(16)
		if size > uf2Most {
			return nil, fmt.Errorf("a UF2 block with %d bytes", size)
		}
		if address < uf2FlashBase || uint64(address)+uint64(size) > uf2FlashEnd {
			return nil, fmt.Errorf("a UF2 block for address %#x", address)
		}
		offset, data := address-uf2FlashBase, file[32:32+size]
		if n := len(list); n > 0 && list[n-1].Offset+uint32(len(list[n-1].Data)) == offset {
			list[n-1].Data = append(list[n-1].Data, data...)
			continue
		}
		list = append(list, flasher.Part{Offset: offset, Data: append([]byte(nil), data...)})
	}
	if len(list) == 0 {
		return nil, errors.New("a UF2 file with nothing for flash")
	}
	return list, nil
}
