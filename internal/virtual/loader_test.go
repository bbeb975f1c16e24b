package virtual

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"studioide/internal/port"
)

// loading starts a board and enters its bootloader.
func loading(t testing.TB, c Config) (*Board, *tool) {
	t.Helper()
	b := start(t, c)
	h := connect(t, b)
	h.bootloader()
	return b, h
}

func holds(t testing.TB, b *Board, off int, want []byte) {
	t.Helper()
	got := make([]byte, len(want))
	if err := b.ReadFlash(got, int64(off)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("flash differs from 0x%x on: %x, want %x", off+i, got[i:min(i+16, len(got))], want[i:min(i+16, len(got))])
			}
		}
	}
}

func squeeze(p []byte) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, 9)
	w.Write(p)
	w.Close()
	return b.Bytes()
}

func TestIdentity(t *testing.T) {
	b, h := loading(t, Config{FlashSize: 4 << 20})
	if v, _ := h.do(opReadReg, words(regMagic)); v != magicC3 {
		t.Errorf("magic %08x", v)
	}
	_, info := h.do(opSecurityInfo, nil)
	if len(info) != 20 || info[12] != chipESP32C3 {
		t.Errorf("security info % x", info)
	}
	if _, again := h.do(opSecurityInfo, make([]byte, 20)); !bytes.Equal(again, info) {
		t.Error("SECURITY_INFO with 20 bytes, as espflasher sends it, answers something else")
	}
	low, _ := h.do(opReadReg, words(regMACLow))
	high, _ := h.do(opReadReg, words(regMACHigh))
	var mac [8]byte
	binary.BigEndian.PutUint32(mac[0:], high)
	binary.BigEndian.PutUint32(mac[4:], low)
	if !bytes.Equal(mac[2:], b.mac[:]) {
		t.Errorf("MAC % x, want % x", mac[2:], b.mac)
	}
	for _, a := range []uint32{0x3fcdf078, 0x3fcdf07c, 0x60008830} {
		if v, _ := h.do(opReadReg, words(a)); v != 0 {
			t.Errorf("register %08x is %08x: a UART is not USB", a, v)
		}
	}
}

func (h *tool) spi(command, addr uint32, bits uint32) uint32 {
	h.t.Helper()
	usr := uint32(1<<31 | hasMISO)
	if addr != 0 {
		usr |= hasAddress
	}
	h.do(opWriteReg, append(append(words(spiUSR, usr, 0xffffffff, 0), words(spiUSR1, 23<<26, 0xffffffff, 0)...), words(spiMISO, bits-1, 0xffffffff, 0)...))
	h.do(opWriteReg, words(spiUSR2, 7<<28|command, 0xffffffff, 0))
	h.do(opWriteReg, words(spiAddress, addr<<8, 0xffffffff, 0))
	h.do(opWriteReg, words(spiCommand, spiUser, 0xffffffff, 0))
	if v, _ := h.do(opReadReg, words(spiCommand)); v&spiUser != 0 {
		h.t.Error("the SPI command does not end")
	}
	v, _ := h.do(opReadReg, words(spiW0))
	return v
}

func TestFlashChip(t *testing.T) {
	for size, id := range map[int]uint32{4 << 20: 0x1640ef, 8 << 20: 0x1740ef, 16 << 20: 0x1840ef} {
		b, h := loading(t, Config{FlashSize: size})
		if v := h.spi(0x9f, 0, 24); v != 0xffffff {
			t.Errorf("before SPI_ATTACH the id is %06x", v)
		}
		h.attach()
		if v := h.spi(0x9f, 0, 24); v != id {
			t.Errorf("%d MB: id %06x, want %06x", size>>20, v, id)
		}
		if v := h.spi(0x5a, 0, 32); v != 0x50444653 {
			t.Errorf("SFDP starts with %08x", v)
		}
		if v := h.spi(0x5a, 0x14, 32); v != uint32(size)*8-1 {
			t.Errorf("SFDP says %d bits", v+1)
		}
		if v := h.spi(0x05, 0, 8); v != 0 {
			t.Errorf("status %02x", v)
		}
		h.spi(0x06, 0, 8)
		if v := h.spi(0x05, 0, 8); v != 2 {
			t.Errorf("status after write enable %02x", v)
		}
		if v := h.spi(0x35, 0, 8); v != 2 {
			t.Errorf("status 2 %02x", v)
		}
		h.flash(0x10000, []byte("four and more"))
		if v := h.spi(0x03, 0x10000, 32); v != binary.LittleEndian.Uint32([]byte("four")) {
			t.Errorf("read %08x", v)
		}
		b.Close()
	}
}

