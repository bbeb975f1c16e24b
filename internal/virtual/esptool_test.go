package virtual

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// esptool replays what testdata/esptool writes down.
type esptool struct {
	*tool
	b     *Board
	files map[string][]byte
}

// TestEsptoolTranscripts plays each transcript twice on the same board, and
// after one that leaves the stub running the second session, twice as well.
func TestEsptoolTranscripts(t *testing.T) {
	image, err := Pack(Program{Code: content(50_001, 1)}, key)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"image": image, "data": content(100_001, 2), "blank": bytes.Repeat([]byte{0xff}, 100_001)}
	names, _ := filepath.Glob("testdata/esptool/*.txt")
	if len(names) < 8 {
		t.Fatal(names)
	}
	const running = "testdata/esptool/5.3-stub-left-running.txt"
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			b := start(t, Config{})
			e := &esptool{connect(t, b), b, files}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "\n?stub\n") {
				left, err := os.ReadFile(running)
				if err != nil {
					t.Fatal(err)
				}
				e.play(running, string(left))
			}
			e.play(name, string(text))
			e.play(name, string(text))
		})
	}
}

func (e *esptool) play(name, text string) {
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' || line[0] == '?' {
			continue
		}
		command, want, asked := strings.Cut(line, " = ")
		if got := e.command(strings.Fields(command)); asked && got != want && !e.t.Failed() {
			e.t.Errorf("%s:%d: %s: the answer is %s", name, i+1, line, got)
		}
		if e.t.Failed() {
			e.t.Fatalf("%s:%d: %s", name, i+1, line)
		}
	}
}

func number(s string) uint32 {
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		panic(err)
	}
	return uint32(n)
}

func (e *esptool) command(f []string) string {
	var n []uint32 // the arguments that are numbers
	for _, s := range f[1:] {
		if v, err := strconv.ParseUint(s, 16, 32); err == nil {
			n = append(n, uint32(v))
		}
	}
	switch f[0] {
	case "CONNECT":
		e.lines(false, true)
		e.p.Discard()
		e.left, e.frames = nil, unslip{}
		e.p.SetBaud(defaultRate)
		e.lines(true, false)
		e.lines(false, false)
		e.stub = false
		e.expect("waiting for download\r\n")
	case "RESET":
		e.reset()
		e.expect("boot:0xc")
	case "POWER":
		e.b.Power(false)
		e.b.Power(true)
	case "REOPEN":
		e.p.Close()
		p, err := e.b.Open()
		if err != nil {
			e.t.Fatal(err)
		}
		e.t.Cleanup(func() { p.Close() })
		e.p, e.left, e.frames = p, nil, unslip{}
	case "SYNC":
		e.sync()
		return map[bool]string{false: "rom", true: "stub"}[e.stub]
	case "GET_SECURITY_INFO":
		var data []byte
		if len(n) > 0 {
			data = make([]byte, 20)
		}
		if _, info := e.do(opSecurityInfo, data); len(info) == 20 {
			return strconv.FormatUint(uint64(binary.LittleEndian.Uint32(info[12:])), 16)
		}
	case "READ_REG":
		v, _ := e.do(opReadReg, words(n[0]))
		low, high := e.b.macWords()
		switch {
		case n[0] == regMACLow && v == low:
			return "mac-low"
		case n[0] == regMACHigh && v == high:
			return "mac-high"
		}
		return strconv.FormatUint(uint64(v), 16)
	case "UPLOAD":
		e.upload()
	case "CHANGE_BAUD":
		e.do(opChangeBaud, words(decimal(f[1]), decimal(f[2])))
		e.p.SetBaud(int(decimal(f[1])))
	case "SPI_ATTACH":
		e.do(opAttach, words(n...))
	case "SPI_SET_PARAMS":
		e.do(opSetParams, words(0, n[0], 64<<10, 4096, 256, 0xffff))
	case "SPI":
		return e.chipCommand(f[1:])
	case "FLASH_BEGIN", "DEFL_BEGIN":
		if !e.stub {
			n = append(n, 0)
		}
		e.do(map[string]byte{"FLASH_BEGIN": opFlashBegin, "DEFL_BEGIN": opDeflBegin}[f[0]], words(n...))
	case "FLASH_END", "DEFL_END":
		e.do(map[string]byte{"FLASH_END": opFlashEnd, "DEFL_END": opDeflEnd}[f[0]], words(n[0]))
	case "WRITE", "WRITE_DEFL":
		e.file(f[0] == "WRITE_DEFL", f[1] == "rom", e.files[f[len(f)-2]], number(f[len(f)-1]))
	case "MD5":
		p := e.files[f[1]]
		if sum := e.md5(number(f[2]), uint32(len(p))); sum != md5hex(p) {
			e.t.Errorf("MD5 %s", sum)
		}
	case "ERASE_REGION":
		e.do(opEraseRegion, words(n...))
	case "ERASE_FLASH":
		e.do(opEraseFlash, nil)
	case "READ_FLASH":
		e.readBack(e.files[f[1]], number(f[2]))
	case "READ_FLASH_SLOW":
		off, count := number(f[2]), number(f[3])
		want := e.files[f[1]][off&0xfffff:][:count]
		if _, r := e.do(opReadSlow, words(off, count)); len(r) != 64 || !bytes.Equal(r[:count], want) {
			e.t.Errorf("%d bytes % x", len(r), r)
		}
	default:
		e.t.Fatalf("unknown command %s", f[0])
	}
	return ""
}

