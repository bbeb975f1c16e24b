package flashertest

import (
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"studioide/internal/pause"
)

// Drive is a folder that behaves like the drive of a Pico's boot ROM: it takes
// blocks of the UF2 format out of whatever is written there, and vanishes when
// a program is whole. What the ROM does with blocks is as in the sources of the
// RP2040's (virtual_disk.c): it counts those that it has, takes none twice, and
// starts from nothing when a block says another number of blocks.
type Drive struct {
	Dir     string // made while the drive is there
	Board   string // Board-ID, "RPI-RP2"
	Family  uint32 // of the programs that it takes
	Erase   func(off int64)
	Program func(off int64, page []byte) // turns ones into zeros
	Fault   func(block int64) bool       // pulls the cable before that block, counted from 1; may be nil

	seen    map[string]int64 // bytes of each file that were looked at
	count   uint32           // of blocks of the program under way; 0: none
	have    map[uint32]bool
	erased  map[int64]bool
	arrived int64
	looks   atomic.Int64
}

const lookEvery = 2 * time.Millisecond

// Wait shows the drive until it has got a program (true), the cable is pulled, or ctx ends.
func (d *Drive) Wait(ctx context.Context) (got bool, err error) {
	if err := os.MkdirAll(d.Dir, 0o755); err != nil {
		return false, err
	}
	defer os.RemoveAll(d.Dir)
	info := "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: " + d.Board + "\r\n"
	if err := os.WriteFile(filepath.Join(d.Dir, "INFO_UF2.TXT"), []byte(info), 0o644); err != nil {
		return false, err
	}
	d.seen, d.count = map[string]int64{}, 0
	for ctx.Err() == nil {
		names, err := filepath.Glob(filepath.Join(d.Dir, "*"))
		if err != nil {
			return false, err
		}
		for _, name := range names {
			if whole, pulled := d.take(name); whole || pulled {
				return whole, nil
			}
		}
		d.looks.Add(1)
		pause.For(ctx, lookEvery)
	}
	return false, nil
}

// Settle waits until everything that was written so far has reached the board, as a real drive's sync does.
func (d *Drive) Settle() {
	for begin := d.looks.Load(); d.looks.Load() < begin+2; time.Sleep(lookEvery) {
		if _, err := os.Stat(d.Dir); err != nil {
			return
		}
	}
}

// take looks at what is new in a file.
func (d *Drive) take(name string) (whole, pulled bool) {
	f, err := os.Open(name)
	if err != nil {
		return false, false // removed meanwhile
	}
	defer f.Close()
	var block [512]byte
	for {
		if _, err := io.ReadFull(io.NewSectionReader(f, d.seen[name], 512), block[:]); err != nil {
			return false, false
		}
		d.seen[name] += 512
		whole, pulled := d.block(block[:])
		if whole || pulled {
			return whole, pulled
		}
	}
}

// block does what the ROM does with 512 bytes that are written to the drive.
func (d *Drive) block(b []byte) (whole, pulled bool) {
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }
	if !strings.HasPrefix(string(b), "UF2\n") || word(1) != 0x9E5D5157 || word(127) != 0x0AB16F30 {
		return false, false // of a file that is not for it
	}
	flags, at, size, number, count, family := word(2), word(3), word(4), word(5), word(6), word(7)
	off := int64(at) - 0x10000000
	if flags&1 != 0 || flags&0x2000 != 0 && family != d.Family || size != 256 || off < 0 || off%256 != 0 || count == 0 || number >= count {
		return false, false
	}
	d.arrived++
	if d.Fault != nil && d.Fault(d.arrived) {
		return false, true
	}
	if count != d.count {
		d.count, d.have, d.erased = count, map[uint32]bool{}, map[int64]bool{}
	}
	if d.have[number] {
		return false, false
	}
	d.have[number] = true
	if sector := off / 4096 * 4096; !d.erased[sector] {
		d.erased[sector] = true
		d.Erase(sector)
	}
	d.Program(off, b[32:32+256])
	return uint32(len(d.have)) == count, false
}