func TestWriteFlash(t *testing.T) {
	data := content(100_000, 3)
	for _, stub := range []bool{false, true} {
		for _, zip := range []bool{false, true} {
			t.Run(fmt.Sprintf("stub=%v deflate=%v", stub, zip), func(t *testing.T) {
				b, h := loading(t, Config{Dir: t.TempDir()})
				h.attach()
				h.flash(0x20000, bytes.Repeat([]byte{0}, 120_000)) // what was there has to be erased
				if stub {
					h.upload()
				}
				if zip {
					packed := squeeze(data)
					const block = 0x1000
					n := (len(packed) + block - 1) / block
					h.do(opDeflBegin, words(uint32(len(data)), uint32(n), block, 0x20000))
					for i := range n {
						if f := h.data(opDeflData, uint32(i), packed[i*block:min(len(packed), (i+1)*block)]); f != 0 {
							t.Fatalf("block %d: %02x", i, f)
						}
					}
					h.do(opDeflEnd, words(1))
				} else {
					h.flash(0x20000, data)
				}
				holds(t, b, 0x20000, data)
				last := 0x20000 + (len(data)+4095)/4096*4096
				holds(t, b, last, []byte{0, 0}) // the sector behind is as it was
				holds(t, b, last-1, []byte{0xff})
				if sum := h.md5(0x20000, uint32(len(data))); sum != md5hex(data) {
					t.Errorf("MD5 %s", sum)
				}
			})
		}
	}
}

// The ROM writes whole sectors while the stream comes in, and the last one when
// the stream ends: tools do not send it an END, as that would start the program.
func TestROMWritesDeflatedTailAtTheStreamsEnd(t *testing.T) {
	b, h := loading(t, Config{})
	h.attach()
	data := content(5000, 4)
	packed := squeeze(data)
	h.do(opDeflBegin, words(0x2000, 2, 0x4000, 0, 0)) // the size padded to whole sectors
	for i, piece := range [][]byte{packed[:len(packed)-4], packed[len(packed)-4:]} {
		if f := h.data(opDeflData, uint32(i), piece); f != 0 {
			t.Fatalf("block %d: %02x", i, f)
		}
	}
	holds(t, b, 0, data)
	if sum := h.md5(0, 5000); sum != md5hex(data) {
		t.Errorf("MD5 %s", sum)
	}
	h.do(opDeflEnd, words(1))
}

func TestNOR(t *testing.T) {
	b, h := loading(t, Config{})
	h.attach()
	h.flash(0x1000, []byte{0xf0, 0x0f})
	h.upload()
	h.do(opFlashBegin, words(0, 0, 0x4000, 0x1000, 0)) // nothing to erase
	holds(t, b, 0x1000, []byte{0xf0, 0x0f})
	h.do(opEraseRegion, words(0x1000, 0x1000))
	holds(t, b, 0x1000, []byte{0xff, 0xff})
	h.flash(0x5000, []byte{1})
	h.do(opEraseFlash, nil)
	holds(t, b, 0x5000, []byte{0xff})
}

func TestReadFlash(t *testing.T) {
	_, h := loading(t, Config{})
	h.attach()
	data := content(20_000, 5)
	h.flash(0, data)
	for _, n := range []uint32{0, 1, 4, 63, 64} {
		if _, r := h.do(opReadSlow, words(100, n)); len(r) != 64 || !bytes.Equal(r[:n], data[100:100+n]) {
			t.Errorf("slow read of %d bytes: %d bytes % x", n, len(r), r)
		}
	}
	h.upload()
	h.do(opReadFlash, words(0, 20_000, 0x400, 2))
	var got []byte
	for len(got) < len(data) {
		if len(got) == 0x400 { // two packets may be on their way, and no more come without an acknowledgement
			got = append(got, h.frame()...)
			if f, err := h.tryFrame(50 * time.Millisecond); err == nil {
				t.Fatalf("a packet of %d bytes too many", len(f))
			}
		} else {
			got = append(got, h.frame()...)
		}
		if len(got) != 0x400 {
			h.write(slip(words(uint32(len(got)))))
		}
	}
	if !bytes.Equal(got, data) {
		t.Error("read something else")
	}
	h.send(opReadReg, 0, words(regMagic)) // sent right behind the last acknowledgement
	if f := h.frame(); fmt.Sprintf("%x", f) != md5hex(data) {
		t.Errorf("MD5 %x", f)
	}
	if v, _ := h.answer(opReadReg); v != magicC3 {
		t.Errorf("register %x", v)
	}
	h.do(opReadFlash, words(0, 20_000, 0x400, 2))
	h.frame()
	h.frame()
	h.sync() // a host that has given up
}

