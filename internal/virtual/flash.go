package virtual

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
)

const (
	pageSize   = 256
	sectorSize = 4096
	blockSize  = 64 << 10
)

var (
	errPower = errors.New("virtual: the power was cut") // during a flash write
	errRange = errors.New("virtual: outside of flash")
	errStore = errors.New("virtual: the flash file cannot be read or written")
)

// flash is NOR flash: erased bytes are FF, programming clears bits, erasing
// works on whole sectors. It is kept in a file, written in place so that it
// survives the end of Studio at any moment, or in memory.
type flash struct {
	mu     sync.Mutex
	size   int64
	file   *os.File         // nil: in memory
	pieces map[int64][]byte // in memory: what is not all FF, by number of blockSize
	writes int64            // page programs and sector erases so far
	cut    int64            // value of writes at which the power goes, 0 never
	torn   bool

	status   [3]byte // the chip's status registers as they are kept without power
	volatile [3]byte // and as they are now
}

// Bits that a write of the status registers leaves alone: BUSY and write enabled, SUSPEND.
var statusKept = [3]byte{0x03, 0x80, 0}

const quadEnabled = 2 // of status 2: how such parts leave the factory

func (f *flash) readStatus(i int) byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.volatile[i]
}

func (f *flash) writeStatus(i int, v byte, volatile bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v = v&^statusKept[i] | f.volatile[i]&statusKept[i]
	if f.volatile[i] = v; !volatile {
		f.status[i] = v
	}
}

// forgetVolatile is the flash chip's reset, and what the loss of power does to it.
func (f *flash) forgetVolatile() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.volatile = f.status
}

// openFlash opens or creates the flash file; name "" keeps flash in memory.
func openFlash(name string, size int64) (*flash, error) {
	f := &flash{size: size}
	f.status[1] = quadEnabled
	f.volatile = f.status
	if name == "" {
		f.pieces = map[int64][]byte{}
		return f, nil
	}
	if err := isPlainOrNew(name); err != nil {
		return nil, stateProblem(err)
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, stateProblem(err)
	}
	f.file = file
	have, err := file.Seek(0, io.SeekEnd)
	for blank := blankBlock(); err == nil && have < size; {
		var n int
		n, err = file.WriteAt(blank[:min(int64(len(blank)), size-have)], have)
		have += int64(n)
	}
	if err != nil {
		file.Close()
		return nil, stateProblem(err)
	}
	return f, nil
}

// isPlainOrNew refuses what is no regular file: the opening of a named pipe may never end, nor may a device.
func isPlainOrNew(name string) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return errors.New(name + " is not a plain file")
	}
	return nil
}

func stateProblem(err error) error {
	return errState.With(err.Error()).Because(err)
}

func blankBlock() []byte {
	b := make([]byte, blockSize)
	for i := range b {
		b[i] = 0xff
	}
	return b
}

func (f *flash) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// arm lets the power go at the nth write from now, and returns the number of writes so far.
func (f *flash) arm(n int64, torn bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cut, f.torn = 0, torn
	if n > 0 {
		f.cut = f.writes + n
	}
}

func (f *flash) count() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writes
}

func (f *flash) inside(off, n int64) bool {
	return off >= 0 && n >= 0 && n <= f.size && off <= f.size-n
}

func (f *flash) read(p []byte, off int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.inside(off, int64(len(p))) {
		return errRange
	}
	return f.load(p, off)
}

// blankFrom tells how far flash is FF from off on, where p was read: 0 if p is
// not, else len(p) and the pieces of that length behind it.
func (f *flash) blankFrom(p []byte, off int64) (n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(p) > 0 && isBlank(p) {
		n += int64(len(p))
		if !f.inside(off+n, int64(len(p))) || f.load(p, off+n) != nil {
			break
		}
	}
	return n
}

func isBlank(p []byte) bool {
	for len(p) > 0 {
		n := min(len(p), blockSize)
		if !bytes.Equal(p[:n], blank[:n]) {
			return false
		}
		p = p[n:]
	}
	return true
}

func (f *flash) load(p []byte, off int64) error {
	if f.file != nil {
		if _, err := f.file.ReadAt(p, off); err != nil {
			return errors.Join(errStore, err)
		}
		return nil
	}
	for len(p) > 0 {
		n := min(int64(len(p)), blockSize-off%blockSize)
		if piece := f.pieces[off/blockSize]; piece != nil {
			copy(p[:n], piece[off%blockSize:])
		} else {
			for i := range p[:n] {
				p[i] = 0xff
			}
		}
		p, off = p[n:], off+n
	}
	return nil
}

func (f *flash) save(p []byte, off int64) error {
	if f.file != nil {
		if _, err := f.file.WriteAt(p, off); err != nil {
			return errors.Join(errStore, err)
		}
		return nil
	}
	for len(p) > 0 {
		n := min(int64(len(p)), blockSize-off%blockSize)
		piece := f.pieces[off/blockSize]
		if piece == nil {
			piece = blankBlock()
			f.pieces[off/blockSize] = piece
		}
		copy(piece[off%blockSize:], p[:n])
		p, off = p[n:], off+n
	}
	return nil
}

// program clears the bits of flash that are 0 in p, and returns how many pages
// that took. errPower: some pages were done before the power went.
func (f *flash) program(p []byte, off int64) (pages int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.inside(off, int64(len(p))) {
		return 0, errRange
	}
	if len(p) == 0 {
		return 0, nil
	}
	pages = (off+int64(len(p))-1)/pageSize - off/pageSize + 1
	cut := false
	if left := f.cut - f.writes; f.cut > 0 && left >= 1 && left <= pages {
		cut = true
		start := (off/pageSize + left - 1) * pageSize // of the page in question
		end := max(start, off)
		if f.torn {
			end = max(min(start+pageSize/2, off+int64(len(p))), off)
		}
		p = p[:end-off]
		pages = left
	}
	f.writes += pages
	if len(p) > 0 {
		old := make([]byte, len(p))
		if err := f.load(old, off); err != nil {
			return pages, err
		}
		for i := range old {
			old[i] &= p[i]
		}
		if err := f.save(old, off); err != nil {
			return pages, err
		}
	}
	if cut {
		f.cut = 0
		return pages, errPower
	}
	return pages, nil
}

var blank = blankBlock()

// erase sets n bytes at off to FF; both are multiples of sectorSize.
func (f *flash) erase(off, n int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.inside(off, n) || off%sectorSize != 0 || n%sectorSize != 0 {
		return errRange
	}
	cut := false
	if left := f.cut - f.writes; f.cut > 0 && left >= 1 && left <= n/sectorSize {
		cut = true
		n = (left - 1) * sectorSize
		f.writes++
		if f.torn {
			n += sectorSize / 2
		}
	}
	f.writes += n / sectorSize
	for n > 0 {
		step := min(n, blockSize-off%blockSize)
		if f.file == nil && step == blockSize {
			delete(f.pieces, off/blockSize)
		} else if err := f.save(blank[:step], off); err != nil {
			return err
		}
		off, n = off+step, n-step
	}
	if cut {
		f.cut = 0
		return errPower
	}
	return nil
}

// ReadFlash copies what lies in flash at off, past the chip. It is for looking, in tests and backups of the state.
func (b *Board) ReadFlash(p []byte, off int64) error { return b.flash.read(p, off) }

// FlashWrites counts page programs and sector erases since Start; Faults.CutAtWrite counts the same things.
func (b *Board) FlashWrites() int64 { return b.flash.count() }
