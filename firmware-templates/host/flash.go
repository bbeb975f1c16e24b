package host

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"
)

var (
	// ErrRange is returned for places outside of flash, and for erases that are not whole sectors.
	ErrRange = errors.New("host: outside of flash, or not aligned to sectors")
	// ErrFlash is returned when the flash refuses or the chip lost its power meanwhile.
	ErrFlash = errors.New("host: flash failed")
)

// readAhead is how much an attached program fetches at once. While a program
// runs, nobody else writes the flash, so what was read or written once is kept
// and read from memory from then on. Most of a flash is blank, which the chip
// says for as long as it goes on so, and which takes no memory.
const readAhead = 64 << 10

var (
	flashLock sync.Mutex
	mirror    = map[int64][]byte{}                    // readAhead-sized pieces by index; unattached: the flash itself
	blank     = bytes.Repeat([]byte{0xff}, readAhead) // in mirror for each piece of which all is FF; see own
	backing   *os.File                                // unattached: STUDIO_FLASH
	backed    sync.Once
)

// FlashSize returns the flash's size in bytes.
func FlashSize() int64 { return chip.size }

// ReadFlash reads len(p) bytes at off.
func ReadFlash(p []byte, off int64) error {
	flashLock.Lock()
	defer flashLock.Unlock()
	if !inside(off, int64(len(p))) {
		return ErrRange
	}
	for len(p) > 0 {
		piece, err := fetch(off / readAhead)
		if err != nil {
			return err
		}
		n := copy(p, piece[off%readAhead:])
		p, off = p[n:], off+int64(n)
	}
	return nil
}

// WriteFlash programs p at off. As in NOR flash, bits go from 1 to 0 only. The
// chip programs page by page (256 bytes); when the power is cut, pages before
// the cut are written and the page in question may be half.
func WriteFlash(p []byte, off int64) error {
	flashLock.Lock()
	defer flashLock.Unlock()
	if !inside(off, int64(len(p))) {
		return ErrRange
	}
	for len(p) > 0 {
		n := min(int64(len(p)), readAhead-off%readAhead)
		if chip.attached {
			if err := result(call(OpWrite, word(off), p[:n])); err != nil {
				delete(mirror, off/readAhead)
				return err
			}
		}
		if piece, ok := mirror[off/readAhead]; ok || !chip.attached {
			if !ok {
				var err error
				if piece, err = fetch(off / readAhead); err != nil {
					return err
				}
			}
			at := own(off/readAhead, piece)[off%readAhead:]
			for i, b := range p[:n] {
				at[i] &= b
			}
			if err := store(off, at[:n]); err != nil {
				return err
			}
		}
		p, off = p[n:], off+n
	}
	return nil
}

// EraseFlash sets n bytes at off to FF; both are multiples of SectorSize.
func EraseFlash(off, n int64) error {
	flashLock.Lock()
	defer flashLock.Unlock()
	if !inside(off, n) || off%SectorSize != 0 || n%SectorSize != 0 {
		return ErrRange
	}
	if chip.attached {
		if err := result(call(OpErase, word(off), word(n))); err != nil {
			clear(mirror)
			return err
		}
	}
	for end := off + n; off < end; {
		step := min(end-off, readAhead-off%readAhead)
		piece, ok := mirror[off/readAhead]
		if !ok && !chip.attached {
			var err error
			if piece, err = fetch(off / readAhead); err != nil {
				return err
			}
		}
		switch {
		case piece == nil:
		case step == readAhead:
			mirror[off/readAhead] = blank
		case !isBlank(piece):
			copy(piece[off%readAhead:][:step], blank)
		}
		if err := store(off, blank[:step]); err != nil {
			return err
		}
		off += step
	}
	return nil
}

func inside(off, n int64) bool { return off >= 0 && n >= 0 && n <= chip.size && off <= chip.size-n }

func word(n int64) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }

func result(status byte, _ []byte) error {
	switch status {
	case StatusDone:
		return nil
	case StatusRange:
		return ErrRange
	}
	return ErrFlash
}

// fetch returns the piece with that index.
func fetch(index int64) ([]byte, error) {
	if piece, ok := mirror[index]; ok {
		return piece, nil
	}
	if chip.attached {
		status, b := call(OpRead, word(index*readAhead), word(readAhead), []byte{1})
		if status == StatusBlank && len(b) == 4 {
			for n := int64(binary.LittleEndian.Uint32(b)); n >= readAhead; n -= readAhead {
				if _, ok := mirror[index]; !ok { // what is there may be newer
					mirror[index] = blank
				}
				index++
			}
			return blank, nil
		}
		if err := result(status, nil); err != nil {
			return nil, err
		}
		if len(b) != readAhead {
			return nil, ErrFlash
		}
		mirror[index] = b
		return b, nil
	}
	f := file()
	if f == nil {
		mirror[index] = blank
		return blank, nil
	}
	piece := bytes.Clone(blank)
	if _, err := f.ReadAt(piece, index*readAhead); err != nil && err != io.EOF {
		return nil, err
	}
	mirror[index] = piece
	return piece, nil
}

func isBlank(piece []byte) bool { return &piece[0] == &blank[0] }

// own returns a piece of the mirror that may be written to.
func own(index int64, piece []byte) []byte {
	if isBlank(piece) {
		piece = bytes.Clone(blank)
		mirror[index] = piece
	}
	return piece
}

// store writes through to STUDIO_FLASH.
func store(off int64, b []byte) error {
	if chip.attached {
		return nil
	}
	if f := file(); f != nil {
		_, err := f.WriteAt(b, off)
		return err
	}
	return nil
}

// file opens STUDIO_FLASH once, and fills a new file with FF.
func file() *os.File {
	backed.Do(func() {
		name := os.Getenv("STUDIO_FLASH")
		if name == "" {
			return
		}
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			println("studio: cannot open STUDIO_FLASH: " + err.Error())
			os.Exit(2)
		}
		blank := make([]byte, readAhead)
		for i := range blank {
			blank[i] = 0xff
		}
		size, err := f.Seek(0, io.SeekEnd)
		for ; err == nil && size < chip.size; size += int64(len(blank)) {
			blank = blank[:min(int64(len(blank)), chip.size-size)]
			_, err = f.WriteAt(blank, size)
		}
		if err != nil {
			println("studio: cannot write STUDIO_FLASH: " + err.Error())
			os.Exit(2)
		}
		backing = f
	})
	return backing
}