func TestErrors(t *testing.T) {
	long := words(0x4001, 0, 0, 0)
	long = append(long, make([]byte, 0x4001)...)
	type request struct {
		op    byte
		check uint32
		data  []byte
		want  failure
	}
	run := func(name string, stub bool, before func(h *tool), r request) {
		t.Run(fmt.Sprintf("%s stub=%v", name, stub), func(t *testing.T) {
			_, h := loading(t, Config{FlashSize: 4 << 20})
			if stub {
				h.upload()
			}
			if before != nil {
				before(h)
			}
			if _, _, f := h.call(r.op, r.check, r.data); f != r.want {
				t.Errorf("error %02x, want %02x", f, r.want)
			}
			h.sync() // and it goes on
		})
	}
	both := func(name string, before func(h *tool), r request, stub failure) {
		run(name, false, before, r)
		r.want = stub
		run(name, true, before, r)
	}
	attached := func(h *tool) { h.do(opAttach, words(0)) }
	begun := func(h *tool) {
		attached(h)
		h.do(opFlashBegin, words(0x2000, 2, 0x1000, 0, 0))
	}
	deflating := func(h *tool) {
		attached(h)
		h.do(opDeflBegin, words(0x2000, 2, 0x1000, 0, 0))
	}
	payload := append(words(4, 0, 0, 0), 1, 2, 3, 4)
	sum := uint32(xor(checksumStart, []byte{1, 2, 3, 4}))

	both("unknown command", nil, request{0x77, 0, nil, romInvalid}, stubUnknown)
	both("SYNC of another length", nil, request{opSync, 0, []byte{7, 7}, romInvalid}, stubLength)
	both("READ_REG without address", nil, request{opReadReg, 0, nil, romInvalid}, stubLength)
	both("WRITE_REG with half a register", nil, request{opWriteReg, 0, make([]byte, 24), romInvalid}, stubLength)
	both("ATTACH of 5 bytes", nil, request{opAttach, 0, make([]byte, 5), romInvalid}, stubLength)
	both("SET_PARAMS too short", nil, request{opSetParams, 0, make([]byte, 20), romInvalid}, stubLength)
	both("BAUD 0", nil, request{opChangeBaud, 0, words(0, 0), romInvalid}, stubLength)
	both("MEM_BEGIN outside of RAM", nil, request{opMemBegin, 0, words(100, 1, 100, 0x42000000), romFailed}, stubLength)
	both("MEM_DATA without begin", nil, request{opMemData, sum, payload, romFailed}, stubMode)
	both("FLASH_BEGIN of 12 bytes", attached, request{opFlashBegin, 0, words(1, 1, 1), romInvalid}, stubLength)
	both("FLASH_BEGIN with 32 KB blocks", attached, request{opFlashBegin, 0, words(0x8000, 1, 0x8000, 0, 0), romInvalid}, stubBlock)
	both("FLASH_BEGIN past the end", attached, request{opFlashBegin, 0, words(0x1000, 1, 0x1000, 4<<20, 0), romFailed}, stubSPI)
	both("FLASH_BEGIN of nearly 4 GB", attached, request{opFlashBegin, 0, words(0xffffffff, 1, 0x1000, 0xfffff000, 0), romFailed}, stubSPI)
	both("FLASH_DATA without begin", attached, request{opFlashData, sum, payload, romFailed}, stubMode)
	both("FLASH_DATA in a deflate download", deflating, request{opFlashData, sum, payload, romFailed}, stubMode)
	both("FLASH_DATA with another length", begun, request{opFlashData, sum, append(words(5, 0, 0, 0), 1, 2, 3, 4), romInvalid}, stubLength)
	both("FLASH_DATA with a wrong checksum", begun, request{opFlashData, sum ^ 1, payload, romChecksum}, stubChecksum)
	both("FLASH_DATA longer than a block", begun, request{opFlashData, checksumStart, append(words(0x1004, 0, 0, 0), make([]byte, 0x1004)...), romInvalid}, stubBlock)
	both("FLASH_DATA longer than any block", begun, request{opFlashData, 0, long, romChecksum}, stubChecksum)
	both("FLASH_END without begin", attached, request{opFlashEnd, 0, words(1), romFailed}, stubMode)
	run("DEFL_END in a plain download", false, begun, request{opDeflEnd, 0, words(1), romFailed})
	run("DEFL_END in a plain download that is not complete", true, begun, request{opDeflEnd, 0, words(1), stubTooFew})
	both("MD5 past the end", attached, request{opMD5, 0, words(0, 4<<20+1, 0, 0), romRead}, stubSPI)
	run("more data than announced", false, func(h *tool) {
		begun(h)
		for i := range uint32(2) {
			h.data(opFlashData, i, make([]byte, 0x1000))
		}
	}, request{opFlashData, sum, payload, romFailed})
	run("what is no deflate", false, deflating, request{opDeflData, sum, payload, romDeflate})
	run("flash before ATTACH", false, nil, request{opFlashBegin, 0, words(0x1000, 1, 0x1000, 0, 0), romFailed})
	run("too little data", true, begun, request{opFlashEnd, 0, words(1), stubTooFew})
	run("erase that is not aligned", true, nil, request{opEraseRegion, 0, words(1, 0x1000), stubSPI})
	run("erase past the end", true, nil, request{opEraseRegion, 0, words(4<<20, 0x1000), stubSPI})
	run("READ_FLASH past the end", true, nil, request{opReadFlash, 0, words(4<<20, 1, 0x1000, 64), stubBlock})
	run("READ_FLASH with no packets", true, nil, request{opReadFlash, 0, words(0, 0x1000, 0, 0), stubBlock})
	run("stub command", false, nil, request{opEraseFlash, 0, nil, romInvalid})

	// The stub acknowledges before it writes: its errors come with the next command.
	run("late error", true, func(h *tool) {
		deflating(h)
		if f := h.data(opDeflData, 0, []byte{1, 2, 3, 4}); f != 0 {
			t.Errorf("the stub knows too early: %02x", f)
		}
	}, request{opReadReg, 0, words(regMagic), stubInflate})
}

