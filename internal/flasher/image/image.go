package image

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/esp"
	"studioide/internal/flasher/uf2"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// File is what somebody wants on a board.
type File struct {
	Name    string // as the user knows it
	Content []byte
	Offset  *uint32 // where in flash; nil: where programs of its kind belong
	Raw     bool    // write it as it is, whatever it is
}

// Program is a file that may be written.
type Program struct {
	Name        string
	Raw         bool // nothing has looked at it
	Parts       []flasher.Part
	Chip        string // that it is for; "": it does not say
	What        string // "a program for ESP32-C3"
	Flash       int64  // bytes of flash that it needs, its own length aside; 0: no more
	MinRevision int    // of the chip, a hundred times the major number and the minor one; 0: any
	Starts      bool   // the board starts it when it is reset; false: that depends on what else is on the board, or nobody knows
}

// Open checks a file for a board that is one of boards; none means that it is not known which board it is for.
func Open(f File, boards []board.Board) (Program, error) {
	if len(f.Content) == 0 {
		return Program{}, ErrEmptyFile.With(f.Name)
	}
	if f.Raw {
		p := Program{Name: f.Name, Raw: true, What: say.ImageBytesAsThey()}
		if uf2.Is(f.Content) && (len(boards) == 0 || takes(boards, "uf2")) {
			var err error
			p.Parts, p.Chip, err = uf2.Unpack(f.Content)
			return p, err
		}
		part := flasher.Part{Data: f.Content}
		if f.Offset != nil {
			part.Offset = *f.Offset
		}
		p.Parts = []flasher.Part{part}
		return p, nil
	}
	p, err := open(f, boards)
	if err != nil {
		return Program{}, err
	}
	if err := fits(f, p, boards); err != nil {
		return Program{}, err
	}
	p.Name = f.Name
	return p, nil
}

func open(f File, boards []board.Board) (Program, error) {
	b := f.Content
	switch {
	case uf2.Is(b):
		return openUF2(f, boards)
	case esp.IsImage(b):
		return openESP(f, 0)
	case b[0] == 0xff: // a whole flash, from 0 on: some chips start what lies at 0x1000 or 0x2000
		if at := leading(b, 0xff); at%flasher.SectorSize == 0 && at <= 0x2000 && at < len(b) && esp.IsImage(b[at:]) {
			return openESP(f, at)
		}
	case picoStart(b) != "" && (len(boards) == 0 || takes(boards, "uf2")):
		chip := picoStart(b)
		if f.Offset != nil && *f.Offset != 0 {
			return Program{}, errWrongPlace.With(f.Name, chip, fmt.Sprintf("%#x", *f.Offset))
		}
		return Program{Parts: []flasher.Part{{Data: b}}, Chip: chip, What: say.ImageAProgramFor(chip), Starts: true}, nil
	}
	return Program{}, notAProgram(f, boards)
}

// openESP takes an ESP image, or a whole flash that has one after lead bytes of FF.
func openESP(f File, lead int) (Program, error) {
	first, err := esp.ReadImage(f.Content[lead:])
	if err != nil {
		return Program{}, of(f, err)
	}
	boot := esp.BootOffset(first.Chip)
	at := boot // of the first image, in flash
	switch {
	case f.Offset != nil:
		at = *f.Offset + uint32(lead)
	case lead > 0:
		at = uint32(lead)
	}
	p := Program{Parts: []flasher.Part{{Offset: at - uint32(lead), Data: f.Content}}, Chip: first.Chip, What: say.ImageAProgramFor(first.Chip), MinRevision: first.MinRevision}
	app := first.App && !ours(f.Content)
	switch {
	case app && at == boot:
		return p, errNeedsBootloader.With(f.Name, fmt.Sprintf("%#x", at), first.Chip)
	case at != boot && at%0x10000 == 0 && at > 0:
		// One for a bootloader that is on the board.
		_, err := esp.ReadWhole(f.Content[lead:])
		return p, of(f, err)
	case at != boot:
		return p, errWrongPlaceBoot.With(first.Chip, fmt.Sprintf("%#x", boot), fmt.Sprintf("%#x", at), fmt.Sprintf("%#x", boot-uint32(min(lead, int(boot))))).Regarding(f.Name)
	}
	m, err := esp.ReadMerged(f.Content[lead:], at)
	if err != nil {
		return p, of(f, err)
	}
	p.Starts, p.Flash, p.MinRevision = true, m.Flash, m.MinRevision
	if m.Programs > 0 {
		p.What = say.ImageAProgramForWithIts(first.Chip)
		p.Flash = max(p.Flash, m.FlashSize) // its bootloader refuses to go on with less than its header says
	}
	return p, nil
}

