package esp

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"studioide/internal/flasher"
)

// An ESP image (Espressif, "Firmware Image Format"; esp_app_format.h,
// esp_image_header_t): 24 bytes of header, segments of address, length and
// data, padding up to a checksum (XOR from EF over all segment data) as the last
// byte of a multiple of 16, and, when the header says so, the SHA-256 of all of that.
const (
	imageMagic   = 0xe9
	imageHeader  = 24
	oldHeader    = 8 // of an ESP8266, which has no chip id
	mostSegments = 16
	appMagic     = 0xabcd5432 // esp_app_desc_t, first thing in the first segment of an ESP-IDF app

	partitionMagic = 0x50aa // esp_partition_info_t, 32 bytes each
	partitionEnd   = 0xebeb // the MD5 of the entries before it
	partitionEntry = 32
	partitionsMost = 0x20000 // a table further behind is none
)

// Image is what an ESP image says about itself.
type Image struct {
	Chip        string // "ESP32-C3"
	Segments    int
	Length      int   // bytes, with checksum and hash
	FlashSize   int64 // that it was made for, bytes; 0: it does not say
	MinRevision int   // of the chip, a hundred times the major number and the minor one; 0: any
	App         bool  // it is started by a bootloader, not by the chip itself (an ESP-IDF or Arduino app)
}

// BootOffset is where a chip looks for what it starts, in flash.
func BootOffset(chip string) uint32 {
	switch chip {
	case "ESP32", "ESP32-S2":
		return 0x1000
	case "ESP32-C5", "ESP32-P4":
		return 0x2000
	}
	return 0
}

// IsImage tells whether b begins like an ESP image.
func IsImage(b []byte) bool { return len(b) > 1 && b[0] == imageMagic }

func truncated(is, want int) error {
	return errTruncated.With(flasher.SizeText(int64(is)), flasher.SizeText(int64(want)))
}

// ReadWhole is ReadImage for a file with nothing else in it, padding aside.
func ReadWhole(b []byte) (Image, error) {
	img, err := ReadImage(b)
	if err == nil {
		err = ends(b[img.Length:])
	}
	return img, err
}

// ReadImage checks an image as the chip does when it starts it, and its header
// as well, which without a hash nothing protects. b may go on after its end. It
// panics on nothing; errors are problems.
func ReadImage(b []byte) (Image, error) {
	img, err := readImage(b, imageHeader)
	if err != nil {
		if old, e := readImage(b, oldHeader); e == nil {
			return old, nil
		}
	}
	return img, err
}

func readImage(b []byte, header int) (Image, error) {
	if !IsImage(b) {
		return Image{}, errDamagedChip
	}
	if len(b) < header+8 {
		return Image{}, truncated(len(b), header+8)
	}
	img := Image{Chip: "ESP8266", Segments: int(b[1])}
	hashed := false
	switch {
	case img.Segments == 0 || img.Segments > mostSegments:
		return img, errDamagedSegments.With(img.Segments)
	case b[2] > 5:
		return img, errDamagedFlash
	}
	if header == imageHeader {
		id := int(binary.LittleEndian.Uint16(b[12:]))
		made := chipByID(id)
		switch {
		case b[23] > 1:
			return img, errDamagedHeader
		case made == nil || id > 0x7fff:
			return img, errUnknownChipProgram.With(id)
		}
		img.Chip, hashed = made.name, b[23] == 1
		if full := int(binary.LittleEndian.Uint16(b[15:])); full < 0xffff {
			img.MinRevision = full
		}
		if n := b[3] >> 4; n < 8 {
			img.FlashSize = 1 << (20 + n)
		}
	}
	entry, entered := binary.LittleEndian.Uint32(b[4:]), false
	at := header
	sum := byte(0xef)
	for i := range img.Segments {
		if at+8 > len(b) {
			return img, truncated(len(b), at+8)
		}
		address, n := binary.LittleEndian.Uint32(b[at:]), int64(binary.LittleEndian.Uint32(b[at+4:]))
		if !loadable(address) || n > 16<<20 {
			return img, errDamagedPart.With(i+1, fmt.Sprintf("%#x", address))
		}
		if int64(at)+8+n > int64(len(b)) {
			return img, truncated(len(b), at+8+int(n))
		}
		data := b[at+8 : at+8+int(n)]
		if i == 0 && len(data) >= 4 && binary.LittleEndian.Uint32(data) == appMagic {
			img.App = true
		}
		entered = entered || int64(entry) >= int64(address) && int64(entry) < int64(address)+n
		for _, c := range data {
			sum ^= c
		}
		at += 8 + int(n)
	}
	at += 16 - at%16
	if at > len(b) {
		return img, truncated(len(b), at)
	}
	if b[at-1] != sum {
		return img, errDamagedChecksum.With(fmt.Sprintf("%#02x", sum), fmt.Sprintf("%#02x", b[at-1]))
	}
	if !entered {
		return img, errDamagedEntry.With(fmt.Sprintf("%#x", entry))
	}
	img.Length = at
	if hashed {
		if at+sha256.Size > len(b) {
			return img, truncated(len(b), at+sha256.Size)
		}
		if whole := sha256.Sum256(b[:at]); !bytes.Equal(whole[:], b[at:at+sha256.Size]) {
			return img, errDamagedHash
		}
		img.Length += sha256.Size
	}
	return img, nil
}

