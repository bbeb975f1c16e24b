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
	"studioide/ui/src/words/say"
)

// beginnings are the first bytes of kinds of files that are no programs for boards.
var beginnings = []struct {
	begin string
	what  func() string
}{
	{"PK\x03\x04", say.ImageAZipArchive},
	{"PK\x05\x06", say.ImageAnEmptyZipArchive},
	{"\x1f\x8b", say.ImageAGzipArchive},
	{"BZh", say.ImageABzip2Archive},
	{"\xfd7zXZ\x00", say.ImageAnXzArchive},
	{"\x28\xb5\x2f\xfd", say.ImageAZstdArchive},
	{"7z\xbc\xaf\x27\x1c", say.ImageA7ZipArchive},
	{"Rar!\x1a\x07", say.ImageARarArchive},
	{"\x89PNG\r\n\x1a\n", say.ImageAPicturePng},
	{"\xff\xd8\xff", say.ImageAPictureJpeg},
	{"GIF8", say.ImageAPictureGif},
	{"BM", say.ImageAPictureBmp},
	{"\x00\x00\x01\x00", say.ImageAnIcon},
	{"%PDF-", say.ImageAPdfDocument},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", say.ImageAnOfficeDocument},
	{"ID3", say.ImageASoundFileMp3},
	{"OggS", say.ImageASoundFileOgg},
	{"fLaC", say.ImageASoundFileFlac},
	{"MZ", say.ImageAWindowsProgram},
	{"\xcf\xfa\xed\xfe", say.ImageAMacProgram},
	{"\xce\xfa\xed\xfe", say.ImageAMacProgram},
	{"\xca\xfe\xba\xbe", say.ImageAMacProgramOrJava},
	{"\x00asm", say.ImageAWebassemblyModule},
	{"SQLite format 3\x00", say.ImageADatabaseSqlite},
	{"wOFF", say.ImageAFont}, {"wOF2", say.ImageAFont}, {"OTTO", say.ImageAFont}, {"\x00\x01\x00\x00\x00", say.ImageAFont},
	{"!<arch>\n", say.ImageALibraryObjectFiles},
	{"DfuSe", say.ImageADfuFileForChips},
	{"M\x06", say.ImageACompiledMicropythonModule},
	{"version https://git-lfs.github.com/", say.ImageTheNameFileThatGit},
}

// notAProgram says what a file is, as far as that can be seen, and what was expected.
func notAProgram(f File, boards []board.Board) error {
	what, help, damaged := recognise(f.Content, strings.ToLower(filepath.Ext(f.Name)))
	if help == "" {
		help = expected(boards)
	}
	if damaged {
		return errDamagedFile.With(f.Name, what, help)
	}
	return errNotAProgram.With(f.Name, what, help)
}

func expected(boards []board.Board) string {
	switch {
	case len(boards) > 0 && !takes(boards, "esp"):
		return say.ImageExpectedProgramForUf2File(chips(boards))
	case len(boards) > 0 && !takes(boards, "uf2"):
		return say.ImageExpectedProgramForBinFile(chips(boards))
	}
	return say.ImageExpectedProgramBinFileFor()
}

// recognise names a file's kind: "a picture (PNG)". help says what to do in special cases.
func recognise(b []byte, ext string) (what, help string, damaged bool) {
	if what, help, damaged = program(b, ext); what != "" {
		return what, help, damaged
	}
	written := text(b, ext)
	for _, k := range beginnings {
		if bytes.HasPrefix(b, []byte(k.begin)) && (len(k.begin) > 2 || written == "") {
			return k.what(), unpackIt(k.begin), false
		}
	}
	switch {
	case len(b) >= 12 && string(b[:4]) == "RIFF":
		if string(b[8:12]) == "WEBP" {
			return say.ImageAPictureWebp(), "", false
		}
		return say.ImageASoundOrVideoFile(), "", false
	case len(b) >= 12 && string(b[4:8]) == "ftyp":
		return say.ImageAVideoOrPictureFile(), "", false
	case len(b) > 262 && string(b[257:262]) == "ustar":
		return say.ImageATarArchive(), say.ImageUnpackItAndChooseProgram(), false
	case len(b) >= 16 && string(b[len(b)-8:len(b)-5]) == "UFD":
		return say.ImageADfuFileForChips(), "", false
	case len(b) >= 16 && string(b[8:16]) == "littlefs":
		return say.ImageAFileSystemLittlefsAnd(), say.ImageIfItBelongsOnBoard(), false
	}
	switch {
	case leading(b, 0) == len(b):
		return say.ImageNothingButZeros(), "", false
	case leading(b, 0xff) == len(b):
		return say.ImageNothingButFfWhichEmpty(), "", false
	case written != "":
		return written, "", false
	}
	n := min(len(b), 4)
	return say.ImageNothingThatStudioKnowsIt(fmt.Sprintf("% X", b[:n])), "", false
}

