package virtual

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/binary"
	"fmt"
	"path"
	"runtime"
	"strings"
	"time"

	"studio/host"

	"studioide/ui/src/words/say"
)

// An ESP image (Espressif, "Firmware Image Format"): 24 bytes of header, segments
// of address, length and data, padding up to a checksum (XOR from EF over all
// segment data) as the last byte of a multiple of 16, SHA-256 over all of that.
//
// A virtual board's image has two segments: what the program is, as tools read
// it from every ESP image, followed by a label of our own; and the program.
const (
	imageMagic    = 0xe9
	chipESP32C3   = 5
	headerSize    = 24
	checksumStart = 0xef

	labelAddress   = 0x3c000020 // in the address range of constants in flash
	programAddress = 0x42000020 // in that of code
	appSize        = 256
	appMagic       = 0xabcd5432
	labelSize      = 192
	labelMagic     = "STUDIO VIRTUAL\x00\x03" // the last byte is the label's version
	labelSigned    = 136                      // what of it is signed
	maxProject     = 64
)

// Program is what Pack puts into an image.
type Program struct {
	Code      []byte // an executable of this computer, or a WebAssembly module for WASI (GOOS=wasip1)
	Sandboxed bool   // it is the latter
	// Project names the project that it was built from, for Config.MayRunNative;
	// to this package it means nothing. At most 64 bytes without zeros.
	Project string
}

// label says what the program is and proves who built it.
//
//	0 magic 16, 16 system 16 ("linux/amd64", or "wasip1/wasm" of a sandboxed program, and zeros),
//	32 program length u64, 40 SHA-256 of the program 32, 72 project 64,
//	136 HMAC-SHA256 over bytes 0 to 136 32, zeros
//
// The HMAC leaves out the image's header, because flash tools rewrite its flash settings.
type label struct {
	system  string
	length  int
	sum     [sha256.Size]byte
	project string
	mac     [sha256.Size]byte
}

// sandboxSystem is what sandboxed programs are built for, on every computer.
const sandboxSystem = "wasip1/wasm"

func system() string { return runtime.GOOS + "/" + runtime.GOARCH }

func (l *label) sandboxed() bool { return l.system == sandboxSystem }

func (l *label) encode(key []byte) []byte {
	b := make([]byte, labelSize)
	copy(b, labelMagic)
	copy(b[16:32], l.system)
	binary.LittleEndian.PutUint64(b[32:], uint64(l.length))
	copy(b[40:], l.sum[:])
	copy(b[72:72+maxProject], l.project)
	m := hmac.New(sha256.New, key)
	m.Write(b[:labelSigned])
	copy(b[labelSigned:], m.Sum(nil))
	return b
}

func decodeLabel(b []byte) (l label, ok bool) {
	if len(b) < labelSize || string(b[:16]) != labelMagic {
		return l, false
	}
	l.system = string(bytes.TrimRight(b[16:32], "\x00"))
	n := binary.LittleEndian.Uint64(b[32:])
	if n > 1<<31 {
		return l, false
	}
	l.length = int(n)
	copy(l.sum[:], b[40:])
	l.project = string(bytes.TrimRight(b[72:72+maxProject], "\x00"))
	copy(l.mac[:], b[labelSigned:])
	return l, true
}

// describe makes the description of a program that starts the first segment of
// an ESP image (esp_app_desc_t of esp_app_format.h), which tools show:
//
//	0 magic u32, 4 secure version u32, 16 version 32, 48 project 32, 80 time 16,
//	96 date 16, 112 IDF version 32, 144 SHA-256 of the ELF file 32, 176 eFuse
//	revision from u16, to u16, 180 log2 of the memory page u8, zeros
//
// It says the same for the same program, so that nothing is flashed twice: time and
// date are those of the source's commit, if the executable names one.
func describe(program []byte, sum [sha256.Size]byte) []byte {
	version, project, when, idf := "1", "studio", time.Time{}, "none"
	if info, err := buildinfo.Read(bytes.NewReader(program)); err == nil {
		idf = info.GoVersion
		if info.Path != "" {
			project = path.Base(info.Path)
		}
		if v := info.Main.Version; v != "" && v != "(devel)" {
			version = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				when, _ = time.Parse(time.RFC3339, s.Value)
			}
		}
	}
	if when.IsZero() {
		when = time.Unix(0, 0)
	}
	b := make([]byte, appSize)
	binary.LittleEndian.PutUint32(b, appMagic)
	text := func(at, size int, s string) { copy(b[at:at+size-1], s) }
	text(16, 32, version)
	text(48, 32, project)
	text(80, 16, when.UTC().Format("15:04:05"))
	text(96, 16, when.UTC().Format("Jan _2 2006"))
	text(112, 32, idf)
	copy(b[144:], sum[:])
	binary.LittleEndian.PutUint16(b[178:], 99)
	b[180] = 16 // 64 KB
	return b
}

