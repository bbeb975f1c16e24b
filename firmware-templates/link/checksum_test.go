package link

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"hash/adler32"
	"hash/crc32"
	"io"
	"math/rand"
	"testing"
)

func TestChecksumsAgreeWithTheStandardLibrary(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for n := 0; n < 300; n++ {
		b := make([]byte, rnd.Intn(12000>>(n%8)))
		rnd.Read(b)
		var crc uint32
		adler := uint32(1)
		var s SHA256
		s.Reset()
		for rest := b; len(rest) > 0; {
			k := 1 + rnd.Intn(len(rest))
			crc, adler = CRC32(crc, rest[:k]), Adler32(adler, rest[:k])
			s.Add(rest[:k])
			if n%3 == 0 {
				s.Sum(make([]byte, 16)) // looking does not disturb
			}
			rest = rest[k:]
		}
		if want := crc32.ChecksumIEEE(b); crc != want {
			t.Fatalf("CRC-32 of %d bytes: %08x, want %08x", len(b), crc, want)
		}
		if want := adler32.Checksum(b); adler != want {
			t.Fatalf("Adler-32 of %d bytes: %08x, want %08x", len(b), adler, want)
		}
		var got [32]byte
		s.Sum(got[:])
		if want := sha256.Sum256(b); got != want {
			t.Fatalf("SHA-256 of %d bytes: %x, want %x", len(b), got, want)
		}
	}
}

// deflate compresses with Go's own library: the other side of the test.
func deflate(t testing.TB, b []byte, level int, dict string) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriterDict(&out, level, []byte(dict))
	if err != nil {
		t.Fatal(err)
	}
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func TestInflateUndoesDeflate(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	var z Inflater
	dst := make([]byte, 5000)
	for n := 0; n < 400; n++ {
		b := make([]byte, rnd.Intn(len(dst)))
		for i := range b {
			switch n % 4 {
			case 0:
				b[i] = byte(rnd.Intn(256))
			case 1:
				b[i] = "etaoin shrdlu\n"[rnd.Intn(14)]
			case 2:
				b[i] = Dictionary[(n*100+i)%len(Dictionary)]
			}
		}
		dict := ""
		if n&1 == 0 {
			dict = Dictionary
		}
		packed := deflate(t, b, n%12-2, dict) // Huffman only to best
		got, ok := z.Inflate(dst[:len(b)], packed, dict)
		if !ok || !bytes.Equal(dst[:got], b) {
			t.Fatalf("case %d: %d bytes, ok %v, got %d", n, len(b), ok, got)
		}
		if len(b) > 0 {
			if _, ok := z.Inflate(dst[:len(b)-1], packed, dict); ok {
				t.Fatalf("case %d: fits where it cannot fit", n)
			}
			if _, ok := z.Inflate(dst, packed[:len(packed)-1], dict); ok {
				t.Fatalf("case %d: half a stream is taken as whole", n)
			}
		}
	}
}

func FuzzInflate(f *testing.F) {
	f.Add([]byte{0x4b, 0x4c, 0x04, 0x00})
	f.Add(deflate(f, []byte("hello hello hello, <!DOCTYPE html>"), 9, Dictionary))
	f.Add([]byte{0x05, 0xe0, 0x81, 0x08, 0x00, 0x00})
	f.Fuzz(func(t *testing.T, src []byte) {
		var z Inflater
		buf := make([]byte, 2100)
		for i := range buf {
			buf[i] = 0xa5
		}
		n, ok := z.Inflate(buf[:2000], src, Dictionary)
		for _, c := range buf[2000:] {
			if c != 0xa5 {
				t.Fatal("wrote beyond the buffer")
			}
		}
		r := flate.NewReaderDict(bytes.NewReader(src), []byte(Dictionary))
		want, err := io.ReadAll(io.LimitReader(r, 2001))
		if ok && (err != nil || !bytes.Equal(want, buf[:n])) {
			t.Fatalf("took %x as %q; the standard library says %q, %v", src, buf[:n], want, err)
		}
		if !ok && err == nil && len(want) <= 2000 {
			t.Fatalf("refused %x, which is %q", src, want)
		}
	})
}
