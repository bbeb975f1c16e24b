package virtual

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden transcripts anew")

// transcript is a conversation with the bootloader: what the host sends ('>')
// and what the chip answers ('<'), as bytes on the line.
type transcript struct {
	h    *tool
	text strings.Builder
}

func (s *transcript) say(format string, a ...any) { fmt.Fprintf(&s.text, "# "+format+"\n", a...) }

// send sends a request and expects n frames.
func (s *transcript) send(n int, op byte, check uint32, data []byte) {
	s.h.t.Helper()
	wire := slip(request(op, check, data))
	s.put('>', wire)
	s.h.write(wire)
	s.frames(n)
}

func (s *transcript) frames(n int) {
	s.h.t.Helper()
	for range n {
		s.put('<', slip(s.h.frame()))
	}
}

func (s *transcript) put(direction byte, wire []byte) {
	if len(wire) > 120 {
		fmt.Fprintf(&s.text, "%c %x … (%d bytes, MD5 %s)\n", direction, wire[:40], len(wire), md5hex(wire))
		return
	}
	fmt.Fprintf(&s.text, "%c %x\n", direction, wire)
}

func (s *transcript) block(n int, op byte, seq uint32, p []byte) {
	s.h.t.Helper()
	s.send(n, op, uint32(xor(checksumStart, p)), append(words(uint32(len(p)), seq, 0, 0), p...))
}

var syncData = append([]byte{7, 7, 0x12, 0x20}, bytes.Repeat([]byte{0x55}, 32)...)

var transcripts = map[string]func(s *transcript){
	"rom": func(s *transcript) {
		s.say("SYNC is answered eight times")
		s.send(8, opSync, 0, syncData)
		s.say("security info: chip id 5")
		s.send(1, opSecurityInfo, 0, nil)
		s.say("magic, MAC, revision")
		for _, a := range []uint32{regMagic, regMACLow, regMACHigh, regVersion, regMajor} {
			s.send(1, opReadReg, 0, words(a))
		}
		s.say("attach, parameters")
		s.send(1, opAttach, 0, words(0, 0))
		s.send(1, opSetParams, 0, words(0, 4<<20, 64<<10, 4096, 256, 0xffff))
		s.say("JEDEC id by the SPI controller")
		s.send(1, opWriteReg, 0, words(spiUSR, 1<<31|hasMISO, ^uint32(0), 0))
		s.send(1, opWriteReg, 0, words(spiUSR2, 7<<28|0x9f, ^uint32(0), 0))
		s.send(1, opWriteReg, 0, words(spiMISO, 23, ^uint32(0), 0))
		s.send(1, opWriteReg, 0, words(spiCommand, spiUser, ^uint32(0), 0))
		s.send(1, opReadReg, 0, words(spiW0))
		s.say("write, C0 and DB escaped; MD5 as hex digits")
		s.send(1, opFlashBegin, 0, words(16, 1, 16, 0x1000, 0))
		s.block(1, opFlashData, 0, []byte{0xc0, 0xdb, 0xdc, 0xdd, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
		s.send(1, opFlashEnd, 0, words(1))
		s.send(1, opMD5, 0, words(0x1000, 16, 0, 0))
		s.say("unknown command, wrong checksum")
		s.send(1, 0x77, 0, nil)
		s.send(1, opFlashBegin, 0, words(16, 1, 16, 0x1000, 0))
		s.send(1, opFlashData, 0, append(words(1, 0, 0, 0), 1))
	},
	"stub": func(s *transcript) {
		code := make([]byte, 64)
		s.say("upload; OHAI follows the answer")
		s.send(1, opMemBegin, 0, words(64, 1, 0x1800, 0x40380000))
		s.block(1, opMemData, 0, code)
		s.send(2, opMemEnd, 0, words(0, 0x40380000))
		s.say("SYNC: value 0, two status bytes")
		s.send(8, opSync, 0, syncData)
		s.say("deflate; raw MD5")
		data := bytes.Repeat([]byte("studio"), 100)
		packed := squeeze(data)
		s.send(1, opDeflBegin, 0, words(600, 1, 0x4000, 0x2000))
		s.block(1, opDeflData, 0, packed)
		s.send(1, opDeflEnd, 0, words(1))
		s.send(1, opMD5, 0, words(0x2000, 600, 0, 0))
		s.say("read back: packets, acknowledgements, MD5")
		s.send(2, opReadFlash, 0, words(0x2000, 24, 16, 1))
		for i, ack := range []uint32{16, 24} {
			wire := slip(words(ack))
			s.put('>', wire)
			s.h.write(wire)
			s.frames([]int{1, 1}[i])
		}
		s.say("erase; security info, as from the ROM; unknown command")
		s.send(1, opEraseRegion, 0, words(0x2000, 0x1000))
		s.send(1, opSecurityInfo, 0, nil)
		s.send(1, 0x77, 0, nil)
		s.say("what is no deflate stream: acknowledged, told with the next command")
		s.send(1, opDeflBegin, 0, words(600, 1, 0x4000, 0x2000))
		s.block(1, opDeflData, 0, []byte("no zlib"))
		s.send(1, opDeflEnd, 0, words(1))
	},
}

func TestTranscripts(t *testing.T) {
	for name, play := range transcripts {
		t.Run(name, func(t *testing.T) {
			b := start(t, Config{FlashSize: 4 << 20})
			b.mac = [6]byte{0x60, 0x55, 0xf9, 1, 2, 3}
			h := connect(t, b)
			h.bootloader()
			s := &transcript{h: h}
			play(s)
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(s.text.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Split(s.text.String(), "\n")
			for i, line := range strings.Split(string(want), "\n") {
				if i >= len(got) || got[i] != line {
					t.Fatalf("line %d is\n%s\nwant\n%s", i+1, append(got, "the end")[min(i, len(got))], line)
				}
			}
		})
	}
	files, _ := filepath.Glob("testdata/*.golden")
	for _, f := range files {
		if transcripts[strings.TrimSuffix(filepath.Base(f), ".golden")] == nil {
			t.Errorf("%s belongs to no transcript", f)
		}
	}
}
