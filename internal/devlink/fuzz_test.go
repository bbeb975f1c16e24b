package devlink

import "testing"

func FuzzHello(f *testing.F) {
	f.Add([]byte("\x01\x07virtual\x011\x03led\x0200\x00\x00\x00\x00\x00\xfd\x1f\x04\x00\x01\x00\x10\x40\x00\x00\x00\x40\x00"))
	f.Add([]byte("\x01\x04pico\x011\x03led\x0200\x00\x00\x00\x00\x04\xfd\x1f\x04\x00\x01\x00\x10\x40\x00\x00\x00\x40\x00\x08panic: x\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, ok := decodeHello(b)
		if ok && (len(h.Board) > 255 || h.MaxRecord < 0 || h.FilesCap < 0 || h.Uptime < 0) {
			t.Fatalf("%+v", h)
		}
	})
}