// A flash that cannot be written: the ROM says so at once, the stub with the next command.
func TestFlashFails(t *testing.T) {
	for _, stub := range []bool{false, true} {
		b, h := loading(t, Config{Dir: t.TempDir()})
		h.attach()
		if stub {
			h.upload()
		}
		h.do(opFlashBegin, words(4096, 1, 4096, 0, 0))
		b.flash.file.Close()
		f := h.data(opFlashData, 0, make([]byte, 4096))
		want := romWrite
		if stub {
			if f != 0 {
				t.Errorf("the stub knows too early: %02x", f)
			}
			want = stubSPI
			_, _, f = h.call(opReadReg, 0, words(regMagic))
		}
		if f != want {
			t.Errorf("stub %v: %02x, want %02x", stub, f, want)
		}
	}
}

func TestChangeBaud(t *testing.T) {
	b, h := loading(t, Config{Timing: true})
	h.do(opChangeBaud, words(921600, 0)) // the answer comes at the old rate
	h.send(opReadReg, 0, words(regMagic))
	if f, err := h.tryFrame(200 * time.Millisecond); err == nil {
		t.Errorf("at the old rate comes % x", f)
	}
	h.p.SetBaud(921600)
	h.p.Discard()
	h.left, h.frames = nil, unslip{}
	h.sync()
	b.mu.Lock()
	rate := b.chipRate
	b.mu.Unlock()
	if rate != 921600 {
		t.Error(rate)
	}
}