// ours tells an image of Studio for a virtual board, which the chip starts itself.
func ours(b []byte) bool { return bytes.Contains(b[:min(len(b), 2048)], []byte("STUDIO VIRTUAL\x00")) }

func openUF2(f File, boards []board.Board) (Program, error) {
	parts, chip, err := uf2.Unpack(f.Content)
	if err != nil {
		return Program{}, of(f, err)
	}
	if len(boards) > 0 && !takes(boards, "uf2") {
		what := say.ImageAProgramInUf2Format()
		if chip != "" {
			what = say.ImageAProgramFor(chip)
		}
		return Program{}, wrong(f, what, boards)
	}
	p := Program{Parts: parts, Chip: chip, What: say.ImageAProgramFor(chip)}
	if chip == "" {
		p.What = say.ImageAUf2FileThatDoes()
	}
	if first := parts[0]; first.Offset == 0 {
		is := picoStart(first.Data)
		if is == "" && chip != "" {
			return p, of(f, errDamagedSector.With(chip))
		}
		p.Starts = true
	}
	return p, nil
}

// picoStart finds the chip whose boot ROM starts what begins like this: an
// RP2040 checks the CRC of the first 256 bytes, an RP2350 looks for a block with
// the image's definition in the first 4 KB (their data sheets, 2.8.1 and 5.9).
func picoStart(b []byte) string {
	if len(b) < 256 {
		return ""
	}
	if crc(b[:252]) == binary.LittleEndian.Uint32(b[252:]) && !blank(b[:252]) {
		return "RP2040"
	}
	if at := bytes.Index(b[:min(len(b), flasher.SectorSize)], []byte{0xd3, 0xde, 0xff, 0xff}); at >= 0 && at%4 == 0 &&
		bytes.Contains(b[at:min(len(b), at+1024)], []byte{0x79, 0x35, 0x12, 0xab}) {
		return "RP2350"
	}
	return ""
}

// crc is CRC-32 with the polynomial 04C11DB7, from FFFFFFFF, highest bit first, not inverted.
func crc(b []byte) uint32 {
	sum := ^uint32(0)
	for _, c := range b {
		sum ^= uint32(c) << 24
		for range 8 {
			top := sum >> 31
			sum = sum<<1 ^ top*0x04c11db7
		}
	}
	return sum
}

func blank(b []byte) bool { return leading(b, b[0]) == len(b) }

// leading counts the bytes c at the start of b.
func leading(b []byte, c byte) (n int) {
	for n < len(b) && b[n] == c {
		n++
	}
	return n
}

// fits refuses what is whole but for another board.
func fits(f File, p Program, boards []board.Board) error {
	if len(boards) == 0 {
		return nil
	}
	if p.Chip != "" && !slices.ContainsFunc(boards, func(b board.Board) bool { return b.Chip == p.Chip }) {
		return wrong(f, p.What, boards)
	}
	var size int64 // of the largest that it may be
	for _, b := range boards {
		if b.Chip == p.Chip || p.Chip == "" {
			if b.Flash == "esp" && !b.Virtual {
				return nil // it is asked
			}
			size = max(size, b.FlashSize)
		}
	}
	end := p.Flash
	for _, part := range p.Parts {
		end = max(end, part.End())
	}
	if end > size {
		return errTooLargeBoards.With(f.Name, flasher.SizeText(end), names(boards), flasher.SizeText(size))
	}
	return nil
}

// wrong says that a file is for another board.
func wrong(f File, what string, boards []board.Board) error {
	return errWrongChipFile.With(f.Name, what, say.ImageThe(names(boards)), chips(boards))
}

func takes(boards []board.Board, method string) bool {
	return slices.ContainsFunc(boards, func(b board.Board) bool { return b.Flash == method })
}

func names(boards []board.Board) string {
	if len(boards) == 1 {
		return boards[0].Name
	}
	return "board"
}

func chips(boards []board.Board) string {
	var list []string
	for _, b := range boards {
		if !slices.Contains(list, b.Chip) {
			list = append(list, b.Chip)
		}
	}
	return strings.Join(list, " or ")
}

// of puts the file's name before what is wrong with it.
func of(f File, err error) error {
	if err == nil {
		return nil
	}
	return problem.Of(err).Regarding(f.Name).Because(err)
}
