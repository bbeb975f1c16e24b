package virtual

import "testing"

func TestBlankFrom(t *testing.T) {
	f, err := openFlash("", 4<<20)
	if err != nil {
		t.Fatal(err)
	}
	mark := func(off int64) {
		t.Helper()
		if _, err := f.program([]byte{0x7f}, off); err != nil {
			t.Fatal(err)
		}
	}
	mark(0x100000)
	mark(0x17ffff)
	for _, c := range []struct{ off, length, want int64 }{
		{0, 0x10000, 0x100000},
		{0, 0x100000, 0x100000},
		{0, 0x100001, 0},
		{0x80000, 0x1000, 0x80000},
		{0x100000, 1, 0},
		{0x100001, 0x10000, 0x70000}, // whole pieces of what was asked for
		{0x180000, 0x10000, 0x280000},
		{4<<20 - 0x1000, 0x1000, 0x1000},
	} {
		p := make([]byte, c.length)
		if err := f.read(p, c.off); err != nil {
			t.Fatal(err)
		}
		if n := f.blankFrom(p, c.off); n != c.want {
			t.Errorf("%#x bytes at %#x: blank for %#x, want %#x", c.length, c.off, n, c.want)
		}
	}
}