func TestStrapping(t *testing.T) {
	const dtr, rts = 1, 2
	for _, c := range []struct {
		name  string
		steps []int
		load  bool
	}{
		{"classic, both at once", []int{rts, dtr, 0}, true},
		{"one after the other, DTR first", []int{rts, rts | dtr, dtr}, true},
		{"tight", []int{0, rts | dtr, rts, dtr, 0}, true},
		{"reset", []int{rts, 0}, false},
		{"both asserted is neither", []int{rts, rts | dtr}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, Config{})
			h := connect(t, b)
			h.expect("invalid header")
			for _, s := range c.steps {
				h.lines(s&dtr != 0, s&rts != 0)
			}
			text := h.expect(map[bool]string{true: "waiting for download\r\n", false: "0xffffffff\r\nets_main.c"}[c.load])
			if c.load != strings.Contains(text, "boot:0x4 (DOWNLOAD") {
				t.Errorf("%q", text)
			}
		})
	}
}

func TestEmptyFlashIsNotAFlood(t *testing.T) {
	b := start(t, Config{})
	h := connect(t, b)
	e := watch(t, b)
	h.reset()
	e.wait(t, Empty)
	if text := h.expect("TG0WDT"); strings.Count(text, "invalid header: 0xffffffff") != 3 {
		t.Errorf("%q", text)
	}
	h.expect("0xffffffff\r\n")
	h.quiet(20 * time.Millisecond)
	if b.State() != StateEmpty {
		t.Error(b.State())
	}
}

func TestNothingIsSaidBetweenFrames(t *testing.T) {
	_, h := loading(t, Config{})
	h.quiet(20 * time.Millisecond)
	h.write([]byte("noise before a frame"))
	h.do(opReadReg, words(regMagic))
	h.write([]byte{slipEnd, 1, 2, slipEsc, 7, slipEnd, slipEnd, slipEnd})
	h.quiet(20 * time.Millisecond)
	h.do(opReadReg, words(regMagic))
	h.quiet(20 * time.Millisecond)
}

func TestResetsByRegister(t *testing.T) {
	_, h := loading(t, Config{})
	h.do(opWriteReg, words(regWatchdogKey, watchdogKey, 0xffffffff, 0))
	h.do(opWriteReg, words(regWatchdogTime, 2000, 0xffffffff, 0))
	h.do(opWriteReg, words(regWatchdog, 1<<31|5<<28, 0xffffffff, 0))
	h.expect("rst:0x10 (RTCWDT_RTC_RST),boot:0xc")
	h.bootloader()
	h.do(opWriteReg, words(0x600080f4, 1, 1, 0)) // 0x6000812c is the ESP32-S3's
	h.send(opWriteReg, 0, words(regOptions0, 1<<31, 1<<31, 0))
	h.expect("rst:0x3 (RTC_SW_SYS_RST),boot:0x4")
	h.expect("download\r\n")
	h.sync()
	h.attach()
	h.do(opFlashBegin, words(0, 0, 0x400, 0, 0))
	h.do(opFlashEnd, words(0))
	h.expect("boot:0xc")
}

// The stub's restart does not start the program: a tool has to reset the chip for that.
func TestStubEndsInTheROM(t *testing.T) {
	for _, end := range []byte{opFlashEnd, opDeflEnd} {
		_, h := loading(t, Config{})
		h.upload()
		h.attach()
		h.do(opFlashBegin, words(0, 0, 0x400, 0))
		h.do(end, words(0))
		h.stub = false
		h.expect("rst:0x3 (RTC_SW_SYS_RST),boot:0x4")
		h.expect("download\r\n")
		h.sync()
	}
}

func TestSilentChip(t *testing.T) {
	b := start(t, Config{Faults: Faults{Silent: true}})
	h := connect(t, b)
	h.lines(false, true)
	h.lines(true, false)
	h.send(opSync, 0, make([]byte, 36))
	h.quiet(30 * time.Millisecond)
}

func TestPowerIsNotThePort(t *testing.T) {
	b, h := loading(t, Config{})
	b.Power(false)
	if b.State() != StateOff {
		t.Error(b.State())
	}
	h.write([]byte("anything"))
	h.quiet(20 * time.Millisecond)
	b.Power(true)
	h.expect("rst:0x1 (POWERON),boot:0xc")
	b.Unplug()
	if _, err := h.p.Write([]byte("x")); !errors.Is(err, port.ErrGone) {
		t.Error(err)
	}
	b.Plug()
	connect(t, b).expect("boot:0xc")
}
