package image

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"studioide/internal/board"
	"studioide/internal/flasher"
	"studioide/internal/flasher/uf2"
	"studioide/internal/problem"
)

// made is an ESP image by hand.
type made struct {
	chip     uint16
	revision uint16
	app      bool // with ESP-IDF's description of an app
	plain    bool // without a hash
	size     int
	flash    byte // the header's size of flash; 0: 4 MB
}

func (m made) bytes() []byte {
	b := []byte{0xe9, 2, 2, 0x20}
	b = binary.LittleEndian.AppendUint32(b, 0x40380010)
	b = append(b, 0xee, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, m.chip)
	b = append(b, 0)
	b = binary.LittleEndian.AppendUint16(b, m.revision)
	b = append(b, 0xff, 0xff, 0, 0, 0, 0, 1)
	if m.plain {
		b[23] = 0
	}
	if m.flash != 0 {
		b[3] = m.flash
	}
	sum := byte(0xef)
	segment := func(at uint32, data []byte) {
		b = binary.LittleEndian.AppendUint32(b, at)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
		b = append(b, data...)
		for _, c := range data {
			sum ^= c
		}
	}
	first := noise(256, 1)
	if m.app {
		binary.LittleEndian.PutUint32(first, 0xabcd5432)
	}
	segment(0x3c000020, first)
	segment(0x40380000, noise(max(m.size, 512), 2))
	b = append(b, make([]byte, 16-len(b)%16)...)
	b[len(b)-1] = sum
	if !m.plain {
		hash := sha256.Sum256(b)
		b = append(b, hash[:]...)
	}
	return b
}

func noise(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func c3() []byte { return made{chip: 5}.bytes() }

// merged is a whole flash: bootloader, partition table and app; lead is where the chip looks for the bootloader.
func merged(chip uint16, lead int, app []byte) []byte {
	b := bytes.Repeat([]byte{0xff}, 0x10000)
	copy(b[lead:], made{chip: chip}.bytes())
	table := table()
	copy(b[0x8000:], table)
	return append(b, app...)
}

// led is an image after so much empty flash.
func led(lead int, image []byte) []byte { return append(bytes.Repeat([]byte{0xff}, lead), image...) }

func table() []byte {
	var t []byte
	entry := func(kind, sub byte, at, size uint32, label string) {
		e := append([]byte{0xaa, 0x50, kind, sub}, make([]byte, 28)...)
		binary.LittleEndian.PutUint32(e[4:], at)
		binary.LittleEndian.PutUint32(e[8:], size)
		copy(e[12:], label)
		t = append(t, e...)
	}
	entry(1, 2, 0x9000, 0x6000, "nvs")
	entry(0, 0, 0x10000, 0x1f0000, "factory")
	entry(1, 0x82, 0x200000, 0x200000, "files")
	sum := md5.Sum(t)
	t = append(t, 0xeb, 0xeb)
	t = append(t, bytes.Repeat([]byte{0xff}, 14)...)
	return append(t, sum[:]...)
}

// pico is a program as a boot ROM of an RP2040 starts it.
func pico(n int) []byte {
	b := noise(n, 3)
	binary.LittleEndian.PutUint32(b[252:], crc(b[:252]))
	return b
}

// blankPico has the right CRC over nothing.
func blankPico() []byte {
	b := make([]byte, 4096)
	binary.LittleEndian.PutUint32(b[252:], crc(b[:252]))
	return b
}

func pico2(n int) []byte {
	b := noise(n, 4)
	copy(b[0x100:], []byte{0xd3, 0xde, 0xff, 0xff})
	copy(b[0x120:], []byte{0x79, 0x35, 0x12, 0xab})
	return b
}

func packed(chip string, b []byte) []byte { return uf2.Pack(chip, []flasher.Part{{Data: b}}) }

func change(b []byte, at int, to ...byte) []byte {
	b = bytes.Clone(b)
	copy(b[at:], to)
	return b
}

func flip(b []byte, at int, mask byte) []byte { return change(b, at, b[at]^mask) }

func zipped() []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, _ := z.Create("firmware.bin")
	w.Write(c3())
	z.Close()
	return out.Bytes()
}

