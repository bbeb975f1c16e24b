package virtual

import (
	"math/rand/v2"
	"time"
)

// Faults are what can be wrong with a board. The zero value is a healthy one.
type Faults struct {
	Seed           uint64 // of everything random here
	ToChip, ToHost Line   // the two directions of the serial line
	Silent         bool   // the chip hears and never says anything

	// CutAtWrite is the number of the flash write, counted from when these
	// faults were set, during which the board loses its power: the writes
	// before it are done. A flash write is the programming of one 256-byte
	// page or the erasing of one 4096-byte sector. 0: never. The board stays
	// off, with its port open and silent, until Power(true).
	CutAtWrite int64
	// Torn leaves the write at which the power is cut half done. Otherwise it is not done at all.
	Torn bool

	// UnplugAtBlock is the number of the flash data block (FLASH_DATA or
	// FLASH_DEFL_DATA, counted from when these faults were set) at whose
	// arrival the cable comes off. 0: never.
	UnplugAtBlock int64
	// DropReply is the number of the bootloader's reply, counted from when these faults were set, that gets lost. 0: none.
	DropReply int64
	// NoStub lets the bootloader refuse uploads to RAM, as a chip in secure download mode does.
	NoStub bool
}

// Line is what is wrong with one direction of the serial line.
type Line struct {
	Loss  float64       // probability that a byte gets lost
	Flip  float64       // probability that a byte gets one bit flipped
	Delay time.Duration // longest delay of a piece of data; random up to it
}

// Inject replaces the board's faults; the counts of Faults begin anew.
func (b *Board) Inject(f Faults) {
	b.mu.Lock()
	b.faults.set(f)
	b.mu.Unlock()
	b.flash.arm(f.CutAtWrite, f.Torn)
}

// injected are Faults at work. Guarded by Board.mu.
type injected struct {
	Faults
	random  *rand.Rand
	blocks  int64
	replies int64
}

func (f *injected) set(faults Faults) {
	*f = injected{Faults: faults, random: rand.New(rand.NewPCG(faults.Seed, 1))}
}

// damage returns what arrives of p, which it may change, and how much later.
func (f *injected) damage(p []byte, l *Line, garbled bool) ([]byte, time.Duration) {
	var delay time.Duration
	if l.Delay > 0 {
		delay = time.Duration(f.random.Int64N(int64(l.Delay) + 1))
	}
	if garbled {
		for i := range p {
			p[i] ^= byte(f.random.Uint32N(255) + 1)
		}
	}
	if l.Loss <= 0 && l.Flip <= 0 {
		return p, delay
	}
	kept := p[:0]
	for _, c := range p {
		if f.random.Float64() < l.Loss {
			continue
		}
		if f.random.Float64() < l.Flip {
			c ^= 1 << f.random.Uint32N(8)
		}
		kept = append(kept, c)
	}
	return kept, delay
}

// block counts a data block and tells whether the cable comes off now.
func (b *Board) block() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults.blocks++
	return b.faults.blocks == b.faults.UnplugAtBlock
}

// reply counts a reply of the bootloader and tells whether it gets lost.
func (b *Board) replyLost() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults.replies++
	return b.faults.replies == b.faults.DropReply
}

func (b *Board) noStub() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults.NoStub
}
