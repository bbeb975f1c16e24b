//go:build !tinygo

package chip

import (
	"studio/board/store"
	"studio/host"
)

// window is the part of the virtual chip's flash that holds files.
type window struct{ from, size int64 }

// OpenFlash gives the window of the flash map, or the last quarter of a flash
// that is too small for it.
func OpenFlash(from, size int64) store.Flash {
	w := window{from, size}
	if n := host.FlashSize(); n < w.from+w.size {
		w = window{n - n/4, n / 4}
	}
	return w
}

func (w window) Size() int64                       { return w.size }
func (w window) Block() int64                      { return store.SectorSize }
func (w window) Read(p []byte, off int64) error    { return host.ReadFlash(p, w.from+off) }
func (w window) Program(p []byte, off int64) error { return host.WriteFlash(p, w.from+off) }
func (w window) Erase(off, n int64) error          { return host.EraseFlash(w.from+off, n) }
