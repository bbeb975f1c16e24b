//go:build tinygo && esp32c3 && !romfiles

package chip

import (
	"errors"
	"machine"
	"unsafe"

	"studio/board/store"
)

// Files lie at a fixed place, whatever the program's size: machine.Flash counts
// from the program's end, which moves. What is mapped at flashBase is the flash
// from its first byte on, programs first.
const flashBase = 0x3C000000

type window struct {
	from, size int64
	base       int64 // of the window, as machine.Flash counts
	// page holds what is written: the ROM reads it as words, so it has to be
	// aligned, and it must not lie in flash, which cannot be read meanwhile.
	page [store.PageSize / 4]uint32
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

// Block: TinyGo erases sector by sector.
func (w *window) Block() int64 { return store.SectorSize }

// Read copies from where flash is mapped; writing and erasing drop what the
// cache holds of it.
func (w *window) Read(p []byte, off int64) error {
	if off < 0 || off+int64(len(p)) > w.size {
		return errOutside
	}
	copy(p, unsafe.Slice((*byte)(unsafe.Pointer(uintptr(flashBase+w.from+off))), len(p)))
	return nil
}

// Program writes the words that p lies in: ones around p leave what is there.
func (w *window) Program(p []byte, off int64) error {
	at := off % store.PageSize
	if off < 0 || at+int64(len(p)) > store.PageSize || off+int64(len(p)) > w.size {
		return errOutside
	}
	page := unsafe.Slice((*byte)(unsafe.Pointer(&w.page)), store.PageSize)
	from, to := at&^3, (at+int64(len(p))+3)&^3
	for i := from; i < to; i++ {
		page[i] = 0xFF
	}
	copy(page[at:], p)
	_, err := machine.Flash.WriteAt(page[from:to], w.base+off-at+from)
	return err
}

// Erase takes about 45 ms, with interrupts off.
func (w *window) Erase(off, n int64) error {
	if off < 0 || off+n > w.size {
		return errOutside
	}
	return machine.Flash.EraseBlocks((w.base+off)/store.SectorSize, n/store.SectorSize)
}
