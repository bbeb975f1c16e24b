package devfs

import (
	"crypto/sha256"

	"studio/link"
)

// block is what a board tells about one block of a file.
type block struct {
	weak   uint32 // Adler-32
	strong [link.StrongSize]byte
}

// piece of a new file: bytes to be sent, or bytes of the old one.
type piece struct {
	at, size int  // in the new file
	copied   bool // they are in the old file …
	from     int  // … here
}

// diff covers content with pieces of an old file that has the given blocks
// (Tridgell and Mackerras, "The rsync algorithm", 1996). oldSize tells how
// long the last block is.
func diff(content []byte, blocks []block, size, oldSize int) []piece {
	var pieces []piece
	literal := 0 // where bytes start that no piece covers yet
	add := func(at, n, from int) {
		if at > literal {
			pieces = append(pieces, piece{at: literal, size: at - literal})
		}
		if k := len(pieces) - 1; k >= 0 && pieces[k].copied && at == literal && pieces[k].from+pieces[k].size == from {
			pieces[k].size += n
		} else {
			pieces = append(pieces, piece{at: at, size: n, copied: true, from: from})
		}
		literal = at + n
	}
	whole := oldSize / size
	index := make(map[uint32][]int, whole)
	for i := range min(whole, len(blocks)) {
		index[blocks[i].weak] = append(index[blocks[i].weak], i)
	}
	follow := -1 // the block after the last match: the likely one
	var r rolling
	for at := 0; at+size <= len(content); {
		if r.size == 0 {
			r.start(content[at : at+size])
		}
		if i := match(content[at:at+size], blocks, index[r.sum()], follow); i >= 0 {
			add(at, size, i*size)
			at += size
			follow = i + 1
			r.size = 0
			continue
		}
		if at+size == len(content) {
			break
		}
		r.roll(content[at], content[at+size])
		at++
	}
	// The old file's last, shorter block can only be found at the end.
	if n := oldSize % size; n > 0 && whole < len(blocks) && len(content)-literal >= n {
		tail := content[len(content)-n:]
		if link.Adler32(1, tail) == blocks[whole].weak && match(tail, blocks, []int{whole}, -1) >= 0 {
			add(len(content)-n, n, whole*size)
		}
	}
	if literal < len(content) {
		pieces = append(pieces, piece{at: literal, size: len(content) - literal})
	}
	return pieces
}

// match finds the candidate that b is, follow if possible.
func match(b []byte, blocks []block, candidates []int, follow int) int {
	if len(candidates) == 0 {
		return -1
	}
	sum := sha256.Sum256(b)
	found := -1
	for _, i := range candidates {
		if blocks[i].strong == [link.StrongSize]byte(sum[:link.StrongSize]) {
			if i == follow {
				return i
			}
			if found < 0 {
				found = i
			}
		}
	}
	return found
}

// rolling is Adler-32 over a window that moves byte by byte. size 0: not started.
type rolling struct {
	size   int
	lo, hi uint32
}

const adlerMod = 65521

func (r *rolling) start(window []byte) {
	sum := link.Adler32(1, window)
	*r = rolling{len(window), sum & 0xffff, sum >> 16}
}

func (r *rolling) roll(out, in byte) {
	r.lo = (r.lo + adlerMod - uint32(out) + uint32(in)) % adlerMod
	r.hi = (r.hi + adlerMod - uint32(r.size)%adlerMod*uint32(out)%adlerMod + r.lo + adlerMod - 1) % adlerMod
}

func (r *rolling) sum() uint32 { return r.hi<<16 | r.lo }