// Pack makes an image for offset 0 of a virtual board's flash from a program.
// Boards started with the same key run it: a sandboxed one always, another one
// if Config.MayRunNative has nothing against its project.
func Pack(p Program, key []byte) ([]byte, error) {
	program := p.Code
	if len(key) == 0 {
		return nil, errNoKey
	}
	if len(p.Project) > maxProject || strings.ContainsRune(p.Project, 0) {
		return nil, fmt.Errorf("the project's name for its image is longer than %d bytes", maxProject)
	}
	l := label{system: system(), length: len(program), sum: sha256.Sum256(program), project: p.Project}
	if p.Sandboxed {
		l.system = sandboxSystem
	}
	padded := (len(program) + 3) &^ 3
	size := headerSize + 8 + appSize + labelSize + 8 + padded
	size = size&^15 + 16 + sha256.Size
	if size > host.FilesOffset {
		return nil, errTooBig.With(fmt.Sprintf("%.1f", float64(size)/(1<<20)), fmt.Sprintf("%.1f", float64(host.FilesOffset)/(1<<20)))
	}
	b := make([]byte, headerSize, size)
	b[0], b[1] = imageMagic, 2
	b[2], b[3] = 2, 0x4f // DIO, 16 MB at 80 MHz
	binary.LittleEndian.PutUint32(b[4:], programAddress)
	b[8] = 0xee // no write-protect pin
	binary.LittleEndian.PutUint16(b[12:], chipESP32C3)
	b[23] = 1 // a hash follows
	segment := func(address uint32, data []byte, n int) {
		b = binary.LittleEndian.AppendUint32(b, address)
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
		b = append(append(b, data...), make([]byte, n-len(data))...)
	}
	head := append(describe(program, l.sum), l.encode(key)...)
	segment(labelAddress, head, len(head))
	segment(programAddress, program, padded)
	b = append(b, make([]byte, size-sha256.Size-1-len(b))...)
	b = append(b, xor(xor(checksumStart, head), program))
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

func xor(sum byte, b []byte) byte {
	var wide uint64
	for len(b) >= 8 {
		wide ^= binary.LittleEndian.Uint64(b)
		b = b[8:]
	}
	wide ^= wide >> 32
	wide ^= wide >> 16
	wide ^= wide >> 8
	sum ^= byte(wide)
	for _, c := range b {
		sum ^= c
	}
	return sum
}

// image is what the ROM found at the start of flash.
type image struct {
	label   label
	ours    bool   // made by Pack
	older   bool   // made by the Pack of an older Studio
	head    []byte // the encoded label
	program []byte
}

// imageError is an image that the ROM refuses; its text is what the ROM prints.
type imageError struct{ text string }

func (e *imageError) Error() string { return e.text }

func refuse(format string, a ...any) error { return &imageError{fmt.Sprintf(format, a...)} }

// readImage reads and checks the image at offset 0.
func (f *flash) readImage() (*image, error) {
	var head [headerSize]byte
	if err := f.read(head[:], 0); err != nil {
		return nil, err
	}
	if head[0] != imageMagic {
		return nil, refuse("invalid header: 0x%08x", binary.LittleEndian.Uint32(head[:]))
	}
	if id := binary.LittleEndian.Uint16(head[12:]); id != chipESP32C3 {
		return nil, refuse("invalid chip id: expected %d, read %d", chipESP32C3, id)
	}
	if head[1] < 1 || head[1] > 16 {
		return nil, refuse("invalid segment count %d", head[1])
	}
	img := &image{}
	at := int64(headerSize)
	check := byte(checksumStart)
	whole := sha256.New()
	whole.Write(head[:])
	for i := range int(head[1]) {
		var s [8]byte
		if err := f.read(s[:], at); err != nil {
			return nil, refuse("invalid segment %d", i)
		}
		n := int64(binary.LittleEndian.Uint32(s[4:]))
		if n > f.size-at-8 {
			return nil, refuse("invalid segment %d length 0x%x", i, n)
		}
		data := make([]byte, n)
		if err := f.read(data, at+8); err != nil {
			return nil, err
		}
		whole.Write(s[:])
		whole.Write(data)
		check = xor(check, data)
		at += 8 + n
		switch {
		case i == 0:
			if len(data) < appSize || binary.LittleEndian.Uint32(data) != appMagic {
				break
			}
			if img.label, img.ours = decodeLabel(data[appSize:]); img.ours {
				img.head = data[appSize:][:labelSize]
			} else {
				img.older = bytes.HasPrefix(data[appSize:], []byte(labelMagic[:len(labelMagic)-1]))
			}
		case i == 1 && img.ours:
			img.program = data
		}
	}
	tail := make([]byte, 16-at%16)
	if err := f.read(tail, at); err != nil {
		return nil, refuse("image is longer than the flash")
	}
	whole.Write(tail)
	at += int64(len(tail))
	if stored := tail[len(tail)-1]; stored != check {
		return nil, refuse("Checksum failed. Calculated 0x%x read 0x%x", check, stored)
	}
	if head[23] == 1 {
		var stored [sha256.Size]byte
		if err := f.read(stored[:], at); err != nil || !bytes.Equal(stored[:], whole.Sum(nil)) {
			return nil, refuse("SHA-256 comparison failed")
		}
	}
	if img.ours {
		if img.label.length > len(img.program) {
			return nil, refuse("invalid program length")
		}
		img.program = img.program[:img.label.length]
	}
	return img, nil
}

// refusal says in plain words why the image's program is not started, or "".
func (i *image) refusal(key []byte) string {
	if i.older {
		return say.VirtualTheProgramInFlashWas()
	}
	if !i.ours {
		return say.VirtualTheProgramInFlashWas2()
	}
	want := i.label.encode(key)
	if len(key) == 0 || !hmac.Equal(want[labelSigned:][:sha256.Size], i.label.mac[:]) || !bytes.Equal(want[:labelSigned], i.head[:labelSigned]) {
		return say.VirtualTheProgramInFlashWas3()
	}
	if i.label.system != system() && !i.label.sandboxed() {
		return say.VirtualTheProgramInFlashWas4(i.label.system, system())
	}
	if sha256.Sum256(i.program) != i.label.sum {
		return say.VirtualTheProgramInFlashDamaged()
	}
	return ""
}
