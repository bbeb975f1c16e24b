package devfs

import (
	"bytes"
	"crypto/sha256"
	"math/rand"
	"testing"

	"studio/link"
)

func blocksOf(old []byte, size int) (blocks []block) {
	for at := 0; at < len(old); at += size {
		b := old[at:min(at+size, len(old))]
		sum := sha256.Sum256(b)
		blocks = append(blocks, block{link.Adler32(1, b), [link.StrongSize]byte(sum[:link.StrongSize])})
	}
	return blocks
}

// check covers content with pieces and tells how many bytes have to be sent.
func check(t *testing.T, old, content []byte, size int) (literal int) {
	t.Helper()
	var got []byte
	for _, p := range diff(content, blocksOf(old, size), size, len(old)) {
		if p.at != len(got) || p.size <= 0 {
			t.Fatalf("piece %+v at %d", p, len(got))
		}
		if p.copied {
			got = append(got, old[p.from:p.from+p.size]...)
		} else {
			got = append(got, content[p.at:p.at+p.size]...)
			literal += p.size
		}
	}
	if !bytes.Equal(got, content) {
		t.Fatalf("%d bytes become %d others", len(content), len(got))
	}
	return literal
}

func TestDiffFindsWhatIsThere(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	old := make([]byte, 10_300)
	rnd.Read(old)
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	flipped := bytes.Clone(old)
	flipped[5000] ^= 1
	for _, c := range []struct {
		name    string
		content []byte
		most    int // bytes sent
	}{
		{"the same", old, 0},
		{"one byte changed", flipped, 1024},
		{"inserted at the start", cat([]byte("x"), old), 1},
		{"inserted", cat(old[:5000], []byte("hello"), old[5000:]), 1024 + 5},
		{"removed", cat(old[:5000], old[5100:]), 1024},
		{"appended", cat(old, []byte("tail")), 60 + 4}, // the short last block is not at the end any more
		{"cut", old[:7000], 7000 % 1024},
		{"turned round", cat(old[5120:10240], old[:5120], old[10240:]), 0},
		{"empty", nil, 0},
		{"zeros", make([]byte, 4096), 4096},
	} {
		if n := check(t, old, c.content, 1024); n > c.most {
			t.Errorf("%s: %d bytes to send, want at most %d", c.name, n, c.most)
		}
	}
	if n := len(diff(old, blocksOf(old, 1024), 1024, len(old))); n != 1 {
		t.Errorf("an unchanged file in %d pieces", n)
	}
}

func TestRollingSumRolls(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	b := make([]byte, 9000)
	rnd.Read(b)
	for _, size := range []int{1, 255, 4096} {
		var r rolling
		r.start(b[:size])
		for at := 0; ; at++ {
			if want := link.Adler32(1, b[at:at+size]); r.sum() != want {
				t.Fatalf("size %d at %d: %08x, want %08x", size, at, r.sum(), want)
			}
			if at+size == len(b) {
				break
			}
			r.roll(b[at], b[at+size])
		}
	}
}

func FuzzDiff(f *testing.F) {
	f.Add([]byte("abcdefghijklmnop"), []byte("xabcdefghijklmnopy"), uint8(4))
	f.Add(make([]byte, 100), make([]byte, 130), uint8(16))
	f.Fuzz(func(t *testing.T, old, content []byte, size uint8) {
		check(t, old, content, int(size)+1)
	})
}

func TestPack(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	noise := make([]byte, 4096)
	rnd.Read(noise)
	if encoding, data := pack(noise); encoding != link.EncodingRaw || !bytes.Equal(data, noise) {
		t.Error("noise is not sent as it is")
	}
	text := []byte("<!doctype html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\">\n")
	encoding, data := pack(text)
	var z link.Inflater
	out := make([]byte, 4096)
	n, ok := z.Inflate(out, data, link.Dictionary)
	if encoding != link.EncodingDeflate || !ok || !bytes.Equal(out[:n], text) || len(data) > 12 {
		t.Errorf("encoding %d, %d bytes, %v, %q", encoding, len(data), ok, out[:n])
	}
}

func TestPlan(t *testing.T) {
	local := []Local{{Path: "/www/a", Content: []byte("a")}, {Path: "/www/b", Content: []byte("new")}, {Path: "/www/c"}}
	board := []File{
		{"/www/a", 1, Hash([]byte("a"))}, {"/www/b", 3, Hash([]byte("old"))}, {"/www/x", 1, "00"}, {"/www/d/e", 1, "00"}, {"/log", 9, "00"},
	}
	changed, same, extra := Plan(local, board)
	if len(changed) != 2 || changed[0].Path != "/www/b" || changed[1].Path != "/www/c" ||
		len(same) != 1 || same[0].Path != "/www/a" ||
		len(extra) != 2 || extra[0].Path != "/www/d/e" || extra[1].Path != "/www/x" {
		t.Fatalf("changed %v, same %v, extra %v", changed, same, extra)
	}
}

// A Mac may write an accent as a character of its own, which boards do not: a file of that name is not the board's alone.
func TestPlanTakesAccentsHoweverWritten(t *testing.T) {
	local := []Local{{Path: "/www/gru\u0308n.txt", Content: []byte("a")}}
	changed, same, extra := Plan(local, []File{{"/www/gr\u00fcn.txt", 1, Hash([]byte("a"))}})
	if len(changed) != 0 || len(same) != 1 || len(extra) != 0 {
		t.Fatalf("changed %v, same %v, extra %v", changed, same, extra)
	}
}