func gzipped() []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(c3())
	z.Close()
	return out.Bytes()
}

// moved is b with what lies at from moved by n bytes.
func moved(b []byte, from, n int) []byte {
	return append(append(bytes.Clone(b[:from]), make([]byte, n)...), b[from:]...)
}

// large is a whole flash whose bootloader asks for 32 MB.
func large() []byte {
	b := merged(5, 0, made{chip: 5, app: true}.bytes())
	copy(b, made{chip: 5, flash: 0x50}.bytes())
	return b
}

func elfFor(machine byte) []byte {
	return append([]byte{0x7f, 'E', 'L', 'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, machine, 0}, noise(400, 5)...)
}

const here = ^uint32(0) // no offset given

func boards(ids string) (list []board.Board) {
	for _, id := range strings.Fields(ids) {
		b, ok := board.Find(id)
		if !ok {
			panic(id)
		}
		list = append(list, b)
	}
	return list
}

func TestOpen(t *testing.T) {
	img := c3()
	app := made{chip: 5, app: true, size: 40000}.bytes()
	whole := merged(5, 0, app)
	u := packed("RP2040", pico(9000))
	for _, c := range []struct {
		name   string
		file   []byte
		boards string
		offset uint32
		code   string // "": taken
		says   string
	}{
		// Taken.
		{"a.bin", img, "esp32c3", here, "", ""},
		{"a.bin", img, "", here, "", ""},
		{"a.bin", img, "virtual", 0, "", ""},
		{"a.bin", made{chip: 5, plain: true}.bytes(), "esp32c3", here, "", ""},
		{"padded.bin", append(bytes.Clone(img), bytes.Repeat([]byte{0xff}, 1000)...), "esp32c3", here, "", ""},
		{"app.bin", app, "esp32c3", 0x10000, "", ""},
		{"merged.bin", whole, "esp32c3", here, "", ""},
		{"merged.bin", whole, "esp32c3", 0, "", ""},
		{"merged32.bin", merged(0, 0x1000, made{chip: 0, app: true}.bytes()), "esp32", here, "", ""},
		{"merged32.bin", merged(0, 0x1000, made{chip: 0, app: true}.bytes())[0x1000:], "esp32", here, "", ""},
		{"esp32.bin", made{chip: 0}.bytes(), "esp32", here, "", ""},
		{"p.uf2", u, "pico", here, "", ""},
		{"p.uf2", u, "", here, "", ""},
		{"p.bin", pico(9000), "pico picow", here, "", ""},
		{"p2.uf2", packed("RP2350", pico2(9000)), "pico2", here, "", ""},
		{"any.uf2", packed("", pico(9000)), "pico", here, "", ""},
		{"big.bin", made{chip: 5, size: 5 << 20}.bytes(), "esp32c3", here, "", ""}, // how much flash there is, the chip is asked
		// Programs, but not for this board or place.
		{"large.bin", large(), "virtual", here, "flash.too-large", "32 MB"},
		{"s3.bin", made{chip: 9}.bytes(), "esp32c3", here, "flash.wrong-chip", "ESP32-S3"},
		{"s3.bin", made{chip: 9}.bytes(), "virtual", here, "flash.wrong-chip", "Virtual ESP32-C3"},
		{"x.bin", made{chip: 0x1234}.bytes(), "esp32c3", here, "flash.unknown-chip", "4660"},
		{"app.bin", app, "esp32c3", here, "flash.needs-bootloader", "bootloader"},
		{"app.bin", app, "", 0, "flash.needs-bootloader", "0x10000"},
		{"esp32.bin", made{chip: 0}.bytes(), "esp32", 0, "flash.wrong-place", "0x1000"},
		{"a.bin", img, "esp32c3", 0x1000, "flash.wrong-place", "0x1000"},
		{"a.bin", img, "pico", here, "flash.wrong-chip", "RP2040"},
		{"p.uf2", u, "esp32c3", here, "flash.wrong-chip", "RP2040"},
		{"p.uf2", u, "pico2", here, "flash.wrong-chip", "RP2350"},
		{"p.bin", pico(9000), "pico", 0x2000, "flash.wrong-place", "0x2000"},
		{"samd.uf2", change(u, 28, 0x88, 0x2b, 0xed, 0x68), "pico", here, "flash.bad-file", "SAMD21"},
		{"large.uf2", packed("RP2040", pico(3<<20)), "pico", here, "flash.too-large", "2 MB"},
		{"merged32.bin", merged(0, 0x1000, made{chip: 0, app: true}.bytes()), "esp32", 0x2000, "flash.wrong-place", "--offset 0x0."},
		{"late.bin", led(0x2000, made{chip: 0}.bytes()), "esp32", here, "flash.wrong-place", "0x1000"},
		{"later.bin", led(0x3000, made{chip: 0}.bytes()), "esp32", here, "flash.not-a-program", "FF"},
		{"between.bin", led(0x1800, made{chip: 0}.bytes()), "esp32", here, "flash.not-a-program", "FF"},
		// Damaged and cut.
		{"a.bin", img[:len(img)-1], "esp32c3", here, "flash.truncated", "a.bin"},
		{"a.bin", img[:len(img)-40], "esp32c3", here, "flash.truncated", "cut short"},
		{"a.bin", img[:20], "esp32c3", here, "flash.truncated", ""},
		{"a.bin", img[:4], "esp32c3", here, "flash.truncated", ""},
		{"a.bin", img[:1], "esp32c3", here, "flash.not-a-program", ""},
		{"a.bin", flip(img, 600, 4), "esp32c3", here, "flash.damaged", "checksum"},
		{"a.bin", flip(img, len(img)-3, 4), "esp32c3", here, "flash.damaged", "SHA-256"},
		{"a.bin", flip(img, 0, 4), "esp32c3", here, "flash.damaged", "first byte"},
		{"a.bin", flip(img, 23, 1), "esp32c3", here, "flash.damaged", "goes on"},
		{"a.bin", flip(img, 27, 0x80), "esp32c3", here, "flash.damaged", "part 1"},
		{"a.bin", append(bytes.Clone(img), "more"...), "esp32c3", here, "flash.damaged", "4 bytes"},
		{"twice.bin", append(bytes.Clone(img), img...), "esp32c3", here, "flash.damaged", "goes on"},
		{"app.bin", app[:len(app)/2], "esp32c3", 0x10000, "flash.truncated", ""},
		{"merged.bin", whole[:0x10100], "esp32c3", here, "flash.truncated", ""},
		{"merged.bin", whole[:0x10000], "esp32c3", here, "flash.no-program", "no program"},
		{"merged.bin", flip(whole, 0x8030, 1), "esp32c3", here, "flash.damaged", "partition table"},
		{"merged.bin", flip(whole, 0x11000, 1), "esp32c3", here, "flash.damaged", "checksum"},
		{"merged.bin", flip(whole, 300, 1), "esp32c3", here, "flash.damaged", ""},
		{"mixed.bin", merged(5, 0, made{chip: 9, app: true}.bytes()), "esp32c3", here, "flash.wrong-chip", "ESP32-S3"},
		{"p.uf2", u[:len(u)-512], "pico", here, "flash.bad-file", "35 of 36"},
		{"p.uf2", u[:len(u)-100], "pico", here, "flash.bad-file", "cut short"},
		{"p.uf2", flip(u, 512, 1), "pico", here, "flash.bad-file", "damaged"},
		{"p.uf2", flip(u, 508, 1), "pico", here, "flash.bad-file", "damaged"},
		{"p.uf2", flip(u, 1, 1), "pico", here, "flash.damaged", "UF2"},
		{"p.uf2", append(bytes.Clone(u[:512]), u[:len(u)-512]...), "pico", here, "flash.bad-file", ""},
		{"p.uf2", flip(u, 512+20, 3), "pico", here, "flash.bad-file", "block"},
		{"p.uf2", flip(u, 100, 1), "pico", here, "flash.damaged", "first sector"},
		{"p.uf2", flip(u[:512], 1, 1), "pico", here, "flash.damaged", "UF2"},
		// No programs.
		{"mark.bin", change(noise(2000, 11), 508, 0x30, 0x6f, 0xb1, 0x0a), "pico", here, "flash.not-a-program", "nothing that Studio knows"},
		{"odd.bin", moved(pico2(9000), 0x40, 1), "pico2", here, "flash.not-a-program", ""},
		{"be.elf", change(elfFor(0), 5, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 94), "esp32", here, "flash.not-a-program", "ELF file for Xtensa"},
		{"blank.bin", blankPico(), "pico", here, "flash.not-a-program", ""},
		{"wide.txt", []byte("\xff\xfeh\x00i\x00"), "pico", here, "flash.not-a-program", "a text (UTF-16)"},
		{"error.bin", []byte("404: not found\n<html><body>"), "esp32c3", here, "flash.not-a-program", "a web page"},
		{"list.txt", []byte(":hello, this is a list of things\n"), "esp32c3", here, "flash.not-a-program", "a text"},
		{"cars.txt", []byte("BMW, Opel and others\n"), "esp32c3", here, "flash.not-a-program", "a text"},
		{"empty.bin", nil, "esp32c3", here, "flash.empty", "empty"},
		{"page.bin", []byte(strings.Repeat("<!DOCTYPE html><title>Not found</title>", 100)), "virtual", here, "flash.not-a-program", "a web page"},
		{"firmware.zip", zipped(), "virtual", here, "flash.not-a-program", "zip"},
		{"blink.hex", []byte(":10000000000000000000000000000000000000F0\n:00000001FF\n"), "virtual", here, "flash.not-a-program", "Intel HEX"},
		{"blink.s19", []byte("S00F000068656C6C6F202020202000003C\r\n"), "virtual", here, "flash.not-a-program", "S-record"},
		{"noise.bin", noise(5000, 9), "virtual", here, "flash.not-a-program", "nothing that Studio knows"},
		{"e9.bin", append([]byte{0xe9}, noise(5000, 10)...), "virtual", here, "flash.damaged", "damaged"},
		{"e9.bin", bytes.Repeat([]byte{0xe9}, 2000), "virtual", here, "flash.damaged", "damaged"},
		{"b.elf", elfFor(243), "esp32c3", here, "flash.not-a-program", "ELF file for RISC-V"},
		{"b.elf", elfFor(40), "pico", here, "flash.not-a-program", ".uf2"},
		{"b.gz", gzipped(), "esp32c3", here, "flash.not-a-program", "gzip"},
		{"b.png", append([]byte("\x89PNG\r\n\x1a\n"), noise(99, 1)...), "esp32c3", here, "flash.not-a-program", "PNG"},
		{"b.jpg", append([]byte("\xff\xd8\xff\xe0"), noise(99, 1)...), "esp32c3", here, "flash.not-a-program", "JPEG"},
		{"b.exe", append([]byte("MZ"), noise(99, 1)...), "esp32c3", here, "flash.not-a-program", "Windows"},
		{"main.go", []byte("package main\n\nfunc main() {}\n"), "esp32c3", here, "flash.not-a-program", "Go source"},
		{"blink.ino", []byte("void setup() {}\n"), "esp32c3", here, "flash.not-a-program", "Arduino"},
		{"notes.txt", []byte("Grüße aus der Werkstatt\n"), "pico", here, "flash.not-a-program", "a text"},
		{"zero.bin", make([]byte, 4096), "esp32c3", here, "flash.not-a-program", "zeros"},
		{"ff.bin", bytes.Repeat([]byte{0xff}, 4096), "esp32c3", here, "flash.not-a-program", "empty flash"},
		{"ff.bin", bytes.Repeat([]byte{0xff}, 4096), "pico", here, "flash.not-a-program", "empty flash"},
		{"partitions.bin", table(), "esp32c3", 0x8000, "flash.not-a-program", "partition table"},
		{"files.bin", append([]byte("\x01\x00\x00\x00\xf0\x0f\xff\xf7littlefs"), noise(99, 1)...), "esp32c3", 0x200000, "flash.not-a-program", "littlefs"},
		{"lfs.bin", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"), "esp32c3", here, "flash.not-a-program", "Git LFS"},
	} {
		f := File{Name: c.name, Content: c.file}
		if c.offset != here {
			f.Offset = &c.offset
		}
		p, err := Open(f, boards(c.boards))
		if c.code == "" {
			if err != nil {
				t.Errorf("%s for %q at %#x: %v", c.name, c.boards, c.offset, err)
			} else if len(p.Parts) == 0 {
				t.Errorf("%s for %q: nothing to write", c.name, c.boards)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s for %q at %#x is taken as %s", c.name, c.boards, c.offset, p.What)
			continue
		}
		e := problem.Of(err)
		if e.Code != c.code || !strings.Contains(e.Text+" "+e.Help, c.says) || !strings.Contains(e.Text, c.name) || e.Help == "" {
			t.Errorf("%s for %q at %#x: %s: %s %s; want %s about %q", c.name, c.boards, c.offset, e.Code, e.Text, e.Help, c.code, c.says)
		}
		f.Raw = true
		if p, err := Open(f, boards(c.boards)); len(c.file) > 0 && !uf2.Is(c.file) && (err != nil || !bytes.Equal(p.Parts[0].Data, c.file)) {
			t.Errorf("%s is not taken as it is: %v", c.name, err)
		}
	}
}

// Where a program is written, and whether the board starts it there.
func TestPlaces(t *testing.T) {
	at := uint32(0x10000)
	for _, c := range []struct {
		f      File
		ids    string
		place  uint32
		starts bool
		flash  int64
	}{
		{File{Name: "a", Content: c3()}, "esp32c3", 0, true, 0},
		{File{Name: "a", Content: made{chip: 0}.bytes()}, "esp32", 0x1000, true, 0},
		{File{Name: "a", Content: made{chip: 5, app: true}.bytes(), Offset: &at}, "esp32c3", at, false, 0},
		{File{Name: "a", Content: merged(5, 0, made{chip: 5, app: true}.bytes())}, "esp32c3", 0, true, 4 << 20},
		{File{Name: "a", Content: merged(0, 0x1000, made{app: true}.bytes())[0x1000:]}, "esp32", 0x1000, true, 4 << 20},
		{File{Name: "a", Content: packed("RP2040", pico(9000))}, "pico", 0, true, 0},
	} {
		p, err := Open(c.f, boards(c.ids))
		if err != nil || p.Parts[0].Offset != c.place || p.Starts != c.starts || p.Flash != c.flash {
			t.Errorf("for %s: at %#x, starts %v, flash %d, %v; want %#x, %v, %d", c.ids, p.Parts[0].Offset, p.Starts, p.Flash, err, c.place, c.starts, c.flash)
		}
	}
	if p, _ := Open(File{Name: "a", Content: made{chip: 5, revision: 103}.bytes()}, nil); p.MinRevision != 103 {
		t.Errorf("the oldest chip is %d, want 103", p.MinRevision)
	}
}

// No single flipped bit of an image with a hash goes by.
func TestEveryFlippedBit(t *testing.T) {
	img := c3()
	for at := range img {
		for bit := range 8 {
			if p, err := Open(File{Name: "a", Content: flip(img, at, 1<<bit)}, boards("esp32c3")); err == nil {
				t.Fatalf("with bit %d of byte %#x flipped it is taken as %s", bit, at, p.What)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, b := range [][]byte{c3(), made{chip: 0, app: true, plain: true}.bytes(), packed("RP2040", pico(600)), packed("RP2350", pico2(600)), pico(600), table(), zipped(), elfFor(243), []byte(":00000001FF\n")} {
		f.Add(b, uint32(0), "esp32c3 pico")
	}
	f.Add(merged(5, 0, made{chip: 5, app: true}.bytes()), uint32(0), "esp32c3")
	f.Fuzz(func(t *testing.T, b []byte, offset uint32, ids string) {
		var list []board.Board
		for _, id := range strings.Fields(ids) {
			if b, ok := board.Find(id); ok {
				list = append(list, b)
			}
		}
		p, err := Open(File{Name: "a", Content: b, Offset: &offset}, list)
		if (err == nil) == (len(p.Parts) == 0) {
			t.Errorf("%d parts and %v", len(p.Parts), err)
		}
	})
}