// loadable tells whether the chips have memory there; 0 is padding.
func loadable(address uint32) bool {
	return address == 0 || address >= 0x30000000 && address < 0x70000000
}

// Partition is an entry of a partition table.
type Partition struct {
	App    bool // it holds a program
	Offset uint32
	Size   uint32
	Label  string
}

// End is where the partition ends in flash.
func (p Partition) End() int64 { return int64(p.Offset) + int64(p.Size) }

// IsPartitionTable tells whether b begins like one.
func IsPartitionTable(b []byte) bool {
	return len(b) >= partitionEntry && binary.LittleEndian.Uint16(b) == partitionMagic
}

// ReadPartitions checks a partition table (esp_partition_info_t and the MD5 behind the last one).
func ReadPartitions(b []byte) ([]Partition, error) {
	var list []Partition
	for at := 0; ; at += partitionEntry {
		if at+partitionEntry > len(b) {
			return nil, truncated(len(b), at+partitionEntry)
		}
		e := b[at : at+partitionEntry]
		switch binary.LittleEndian.Uint16(e) {
		case partitionMagic:
			p := Partition{App: e[2] == 0, Offset: binary.LittleEndian.Uint32(e[4:]), Size: binary.LittleEndian.Uint32(e[8:]),
				Label: string(bytes.TrimRight(e[12:28], "\x00"))}
			if p.Offset%flasher.SectorSize != 0 || p.Size == 0 || p.End() > 1<<28 {
				return nil, errDamagedTable
			}
			list = append(list, p)
			continue
		case partitionEnd:
			if sum := md5.Sum(b[:at]); !bytes.Equal(sum[:], e[16:]) {
				return nil, errDamagedMd5
			}
			return list, nil
		case 0xffff:
			return list, nil // old tables have no MD5
		}
		return nil, errDamagedTable
	}
}

// ends checks what comes after an image's end: padding, or nothing.
func ends(rest []byte) error {
	n := len(rest)
	for n > 0 && (rest[n-1] == 0xff || rest[n-1] == 0) {
		n--
	}
	if n == 0 {
		return nil
	}
	return errDamagedLonger.With(flasher.SizeText(int64(n)))
}

// Merged is a file for the start of flash: a bootloader, maybe with a partition table and programs behind it.
type Merged struct {
	Image      // what the chip starts
	Partitions []Partition
	Programs   int   // in app partitions, all checked
	Flash      int64 // bytes of flash that the partition table takes; 0: no table
}

// ReadMerged checks a file that is to lie at offset in flash and begins, there, with what the chip starts.
func ReadMerged(b []byte, offset uint32) (Merged, error) {
	first, err := ReadImage(b)
	m := Merged{Image: first}
	if err != nil {
		return m, err
	}
	table := -1
	for at := (first.Length + flasher.SectorSize - 1) &^ (flasher.SectorSize - 1); at < len(b) && at < partitionsMost; at += flasher.SectorSize {
		if IsPartitionTable(b[at:]) {
			table = at
			break
		}
	}
	if table < 0 {
		return m, ends(b[first.Length:])
	}
	if m.Partitions, err = ReadPartitions(b[table:]); err != nil {
		return m, err
	}
	for _, p := range m.Partitions {
		m.Flash = max(m.Flash, p.End())
		at := int64(p.Offset) - int64(offset)
		if !p.App || at < 0 || at >= int64(len(b)) || b[at] == 0xff {
			continue
		}
		app, err := ReadImage(b[at:min(int64(len(b)), at+int64(p.Size))])
		if err != nil {
			return m, err
		}
		if app.Chip != first.Chip {
			return m, errWrongChipTwo.With(first.Chip, app.Chip)
		}
		m.MinRevision = max(m.MinRevision, app.MinRevision)
		m.Programs++
	}
	if m.Programs == 0 {
		return m, errNoProgram
	}
	return m, nil
}
