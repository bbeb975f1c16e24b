//go:build tinygo && (rp2040 || rp2350) && !romfiles

package chip

import (
	"errors"
	"machine"
	"unsafe"

	"studio/board/store"
)

// Files lie at a fixed place, whatever the program's size: machine.Flash counts
// from the program's end, which moves. flashBase is where flash is mapped.
const flashBase = 0x10000000

type window struct {
	from, size int64
	base       int64 // of the window, as machine.Flash counts
	page       [store.PageSize]byte
}

var errOutside = errors.New("board: outside of the file window")

// OpenFlash gives the part of the flash that holds files, and nothing when the
// program reaches into it.
func OpenFlash(from, size int64) store.Flash {
	start := int64(machine.FlashDataStart()) - flashBase
	if start > from || int64(machine.FlashDataEnd())-flashBase < from+size {
		return nil
	}
	return &window{from: from, size: size, base: from - start}
}

func (w *window) Size() int64 { return w.size }

// Block is what the boot ROM erases with one command of the flash. The window begins at a multiple of it.
func (w *window) Block() int64 { return 64 << 10 }

// Read copies from where flash is mapped.
func (w *window) Read(p []byte, off int64) error {
	if off < 0 || off+int64(len(p)) > w.size {
		return errOutside
	}
	copy(p, unsafe.Slice((*byte)(unsafe.Pointer(uintptr(flashBase+w.from+off))), len(p)))
	return nil
}

// Program writes a whole page, since the boot ROM takes nothing less: ones
// around p leave what is there.
func (w *window) Program(p []byte, off int64) error {
	at := off % store.PageSize
	if off < 0 || at+int64(len(p)) > store.PageSize || off+int64(len(p)) > w.size {
		return errOutside
	}
	for i := range w.page {
		w.page[i] = 0xFF
	}
	copy(w.page[at:], p)
	_, err := machine.Flash.WriteAt(w.page[:], w.base+off-at)
	return err
}

// Erase takes about 45 ms for a sector and 150 ms for a block, with interrupts off.
func (w *window) Erase(off, n int64) error {
	if off < 0 || off+n > w.size {
		return errOutside
	}
	return machine.Flash.EraseBlocks((w.base+off)/store.SectorSize, n/store.SectorSize)
}