func decimal(s string) uint32 {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		panic(err)
	}
	return uint32(n)
}

// chipCommand runs: command [write bits value] [read bits].
func (e *esptool) chipCommand(f []string) string {
	user := uint32(1 << 31)
	value, read := uint32(0), uint32(0)
	for a := f[1:]; len(a) > 0; {
		switch bits := decimal(a[1]); a[0] {
		case "write":
			user |= hasMOSI
			value = number(a[2])
			e.do(opWriteReg, words(spiMOSI, bits-1, ^uint32(0), 0))
			a = a[3:]
		case "read":
			user |= hasMISO
			read = bits
			e.do(opWriteReg, words(spiMISO, bits-1, ^uint32(0), 0))
			a = a[2:]
		}
	}
	oldUser, _ := e.do(opReadReg, words(spiUSR))
	oldUser2, _ := e.do(opReadReg, words(spiUSR2))
	e.do(opWriteReg, words(spiUSR, user, ^uint32(0), 0))
	e.do(opWriteReg, words(spiUSR2, 7<<28|number(f[0]), ^uint32(0), 0))
	e.do(opWriteReg, words(spiW0, value, ^uint32(0), 0))
	e.do(opWriteReg, words(spiCommand, spiUser, ^uint32(0), 0))
	if v, _ := e.do(opReadReg, words(spiCommand)); v&spiUser != 0 {
		e.t.Error("the SPI command does not end")
	}
	v, _ := e.do(opReadReg, words(spiW0))
	e.do(opWriteReg, words(spiUSR, oldUser, ^uint32(0), 0))
	e.do(opWriteReg, words(spiUSR2, oldUser2, ^uint32(0), 0))
	if read < 32 {
		v &= 1<<read - 1
	}
	return strconv.FormatUint(uint64(v), 16)
}

// file writes p as esptool does: blocks of 16 KB to the stub; 1 KB, the last one padded, to the ROM.
func (e *esptool) file(zip, rom bool, p []byte, off uint32) {
	block := 0x4000
	if rom {
		block = 0x400
	}
	begin, data, size := byte(opFlashBegin), byte(opFlashData), len(p)
	send := p
	if zip {
		begin, data, send = opDeflBegin, opDeflData, squeeze(p)
		if rom { // what the ROM erases is counted in blocks
			size = (size + block - 1) / block * block
		}
	}
	n := (len(send) + block - 1) / block
	w := []uint32{uint32(size), uint32(n), uint32(block), off}
	if rom {
		w = append(w, 0)
	}
	e.do(begin, words(w...))
	for i := range n {
		piece := send[i*block : min(len(send), (i+1)*block)]
		if !zip {
			piece = append(bytes.Clone(piece), bytes.Repeat([]byte{0xff}, block-len(piece))...)
		}
		if f := e.data(data, uint32(i), piece); f != 0 {
			e.t.Fatalf("block %d of %d: error %02x", i, n, f)
		}
	}
}

// readBack is read_flash: packets of a sector, each acknowledged by the number of bytes so far, then the MD5.
func (e *esptool) readBack(want []byte, off uint32) {
	e.do(opReadFlash, words(off, uint32(len(want)), 0x1000, 64))
	var got []byte
	for len(got) < len(want) {
		got = append(got, e.frame()...)
		e.write(slip(words(uint32(len(got)))))
	}
	if sum := hex.EncodeToString(e.frame()); !bytes.Equal(got, want) || sum != md5hex(want) {
		e.t.Errorf("%d bytes read back, MD5 %s", len(got), sum)
	}
}
