package virtual

import (
	"testing"
	"testing/synctest"
	"time"
)

// The times of FACTS: line rate, sector erase 45 ms, 64 KB erase 150 ms, page program 0.4 ms, MD5 2 MB/s.
func TestTiming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{Timing: true})
		h := connect(t, b)
		h.bootloader()
		h.attach()
		h.do(opChangeBaud, words(921600, 0))
		time.Sleep(50 * time.Millisecond) // as tools do: the board changes its rate once it has answered
		h.p.SetBaud(921600)

		measure := func(what string, want time.Duration, f func()) {
			t.Helper()
			begin := time.Now()
			f()
			if d := time.Since(begin); d < want || d > want+want/20+5*time.Millisecond {
				t.Errorf("%s took %v, want about %v", what, d, want)
			}
		}
		measure("erasing 5 sectors", 5*45*time.Millisecond, func() {
			h.do(opFlashBegin, words(5*4096, 5, 4096, 0x1000, 0))
		})
		measure("erasing 64 KB and 2 sectors", 150*time.Millisecond+2*45*time.Millisecond, func() {
			h.do(opFlashBegin, words(64<<10+2*4096, 5, 4096, 0xf000, 0))
		})
		p := make([]byte, 0x4000)
		line := time.Duration(0x4000+24) * perByte(921600)
		h.do(opFlashBegin, words(0x4000, 1, 0x4000, 0x100000, 0))
		measure("a block of 16 KB", line+64*400*time.Microsecond, func() { h.data(opFlashData, 0, p) })
		measure("MD5 of 1 MB", 500*time.Millisecond, func() { h.md5(0, 1<<20) })

		h.upload()
		h.do(opFlashBegin, words(0x8000, 2, 0x4000, 0x100000, 0))
		measure("the stub's first block", line, func() { h.data(opFlashData, 0, p) })
		// It erases and writes the first block while the second one comes in.
		measure("the stub's second block", 4*45*time.Millisecond+64*400*time.Microsecond, func() { h.data(opFlashData, 1, p) })
	})
}
