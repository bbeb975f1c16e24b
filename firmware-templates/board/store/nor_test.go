package store

import (
	"errors"
	"math/rand"
)

// nor is NOR flash with a power cut.
type nor struct {
	mem    []byte
	block  int         // sectors that an erase can take at once; 0: 1
	blocks int         // erases of such
	ops    int         // programs and erases so far
	cutAt  int         // the power fails during this operation; 0: never
	torn   *rand.Rand  // how far the operation gets; nil: not at all
	erases map[int]int // by sector
	strict func(msg string)
}

var errPower = errors.New("no power")

func newNOR(sectors int) *nor {
	f := &nor{mem: make([]byte, sectors*SectorSize), erases: map[int]int{}}
	for i := range f.mem {
		f.mem[i] = 0xFF
	}
	return f
}

// again is the same flash after power came back.
func (f *nor) again() *nor {
	return &nor{mem: f.mem, block: f.block, erases: f.erases, strict: f.strict}
}

func (f *nor) Size() int64 { return int64(len(f.mem)) }

func (f *nor) Block() int64 { return int64(max(f.block, 1)) * SectorSize }

func (f *nor) Read(p []byte, off int64) error {
	if f.cutAt > 0 && f.ops >= f.cutAt {
		return errPower
	}
	copy(p, f.mem[off:off+int64(len(p))])
	return nil
}

func (f *nor) Program(p []byte, off int64) error {
	if off/PageSize != (off+int64(len(p))-1)/PageSize || len(p) == 0 {
		panic("program across pages")
	}
	if f.cutAt > 0 && f.ops >= f.cutAt {
		return errPower
	}
	f.ops++
	at := f.mem[off:]
	if f.ops == f.cutAt {
		if f.torn != nil {
			share := f.torn.Intn(256)
			for i, b := range p {
				for bit := 0; bit < 8; bit++ {
					if b>>bit&1 == 0 && f.torn.Intn(256) < share {
						at[i] &^= 1 << bit
					}
				}
			}
		}
		return errPower
	}
	for i, b := range p {
		if f.strict != nil && at[i]&b != b {
			f.strict("a zero was to become a one")
		}
		at[i] &= b
	}
	return nil
}

func (f *nor) Erase(off, n int64) error {
	if off%n != 0 || n != SectorSize && n != f.Block() {
		panic("erase not aligned")
	}
	if f.cutAt > 0 && f.ops >= f.cutAt {
		return errPower
	}
	f.ops++
	for i := range n / SectorSize {
		f.erases[int(off/SectorSize+i)]++
	}
	if n > SectorSize {
		f.blocks++
	}
	at := f.mem[off : off+n]
	if f.ops == f.cutAt {
		if f.torn != nil {
			share := f.torn.Intn(256)
			for i := range at {
				for bit := 0; bit < 8; bit++ {
					if f.torn.Intn(256) < share {
						at[i] |= 1 << bit
					}
				}
			}
		}
		return errPower
	}
	for i := range at {
		at[i] = 0xFF
	}
	return nil
}
