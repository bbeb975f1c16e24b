package uf2

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"
	"testing"

	"studioide/internal/flasher"
	"studioide/internal/flasher/flashertest"
	"studioide/internal/problem"
)

// Every word of a small file, as the specification has them.
func TestPack(t *testing.T) {
	file := Pack("RP2350", []flasher.Part{{Offset: 0x1000, Data: bytes.Repeat([]byte{7}, 300)}})
	if len(file) != 2*512 {
		t.Fatalf("%d bytes", len(file))
	}
	word := func(block, i int) uint32 { return binary.LittleEndian.Uint32(file[512*block+4*i:]) }
	for block := range 2 {
		for i, want := range []uint32{0x0A324655, 0x9E5D5157, 0x2000, 0x10001000 + uint32(256*block), 256, uint32(block), 2, 0xe48bff59} {
			if got := word(block, i); got != want {
				t.Errorf("block %d, word %d: %#x instead of %#x", block, i, got, want)
			}
		}
		if got := word(block, 127); got != 0x0AB16F30 {
			t.Errorf("block %d ends with %#x", block, got)
		}
	}
	if payload := file[512+32 : 512+32+256]; payload[43] != 7 || payload[44] != 0xff || payload[255] != 0xff {
		t.Errorf("the last page is %x", payload)
	}
}

// The ROM erases by the numbers of blocks: in all parts but the last, sectors are whole.
func TestPackFillsSectors(t *testing.T) {
	file := Pack("RP2040", []flasher.Part{{Data: make([]byte, 5000)}, {Offset: 0x10000, Data: make([]byte, 100)}})
	if blocks := len(file) / 512; blocks != 33 {
		t.Fatalf("%d blocks", blocks)
	}
	for no := range 33 {
		at := binary.LittleEndian.Uint32(file[512*no+12:])
		if no%16 == 0 != (at%flasher.SectorSize == 0) {
			t.Errorf("block %d is for %#x", no, at)
		}
	}
}

func TestUnpackGivesWhatWasPacked(t *testing.T) {
	for name, parts := range map[string][]flasher.Part{
		"one":  {{Offset: 0, Data: flashertest.Image(10_240, 1)}},
		"two":  {{Offset: 0x2000, Data: flashertest.Image(4096, 2)}, {Offset: 0x40000, Data: flashertest.Image(512, 3)}},
		"many": {{Offset: 0, Data: flashertest.Image(700<<10, 4)}},
	} {
		for _, c := range []string{"RP2040", "RP2350", ""} {
			got, chip, err := Unpack(Pack(c, parts))
			if err != nil || chip != c || !reflect.DeepEqual(got, parts) {
				t.Errorf("%s for %q: %d parts, %q, %v", name, c, len(got), chip, err)
			}
		}
	}
}

func TestUnpackOrderAndGaps(t *testing.T) {
	file := Pack("RP2040", []flasher.Part{{Data: flashertest.Image(2048, 1)}})
	want, _, _ := Unpack(file)
	var turned []byte
	for at := len(file) - 512; at >= 0; at -= 512 {
		turned = append(turned, file[at:at+512]...)
	}
	if got, _, err := Unpack(turned); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("blocks from the last to the first: %v", err)
	}
	leading := appendBlock(nil, hasFamily, absolute, flashMost-256, 0, 2, bytes.Repeat([]byte{0xef}, 256))
	if got, chip, err := Unpack(append(leading, file...)); err != nil || chip != "RP2040" || !reflect.DeepEqual(got, want) {
		t.Errorf("with the block for E10: %v", err)
	}
	// A page that is left out, and one that is for something else than flash.
	for i := range 8 {
		binary.LittleEndian.PutUint32(file[512*i+24:], 7)
	}
	binary.LittleEndian.PutUint32(file[512*3+8:], notForFlash)
	got, _, err := Unpack(file)
	gap := slices.Clone(want[0].Data)
	copy(gap[3*256:], bytes.Repeat([]byte{0xff}, 256))
	if err != nil || len(got) != 1 || !bytes.Equal(got[0].Data, gap) {
		t.Errorf("with a gap: %v", err)
	}
}

func TestUnpackRefuses(t *testing.T) {
	good := Pack("RP2040", []flasher.Part{{Data: flashertest.Image(2000, 1)}})
	change := func(at int, value uint32) []byte {
		file := slices.Clone(good)
		binary.LittleEndian.PutUint32(file[at:], value)
		return file
	}
	for name, file := range map[string][]byte{
		"nothing":              nil,
		"another file":         []byte("\x7fELF and so on"),
		"cut inside a block":   good[:700],
		"cut between blocks":   good[:512*5],
		"a block's magic":      change(512*2, 5),
		"a block's last magic": change(512*2+508, 5),
		"another family":       change(512*2+28, 0xe48bff59),
		"SAMD21":               oneBlock(0x68ed2b88),
		"into RAM":             change(512*2+12, 0x20000000),
		"into nowhere":         change(512*2+12, 0x11000000),
		"half a page":          change(512*2+12, 0x10000280),
		"short payload":        change(512*2+16, 100),
		"a block twice":        append(slices.Clone(good), good[:512]...),
		"the same place twice": change(512*2+12, 0x10000000),
		"another count":        change(512*7+24, 9),
	} {
		if _, _, err := Unpack(file); err == nil || problem.Of(err).Code != "flash.bad-file" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func oneBlock(family uint32) []byte { return appendBlock(nil, hasFamily, family, 0, 0, 1, []byte{1}) }

func FuzzUnpack(f *testing.F) {
	f.Add(Pack("RP2040", []flasher.Part{{Data: flashertest.Image(600, 1)}}))
	f.Add(Pack("", []flasher.Part{{Data: []byte{1}}, {Offset: 1 << 20, Data: []byte{2}}}))
	f.Fuzz(func(t *testing.T, file []byte) {
		parts, chip, err := Unpack(file)
		if err != nil {
			return
		}
		again, chip2, err := Unpack(Pack(chip, parts))
		if err != nil || chip2 != chip || len(again) != len(parts) || again[0].Offset != parts[0].Offset {
			t.Errorf("packed again it is something else: %v", err)
		}
	})
}
