package virtual

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"studioide/internal/port"
)

// off waits until the board has lost its power.
func off(t *testing.T, b *Board) {
	t.Helper()
	for begin := time.Now(); b.State() != StateOff; time.Sleep(time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatalf("the board is %s", b.State())
		}
	}
}

func TestPowerCutAtEveryWrite(t *testing.T) {
	data := content(2*4096, 6)
	_, h0 := loading(t, Config{})
	h0.attach()
	for _, torn := range []bool{false, true} {
		for n := int64(1); n <= 2+32; n++ {
			b := start(t, Config{Faults: Faults{CutAtWrite: n, Torn: torn}})
			h := connect(t, b)
			h.bootloader()
			h.attach()
			h.send(opFlashBegin, 0, words(uint32(len(data)), 2, 4096, 0x1000, 0))
			if n > 2 {
				h.answer(opFlashBegin)
				for i := range uint32(2) {
					p := data[i*4096:][:4096]
					h.send(opFlashData, uint32(xor(checksumStart, p)), append(words(4096, i, 0, 0), p...))
					if n > 2+16*int64(i+1) {
						h.answer(opFlashData)
					} else {
						break
					}
				}
			}
			off(t, b)
			h.quiet(time.Millisecond)
			done := max(0, int(n-3)) * pageSize
			if torn && n > 2 {
				done += pageSize / 2
			}
			holds(t, b, 0x1000, append(bytes.Clone(data[:done]), bytes.Repeat([]byte{0xff}, len(data)-done)...))
			if got := b.FlashWrites(); got != n {
				t.Errorf("%d writes, want %d", got, n)
			}
			b.Power(true)
			h.bootloader()
			h.attach()
			h.flash(0x1000, data)
			holds(t, b, 0x1000, data)
			b.Close()
		}
	}
}

func TestPowerCutDuringErase(t *testing.T) {
	for n, want := range map[int64]string{1: "00 00 00 00", 2: "ff 00 00 00", 4: "ff ff ff 00"} {
		b, h := loading(t, Config{})
		h.attach()
		h.flash(0, make([]byte, 4*4096))
		b.Inject(Faults{CutAtWrite: n})
		h.send(opFlashBegin, 0, words(4*4096, 1, 4096, 0, 0))
		off(t, b)
		var first [4]byte
		for i := range first {
			b.ReadFlash(first[i:i+1], int64(i)*4096)
		}
		if got := fmt.Sprintf("% x", first); got != want {
			t.Errorf("cut at %d leaves %s, want %s", n, got, want)
		}
	}
}

func TestPowerCutInProgram(t *testing.T) {
	b, h := running(t, Config{})
	h.line("erase 0xc00000 0x1000", "erase")
	b.Inject(Faults{CutAtWrite: 3})
	h.write([]byte("fill 0xc00000 4096\n"))
	off(t, b)
	holds(t, b, 0xc00000, append(make([]byte, 512), bytes.Repeat([]byte{0xff}, 4096-512)...))
	b.Power(true)
	if text := h.expect("attached"); !strings.Contains(text, "reason=0") {
		t.Errorf("%q", text)
	}
}

func TestUnplugAtEveryBlock(t *testing.T) {
	data := content(5*4096, 7)
	b := start(t, Config{})
	for n := int64(1); n <= 5; n++ {
		b.Inject(Faults{UnplugAtBlock: n})
		h := connect(t, b)
		h.bootloader()
		h.attach()
		h.do(opFlashBegin, words(uint32(len(data)), 5, 4096, 0, 0))
		for i := range uint32(n) {
			p := data[i*4096:][:4096]
			h.send(opFlashData, uint32(xor(checksumStart, p)), append(words(4096, i, 0, 0), p...))
			if int64(i) < n-1 {
				h.answer(opFlashData)
			}
		}
		if _, err := h.tryFrame(patience); !errors.Is(err, port.ErrGone) {
			t.Fatalf("after block %d: %v", n, err)
		}
		if _, err := b.Open(); err == nil {
			t.Error("an unplugged board can be opened")
		}
		b.Plug()
		b.Inject(Faults{})
		h = connect(t, b)
		h.bootloader()
		h.attach()
		h.flash(0, data)
		holds(t, b, 0, data)
		h.p.Close()
	}
}

func TestLineFaultsAreRepeatable(t *testing.T) {
	run := func(seed uint64) string {
		var f injected
		l := Line{Loss: 0.1, Flip: 0.1}
		f.set(Faults{Seed: seed})
		p, _ := f.damage(bytes.Repeat([]byte("studio"), 100), &l, false)
		return string(p)
	}
	if first := run(1); first != run(1) || first == run(2) {
		t.Error("the seed does not decide")
	}
	if n := len(run(1)); n < 500 || n > 580 {
		t.Errorf("%d of 600 bytes left at 10 %% loss", n)
	}
}

func TestLostReply(t *testing.T) {
	b, h := loading(t, Config{})
	b.Inject(Faults{DropReply: 2})
	h.do(opReadReg, words(regMagic))
	h.send(opReadReg, 0, words(regMagic))
	h.quiet(20 * time.Millisecond)
	h.do(opReadReg, words(regMagic))
}

func TestDelayKeepsOrder(t *testing.T) {
	_, h := running(t, Config{Faults: Faults{Seed: 3, ToChip: Line{Delay: 3 * time.Millisecond}, ToHost: Line{Delay: 3 * time.Millisecond}}})
	for i := range 20 {
		fmt.Fprintf(h.p, "echo %d\n", i)
	}
	want := ""
	for i := range 20 {
		want += fmt.Sprintf("%d\n", i)
	}
	if got := h.expect("19\n"); got != want {
		t.Errorf("%q", got)
	}
}

func TestOneProcessPerFolder(t *testing.T) {
	dir := t.TempDir()
	b := start(t, Config{Dir: dir})
	_, err := Start(Config{Dir: dir})
	if code(err) != "virtual.in-use" || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("second Start: %v", err)
	}
	b.Close()
	b, err = Start(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
}

func TestFlashFileSurvives(t *testing.T) {
	dir := t.TempDir()
	b, _ := running(t, Config{Dir: dir})
	mac := b.MAC()
	b.Close()
	b = start(t, Config{Dir: dir})
	h := connect(t, b)
	h.reset()
	h.expect("hello")
	if b.MAC() != mac {
		t.Error("the board has another MAC now")
	}
	b.Close()
	// A Studio that was killed while it made the file.
	if err := os.Truncate(filepath.Join(dir, "flash.bin"), 100_000); err != nil {
		t.Fatal(err)
	}
	b = start(t, Config{Dir: dir})
	holds(t, b, 100_000, bytes.Repeat([]byte{0xff}, 1000))
	holds(t, b, 16<<20-10, bytes.Repeat([]byte{0xff}, 10))
	if _, err := Start(Config{FlashSize: 5 << 20}); code(err) != "virtual.config" {
		t.Error(err)
	}
	if _, err := Start(Config{Dir: filepath.Join(dir, "flash.bin", "x")}); code(err) != "virtual.state" {
		t.Error(err)
	}
}
