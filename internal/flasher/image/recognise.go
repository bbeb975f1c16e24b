package image

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"studioide/internal/board"
	"studioide/internal/flasher/esp"
)

// beginnings are the first bytes of kinds of files that are no programs for boards.
var beginnings = []struct{ begin, what string }{
	{"PK\x03\x04", "a zip archive"},
	{"PK\x05\x06", "an empty zip archive"},
	{"\x1f\x8b", "a gzip archive"},
	{"BZh", "a bzip2 archive"},
	{"\xfd7zXZ\x00", "an xz archive"},
	{"\x28\xb5\x2f\xfd", "a zstd archive"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"},
	{"Rar!\x1a\x07", "a RAR archive"},
	{"\x89PNG\r\n\x1a\n", "a picture (PNG)"},
	{"\xff\xd8\xff", "a picture (JPEG)"},
	{"GIF8", "a picture (GIF)"},
	{"BM", "a picture (BMP)"},
	{"\x00\x00\x01\x00", "an icon"},
	{"%PDF-", "a PDF document"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"},
	{"ID3", "a sound file (MP3)"},
	{"OggS", "a sound file (Ogg)"},
	{"fLaC", "a sound file (FLAC)"},
	{"MZ", "a Windows program"},
	{"\xcf\xfa\xed\xfe", "a Mac program"},
	{"\xce\xfa\xed\xfe", "a Mac program"},
	{"\xca\xfe\xba\xbe", "a Mac program or a Java class"},
	{"\x00asm", "a WebAssembly module"},
	{"SQLite format 3\x00", "a database (SQLite)"},
	{"wOFF", "a font"}, {"wOF2", "a font"}, {"OTTO", "a font"}, {"\x00\x01\x00\x00\x00", "a font"},
	{"!<arch>\n", "a library of object files"},
	{"DfuSe", "a DFU file, for chips of ST"},
	{"M\x06", "a compiled MicroPython module"},
	{"version https://git-lfs.github.com/", "the name of a file that Git LFS keeps elsewhere"},
}

// notAProgram says what a file is, as far as that can be seen, and what was expected.
func notAProgram(f File, boards []board.Board) error {
	what, help := recognise(f.Content, strings.ToLower(filepath.Ext(f.Name)))
	if help == "" {
		help = expected(boards)
	}
	if strings.Contains(what, "damaged") {
		return errDamagedFile.With(f.Name, what, help)
	}
	return errNotAProgram.With(f.Name, what, help)
}

func expected(boards []board.Board) string {
	switch {
	case len(boards) > 0 && !takes(boards, "esp"):
		return "Expected is a program for " + chips(boards) + ": a .uf2 file."
	case len(boards) > 0 && !takes(boards, "uf2"):
		return "Expected is a program for " + chips(boards) + ": a .bin file that begins with the byte E9."
	}
	return "Expected is a program: a .bin file for an ESP32, or a .uf2 file for a Pico."
}

// recognise names a file's kind: "a picture (PNG)". help says what to do in special cases.
func recognise(b []byte, ext string) (what, help string) {
	if what, help = program(b, ext); what != "" {
		return what, help
	}
	written := text(b, ext)
	for _, k := range beginnings {
		if bytes.HasPrefix(b, []byte(k.begin)) && (len(k.begin) > 2 || written == "") {
			return k.what, unpackIt(k.what)
		}
	}
	switch {
	case len(b) >= 12 && string(b[:4]) == "RIFF":
		if string(b[8:12]) == "WEBP" {
			return "a picture (WebP)", ""
		}
		return "a sound or video file", ""
	case len(b) >= 12 && string(b[4:8]) == "ftyp":
		return "a video or picture file", ""
	case len(b) > 262 && string(b[257:262]) == "ustar":
		return "a tar archive", unpackIt("archive")
	case len(b) >= 16 && string(b[len(b)-8:len(b)-5]) == "UFD":
		return "a DFU file, for chips of ST", ""
	case len(b) >= 16 && string(b[8:16]) == "littlefs":
		return "a file system (littlefs) and no program", "If it belongs on the board beside a program, give its place with --offset and add --raw."
	}
	switch {
	case leading(b, 0) == len(b):
		return "nothing but zeros", ""
	case leading(b, 0xff) == len(b):
		return "nothing but FF, which is empty flash", ""
	case written != "":
		return written, ""
	}
	n := min(len(b), 4)
	return fmt.Sprintf("nothing that Studio knows: it begins with % X", b[:n]), ""
}

func unpackIt(what string) string {
	if strings.Contains(what, "archive") {
		return "Unpack it and choose the program in it."
	}
	return ""
}

// machines are the processors that ELF files for boards and computers are for.
var machines = map[elf.Machine]string{
	elf.EM_XTENSA: "Xtensa (ESP32, ESP32-S3, ESP8266)", elf.EM_RISCV: "RISC-V (ESP32-C3 and others)", elf.EM_ARM: "Arm (Pico and others)",
	elf.EM_X86_64: "a computer", elf.EM_386: "a computer", elf.EM_AARCH64: "a computer", elf.EM_AVR: "AVR (Arduino Uno and others)",
}

// program recognises programs in forms that boards do not take.
func program(b []byte, ext string) (what, help string) {
	switch {
	case bytes.HasPrefix(b, []byte(elf.ELFMAG)):
		is := "an ELF file"
		if len(b) >= 20 {
			order := binary.ByteOrder(binary.LittleEndian)
			if b[elf.EI_DATA] == byte(elf.ELFDATA2MSB) {
				order = binary.BigEndian
			}
			if name := machines[elf.Machine(order.Uint16(b[18:]))]; name != "" {
				is += " for " + name
			}
		}
		return is, "Boards take what is made from it: the .bin or .uf2 file beside it."
	case hexLines(b, ':'):
		return "an Intel HEX file", "Boards here take the .bin or .uf2 file of the same program."
	case hexLines(b, 'S'):
		return "a Motorola S-record file", "Boards here take the .bin or .uf2 file of the same program."
	case esp.IsPartitionTable(b):
		return "a partition table and no program", "Choose the whole image, mostly called “merged” or “factory”; a table alone goes to --offset 0x8000 with --raw."
	case uf2Later(b):
		return "a damaged UF2 file: its first block does not begin as it should", "Get the file again, or build the program again."
	case b[0] == 0xea:
		return "a program for an ESP8266, in the form that its bootloader takes", ""
	}
	if fixed := append([]byte{0xe9}, b[1:]...); b[0] != 0xe9 && len(b) > 64 {
		if _, err := esp.ReadImage(fixed); err == nil {
			return "a damaged program for an Espressif chip: its first byte is wrong", "Get the file again, or build the program again."
		}
	}
	return "", ""
}

// uf2Later tells a UF2 file by marks other than the first two, which a damaged one may lack.
func uf2Later(b []byte) bool {
	if len(b) < 512 {
		return false
	}
	le := binary.LittleEndian
	n := 0
	for _, is := range []bool{le.Uint32(b) == 0x0A324655, le.Uint32(b[4:]) == 0x9E5D5157, le.Uint32(b[508:]) == 0x0AB16F30,
		len(b) >= 520 && le.Uint32(b[512:]) == 0x0A324655 && le.Uint32(b[516:]) == 0x9E5D5157} {
		if is {
			n++
		}
	}
	return n >= 2
}

// hexLines tells files of lines that begin with mark and go on with hex digits.
func hexLines(b []byte, mark byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(b, "\ufeff \r\n"), []byte("\n"))
	line = bytes.TrimRight(line, "\r ")
	if len(line) < 9 || line[0] != mark {
		return false
	}
	for _, c := range line[1:] {
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// sources are texts by the ending of their names.
var sources = map[string]string{".go": "a Go source file", ".ino": "an Arduino sketch", ".py": "a Python program", ".c": "a C source file", ".cpp": "a C++ source file",
	".h": "a C header", ".js": "a JavaScript file", ".css": "a style sheet", ".json": "a JSON file", ".md": "a text", ".csv": "a table (CSV)", ".yaml": "a YAML file", ".yml": "a YAML file"}

// text says what kind of text b is; "": it is none.
func text(b []byte, ext string) string {
	start := b[:min(len(b), 4096)]
	if bytes.HasPrefix(start, []byte{0xff, 0xfe}) || bytes.HasPrefix(start, []byte{0xfe, 0xff}) {
		return "a text (UTF-16)"
	}
	head := string(bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\ufeff")), " \t\r\n"))
	low := strings.ToLower(head)
	switch {
	case strings.HasPrefix(low, "<!doctype html"), strings.HasPrefix(low, "<html"), strings.HasPrefix(low, "<head"), strings.HasPrefix(low, "<body"):
		return "a web page"
	case strings.HasPrefix(low, "<?xml"), strings.HasPrefix(low, "<svg"):
		return "an XML file or drawing"
	}
	odd, all := 0, 0
	for _, r := range strings.ToValidUTF8(string(start), "\ufffd") {
		all++
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' && r != 0x1b && r != '\f' {
			odd++
		}
	}
	switch {
	case odd*50 > all:
		return ""
	case strings.Contains(low, "<html") || strings.Contains(low, "<!doctype"):
		return "a web page"
	case sources[ext] != "":
		return sources[ext]
	case strings.HasPrefix(head, "{"), strings.HasPrefix(head, "["):
		return "a text, maybe JSON"
	case strings.HasPrefix(head, "package "):
		return "a Go source file"
	case strings.HasPrefix(head, "#!"):
		return "a script"
	}
	return "a text"
}