// unpackIt is what to do with a file that begins like an archive.
func unpackIt(begin string) string {
	switch begin {
	case "PK\x03\x04", "PK\x05\x06", "\x1f\x8b", "BZh", "\xfd7zXZ\x00", "\x28\xb5\x2f\xfd", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07":
		return say.ImageUnpackItAndChooseProgram()
	}
	return ""
}

// machines are the processors that ELF files for boards and computers are for.
var machines = map[elf.Machine]func() string{
	elf.EM_XTENSA: say.ImageXtensaEsp32Esp32S3Esp8266, elf.EM_RISCV: say.ImageRiscVEsp32C3And, elf.EM_ARM: say.ImageArmPicoAndOthers,
	elf.EM_X86_64: say.ImageAComputer, elf.EM_386: say.ImageAComputer, elf.EM_AARCH64: say.ImageAComputer, elf.EM_AVR: say.ImageAvrArduinoUnoAndOthers,
}

// program recognises programs in forms that boards do not take.
func program(b []byte, ext string) (what, help string, damaged bool) {
	switch {
	case bytes.HasPrefix(b, []byte(elf.ELFMAG)):
		is := say.ImageAnElfFile()
		if len(b) >= 20 {
			order := binary.ByteOrder(binary.LittleEndian)
			if b[elf.EI_DATA] == byte(elf.ELFDATA2MSB) {
				order = binary.BigEndian
			}
			if name := machines[elf.Machine(order.Uint16(b[18:]))]; name != nil {
				is = say.ImageAnElfFileFor(name())
			}
		}
		return is, say.ImageBoardsTakeWhatMadeFrom(), false
	case hexLines(b, ':'):
		return say.ImageAnIntelHexFile(), say.ImageBoardsHereTakeBinOr(), false
	case hexLines(b, 'S'):
		return say.ImageAMotorolaSRecordFile(), say.ImageBoardsHereTakeBinOr(), false
	case esp.IsPartitionTable(b):
		return say.ImageAPartitionTableAndNo(), say.ImageChooseWholeImageMostlyCalled(), false
	case uf2Later(b):
		return say.ImageADamagedUf2FileIts(), say.ImageGetFileAgainOrBuild(), true
	case b[0] == 0xea:
		return say.ImageAProgramForEsp8266In(), "", false
	}
	if fixed := append([]byte{0xe9}, b[1:]...); b[0] != 0xe9 && len(b) > 64 {
		if _, err := esp.ReadImage(fixed); err == nil {
			return say.ImageADamagedProgramForEspressif(), say.ImageGetFileAgainOrBuild(), true
		}
	}
	return "", "", false
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
var sources = map[string]func() string{".go": say.ImageAGoSourceFile, ".ino": say.ImageAnArduinoSketch, ".py": say.GoAPythonProgram, ".c": say.ImageACSourceFile, ".cpp": say.ImageACSourceFile2,
	".h": say.ImageACHeader, ".js": say.ImageAJavascriptFile, ".css": say.ImageAStyleSheet, ".json": say.ImageAJsonFile, ".md": say.ImageAText, ".csv": say.ImageATableCsv, ".yaml": say.ImageAYamlFile, ".yml": say.ImageAYamlFile}

// text says what kind of text b is; "": it is none.
func text(b []byte, ext string) string {
	start := b[:min(len(b), 4096)]
	if bytes.HasPrefix(start, []byte{0xff, 0xfe}) || bytes.HasPrefix(start, []byte{0xfe, 0xff}) {
		return say.ImageATextUtf16()
	}
	head := string(bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\ufeff")), " \t\r\n"))
	low := strings.ToLower(head)
	switch {
	case strings.HasPrefix(low, "<!doctype html"), strings.HasPrefix(low, "<html"), strings.HasPrefix(low, "<head"), strings.HasPrefix(low, "<body"):
		return say.ImageAWebPage()
	case strings.HasPrefix(low, "<?xml"), strings.HasPrefix(low, "<svg"):
		return say.ImageAnXmlFileOrDrawing()
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
		return say.ImageAWebPage()
	case sources[ext] != nil:
		return sources[ext]()
	case strings.HasPrefix(head, "{"), strings.HasPrefix(head, "["):
		return say.ImageATextMaybeJson()
	case strings.HasPrefix(head, "package "):
		return say.ImageAGoSourceFile()
	case strings.HasPrefix(head, "#!"):
		return say.ImageAScript()
	}
	return say.ImageAText()
}
