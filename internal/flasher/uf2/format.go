package uf2

import (
	"encoding/binary"
	"fmt"
	"slices"

	"studioide/internal/flasher"
	"studioide/ui/src/words/say"
)

// A block is 512 bytes: 8 words (two magics, flags, address, length of the
// payload, number of the block, number of blocks, family), 476 bytes of which
// the first are the payload, and a last magic.
const (
	blockSize   = 512
	pageSize    = 256 // of payload: what the ROMs take, and flash programs at once
	magicFirst  = 0x0A324655
	magicSecond = 0x9E5D5157
	magicLast   = 0x0AB16F30

	notForFlash = 0x00000001 // flags: to be ignored
	hasFamily   = 0x00002000

	flashBase = 0x10000000 // where flash is mapped, on both chips
	flashMost = 16 << 20
)

// chip is one whose boot ROM takes UF2.
type chip struct {
	name   string // as the catalogue has it
	board  string // Board-ID in INFO_UF2.TXT
	family uint32 // of programs for it
	title  string // what people call a board with it
	pid    string // of its boot ROM on USB
}

var chips = []chip{
	{"RP2040", "RPI-RP2", 0xe48bff56, "Pico or Pico W", "0003"},
	{"RP2350", "RP2350", 0xe48bff59, "Pico 2 or Pico 2 W", "000f"}, // its Arm cores
}

// others are families of chips that take UF2 from bootloaders Studio does not
// serve (the list that the format's specification points to).
var others = map[uint32]string{
	0x68ed2b88: "a SAMD21", 0x55114460: "a SAMD51", 0xada52840: "an nRF52840", 0x621e937a: "an nRF52833", 0x7eab61ed: "an ESP8266",
	0x1c5f21b0: "an ESP32", 0xbfdd4eee: "an ESP32-S2", 0xc47e5767: "an ESP32-S3", 0xd42ba06c: "an ESP32-C3", 0x540ddf62: "an ESP32-C6",
	0x57755a57: "an STM32F4", 0x5d1a0a2e: "an STM32F2", 0x647824b6: "an STM32F0", 0x202e3a91: "an STM32L0", 0x1e1f432d: "an STM32L1", 0x00ff6919: "an STM32L4",
	0x4fb2d5bd: "an i.MX RT10xx", 0x16573617: "an ATmega32",
}

// absolute is the family of blocks for whatever chip; see leading.
const absolute = 0xe48bff57

// leading tells the block that other tools put first for the RP2350, because of
// its erratum E10: it goes nowhere.
func leading(address, family uint32) bool {
	return family == absolute && address == flashBase+flashMost-pageSize
}

// Is tells whether a file is in the UF2 format.
func Is(file []byte) bool {
	return len(file) >= 8 && binary.LittleEndian.Uint32(file) == magicFirst && binary.LittleEndian.Uint32(file[4:]) == magicSecond
}

// Pack makes a file of parts that are laid out (see flasher.Layout). A name
// that is none of a chip is not written into it: every board takes the file.
func Pack(chipName string, parts []flasher.Part) []byte {
	flags, family := uint32(0), uint32(0)
	for _, c := range chips {
		if c.name == chipName {
			flags, family = hasFamily, c.family
		}
	}
	type page struct {
		at   uint32
		data []byte
	}
	var pages []page
	for i, p := range parts {
		n := (len(p.Data) + pageSize - 1) / pageSize
		if i < len(parts)-1 {
			// The ROM of the RP2040 erases a sector when the number of a block is
			// a multiple of 16, so only the last part may end inside of a sector.
			n = p.Sectors() * (flasher.SectorSize / pageSize)
		}
		for k := range n {
			data := p.Data[min(k*pageSize, len(p.Data)):min((k+1)*pageSize, len(p.Data))]
			pages = append(pages, page{p.Offset + uint32(k*pageSize), data})
		}
	}
	file := make([]byte, 0, len(pages)*blockSize)
	for i, p := range pages {
		file = appendBlock(file, flags, family, p.at, i, len(pages), p.data)
	}
	return file
}

