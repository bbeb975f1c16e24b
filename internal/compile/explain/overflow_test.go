package explain

import "testing"

// What tinygo build says of programs that are too large, and of others.
func TestOverflow(t *testing.T) {
	for _, c := range []struct {
		name, said string
		want       Over
		found      bool
	}{
		{"a Pico's memory", "program uses too much static RAM on this chip (RAM overflowed by 153128 bytes)\n", Over{Flash: false, Bytes: 153128}, true},
		{"a Pico's flash", "program too large for this chip (flash overflowed by 2754980 bytes)\n\toptimization guide: https://tinygo.org/docs/guides/optimizing-binaries/\n", Over{Flash: true, Bytes: 2754980}, true},
		{"both: flash is what counts", "program too large for this chip (flash overflowed by 5 bytes)\nprogram uses too much static RAM on this chip (RAM overflowed by 7 bytes)\n", Over{Flash: true, Bytes: 5}, true},
		{"an ESP32-C3's memory", "ld.lld-19: error: the .iram section overlaps with the stack used by the boot ROM, possibly causing corruption at startup\n", Over{}, true},
		{"regions that TinyGo does not know", "ld.lld: error: section '.rodata' will not fit in region 'DROM': overflowed by 11 bytes\nld.lld: error: section '.text' will not fit in region 'IROM': overflowed by 4096 bytes\n", Over{Flash: true, Bytes: 4096}, true},
		{"memory that it does not know", "ld.lld: error: section '.bss' will not fit in region 'DRAM': overflowed by 12 bytes\n", Over{Bytes: 12}, true},
		{"a mistake", "# studio/app\napp/main.go:6:2: undefined: prntln\n", Over{}, false},
		{"nothing", "", Over{}, false},
	} {
		if got, found := Overflow(c.said); got != c.want || found != c.found {
			t.Errorf("%s: %+v, %v", c.name, got, found)
		}
	}
}
