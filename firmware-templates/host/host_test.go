package host

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFlashFile is the first test here: the file is opened at the first use of flash.
func TestFlashFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "flash.bin")
	t.Setenv("STUDIO_FLASH", name)
	if err := WriteFlash([]byte("kept"), 0x5000); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil || int64(len(b)) != FlashSize() || string(b[0x5000:0x5004]) != "kept" || b[0] != 0xff {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestFlashIsNOR(t *testing.T) {
	if err := EraseFlash(FilesOffset, 2*SectorSize); err != nil {
		t.Fatal(err)
	}
	// across the border of two pieces of the mirror
	at := int64(FilesOffset + readAhead - 2)
	if err := WriteFlash([]byte{0xf0, 0x0f, 0xaa, 0x55}, at); err != nil {
		t.Fatal(err)
	}
	if err := WriteFlash([]byte{0x3c, 0xff, 0x0f, 0xff}, at); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 6)
	if err := ReadFlash(got, at-1); err != nil {
		t.Fatal(err)
	}
	if want := []byte{0xff, 0x30, 0x0f, 0x0a, 0x55, 0xff}; !bytes.Equal(got, want) {
		t.Errorf("read % x, want % x", got, want)
	}
	if err := EraseFlash(FilesOffset+readAhead-SectorSize, 2*SectorSize); err != nil {
		t.Fatal(err)
	}
	ReadFlash(got, at-1)
	if want := bytes.Repeat([]byte{0xff}, 6); !bytes.Equal(got, want) {
		t.Errorf("after erase % x", got)
	}
}

func TestFlashRefusesOutside(t *testing.T) {
	for _, c := range []struct{ off, n int64 }{{-1, 1}, {FlashSize(), 1}, {FlashSize() - 1, 2}, {1 << 62, 1}} {
		if err := ReadFlash(make([]byte, c.n), c.off); err != ErrRange {
			t.Errorf("read %d at %d: %v", c.n, c.off, err)
		}
		if err := WriteFlash(make([]byte, c.n), c.off); err != ErrRange {
			t.Errorf("write %d at %d: %v", c.n, c.off, err)
		}
	}
	for _, c := range []struct{ off, n int64 }{{1, SectorSize}, {0, 1}, {0, -SectorSize}, {FlashSize(), SectorSize}} {
		if err := EraseFlash(c.off, c.n); err != ErrRange {
			t.Errorf("erase %d at %d: %v", c.n, c.off, err)
		}
	}
}

func TestPins(t *testing.T) {
	if !ReadPin(9) {
		t.Error("inputs idle high")
	}
	changes := make(chan bool, 4)
	OnPin(func(pin uint8, level bool) {
		if pin == 9 {
			changes <- level
		}
	})
	Drive(9, false)
	Drive(9, false)
	Drive(9, true)
	for _, want := range []bool{false, true} {
		select {
		case got := <-changes:
			if got != want {
				t.Errorf("change to %v, want %v", got, want)
			}
		case <-time.After(time.Minute):
			t.Fatal("no change seen")
		}
	}
	SetPin(8, Output, true)
	if !ReadPin(8) {
		t.Error("an output reads what it drives")
	}
	SetPin(8, Input, false)
	if !ReadPin(8) {
		t.Error("an input reads the outside")
	}
	SetPin(200, Output, true)
	if ReadPin(200) {
		t.Error("a pin that does not exist reads high")
	}
}

func TestFrames(t *testing.T) {
	var w bytes.Buffer
	WriteFrame(&w, OpWrite, []byte{1, 2}, []byte{3})
	WriteFrame(&w, OpReset)
	var buf []byte
	if op, b, err := ReadFrame(&w, &buf); op != OpWrite || !bytes.Equal(b, []byte{1, 2, 3}) || err != nil {
		t.Error(op, b, err)
	}
	if op, b, err := ReadFrame(&w, &buf); op != OpReset || len(b) != 0 || err != nil {
		t.Error(op, b, err)
	}
	for _, bad := range [][]byte{{0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff, 1}, {2, 0, 0, 0, 1}, {1}} {
		if _, _, err := ReadFrame(bytes.NewReader(bad), &buf); err == nil {
			t.Errorf("% x was taken for a frame", bad)
		}
	}
}