// appendBlock appends block number no of count; what data lacks of a page is FF.
func appendBlock(file []byte, flags, family, at uint32, no, count int, data []byte) []byte {
	start := len(file)
	for _, word := range []uint32{magicFirst, magicSecond, flags, flashBase + at, pageSize, uint32(no), uint32(count), family} {
		file = binary.LittleEndian.AppendUint32(file, word)
	}
	file = append(file, data...)
	for range pageSize - len(data) {
		file = append(file, 0xff)
	}
	file = append(file, make([]byte, blockSize-4-(len(file)-start))...)
	return binary.LittleEndian.AppendUint32(file, magicLast)
}

// Unpack gives what a file puts into flash, and the chip that it is for; "": it does not say.
func Unpack(file []byte) (parts []flasher.Part, chipName string, err error) {
	if !Is(file) {
		return nil, "", errBadFileNone
	}
	if len(file)%blockSize != 0 {
		return nil, "", errBadFileShort
	}
	pages := map[uint32][]byte{}
	numbers := map[uint32]bool{} // of the blocks seen
	var family, count uint32
	first := true
	for ; len(file) > 0; file = file[blockSize:] {
		var w [8]uint32
		for i := range w {
			w[i] = binary.LittleEndian.Uint32(file[4*i:])
		}
		flags, at, size, total, fam := w[2], w[3], w[4], w[6], w[7]
		if !Is(file) || binary.LittleEndian.Uint32(file[blockSize-4:]) != magicLast {
			return nil, "", errBadFileDamaged
		}
		if flags&hasFamily == 0 {
			fam = 0
		}
		if flags&notForFlash != 0 || leading(at, fam) {
			continue
		}
		if first {
			if _, err := chipOf(fam); err != nil {
				return nil, "", err
			}
		}
		if !first && (fam != family || total != count) {
			return nil, "", errBadFileChips
		}
		first, family, count = false, fam, total
		if numbers[w[5]] {
			return nil, "", errBadFileNumber.With(w[5])
		}
		numbers[w[5]] = true
		if size != pageSize || at%pageSize != 0 {
			return nil, "", errBadFileSize.With(size, fmt.Sprintf("%#x", at))
		}
		if at < flashBase || at >= flashBase+flashMost {
			return nil, "", errBadFileElsewhere.With(fmt.Sprintf("%#x", at))
		}
		if pages[at-flashBase] != nil {
			return nil, "", errBadFileTwice
		}
		pages[at-flashBase] = file[32 : 32+pageSize]
	}
	if uint32(len(pages)) != count || count == 0 {
		return nil, "", errBadFileBlocks.With(len(pages), count)
	}
	if chipName, err = chipOf(family); err != nil {
		return nil, "", err
	}
	return join(pages), chipName, nil
}

func chipOf(family uint32) (string, error) {
	if family == 0 {
		return "", nil
	}
	for _, c := range chips {
		if c.family == family {
			return c.name, nil
		}
	}
	switch name := others[family]; {
	case family == 0xe48bff58:
		return "", errBadFile.With(say.FlashPicoData())
	case family == 0xe48bff5a:
		return "", errBadFile.With(say.FlashRiscvCores())
	case family == 0xe48bff5b:
		return "", errBadFile.With(say.FlashStartedByOther())
	case name != "":
		return "", errBadFile.With(name)
	}
	return "", errBadFile.With(say.FlashUnknownChip(fmt.Sprintf("%08x", family)))
}

// join makes parts of pages: one for each row of sectors without a gap. What a sector lacks is FF.
func join(pages map[uint32][]byte) (parts []flasher.Part) {
	var order []uint32
	for at := range pages {
		order = append(order, at)
	}
	slices.Sort(order)
	for _, at := range order {
		sector := at - at%flasher.SectorSize
		if n := len(parts); n == 0 || parts[n-1].Offset+uint32(parts[n-1].Sectors())*flasher.SectorSize < sector {
			parts = append(parts, flasher.Part{Offset: sector})
		}
		p := &parts[len(parts)-1]
		for uint32(len(p.Data)) < at-p.Offset {
			p.Data = append(p.Data, 0xff)
		}
		p.Data = append(p.Data, pages[at]...)
	}
	return parts
}
