package virtual

import (
	"testing"
	"time"
)

// Flashing 3 MB in process, through SLIP, checksums and a flash file.
func BenchmarkFlash3MB(b *testing.B) {
	data := content(3<<20, 1)
	packed := squeeze(data)
	for _, zip := range []bool{false, true} {
		b.Run(map[bool]string{false: "plain", true: "deflate, stub"}[zip], func(b *testing.B) {
			board, h := loading(b, Config{Dir: b.TempDir()})
			_ = board
			h.attach()
			if zip {
				h.upload()
			}
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if !zip {
					h.flash(0, data)
				} else {
					n := (len(packed) + 0x3fff) / 0x4000
					h.do(opDeflBegin, words(uint32(len(data)), uint32(n), 0x4000, 0))
					for i := range n {
						h.data(opDeflData, uint32(i), packed[i*0x4000:min(len(packed), (i+1)*0x4000)])
					}
					h.do(opDeflEnd, words(1))
				}
				if h.md5(0, uint32(len(data))) != md5hex(data) {
					b.Fatal("MD5")
				}
			}
		})
	}
}

// From reset to the program's first output.
func BenchmarkBoot(b *testing.B) {
	_, h := running(b, Config{Dir: b.TempDir()})
	for b.Loop() {
		h.reset()
		h.expect("hello")
	}
}

// A line to the program and back.
func BenchmarkEcho(b *testing.B) {
	_, h := running(b, Config{})
	for b.Loop() {
		h.line("echo x", "x")
	}
}

// A flash page written by the program.
func BenchmarkProgramWritesFlash(b *testing.B) {
	_, h := running(b, Config{Dir: b.TempDir()})
	begin := time.Now()
	for b.Loop() {
		h.line("fill 0xc00000 65536", "fill")
	}
	b.ReportMetric(float64(time.Since(begin).Microseconds())/float64(b.N)/256, "µs/page")
}
