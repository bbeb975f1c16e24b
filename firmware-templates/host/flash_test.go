package host

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// answering is the chip's end of the control channel, with a flash behind it.
type answering struct {
	flash []byte
	reads int
}

// Write takes one frame and answers it at once.
func (a *answering) Write(p []byte) (int, error) {
	op, body := p[4], p[5:]
	off := int(binary.LittleEndian.Uint32(body))
	reply := []byte{StatusDone}
	switch op {
	case OpRead:
		a.reads++
		n := int(binary.LittleEndian.Uint32(body[4:]))
		rest := a.flash[off:]
		count := 0
		for count < len(rest) && rest[count] == 0xff {
			count++
		}
		if count >= n {
			reply = binary.LittleEndian.AppendUint32([]byte{StatusBlank}, uint32(count))
		} else {
			reply = append(reply, rest[:n]...)
		}
	case OpWrite:
		for i, b := range body[4:] {
			a.flash[off+i] &= b
		}
	case OpErase:
		for end := off + int(binary.LittleEndian.Uint32(body[4:])); off < end; off++ {
			a.flash[off] = 0xff
		}
	}
	chip.replies <- reply
	return len(p), nil
}

func (a *answering) Read([]byte) (int, error) { panic("nothing reads here") }

// TestFlashAttached: whatever a program writes and erases, it reads what lies in
// the chip's flash, and what is blank is asked for once.
func TestFlashAttached(t *testing.T) {
	const size = 24 * readAhead
	full, kept := chip.size, mirror
	defer func() { chip.attached, chip.conn, chip.size, mirror = false, nil, full, kept }()
	a := &answering{flash: bytes.Repeat([]byte{0xff}, size)}
	chip.attached, chip.conn, chip.replies, chip.size, mirror = true, a, make(chan []byte, 1), size, map[int64][]byte{}

	got := make([]byte, 16)
	for off := int64(0); off < size; off += SectorSize { // as the file store looks at every sector
		if err := ReadFlash(got, off); err != nil || !bytes.Equal(got, blank[:16]) {
			t.Fatalf("at %#x: % x, %v", off, got, err)
		}
	}
	if a.reads != 1 {
		t.Errorf("an empty flash was asked for %d times", a.reads)
	}
	clear(mirror)
	a.flash[5*readAhead+7], a.flash[size-1] = 0x12, 0x34
	a.reads = 0
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		off := r.Int64N(size / SectorSize)
		switch r.IntN(4) {
		case 0:
			n := min(1+r.Int64N(40), size/SectorSize-off)
			if err := EraseFlash(off*SectorSize, n*SectorSize); err != nil {
				t.Fatal(err)
			}
		case 1:
			p := make([]byte, 1+r.IntN(300))
			for i := range p {
				p[i] = byte(r.Uint32())
			}
			at := min(off*SectorSize+r.Int64N(SectorSize), size-int64(len(p)))
			if err := WriteFlash(p, at); err != nil {
				t.Fatal(err)
			}
		default:
			p := make([]byte, 1+r.IntN(2*readAhead))
			at := min(off*SectorSize+r.Int64N(SectorSize), size-int64(len(p)))
			if err := ReadFlash(p, at); err != nil || !bytes.Equal(p, a.flash[at:at+int64(len(p))]) {
				t.Fatalf("%d bytes at %#x are not those of the chip (%v)", len(p), at, err)
			}
		}
	}
	if a.reads > size/readAhead {
		t.Errorf("%d pieces were asked for %d times", size/readAhead, a.reads)
	}
	if !bytes.Equal(blank, bytes.Repeat([]byte{0xff}, readAhead)) {
		t.Error("what all blank pieces have in common was written to")
	}
}
