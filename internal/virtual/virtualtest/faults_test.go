package virtualtest

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"studioide/internal/virtual"
)

// raw writes two pages with the ROM's commands, blind: it waits for the board
// to get there or to fail.
func raw(ctx context.Context, b *virtual.Board) error {
	p, err := b.Open()
	if err != nil {
		return err
	}
	defer p.Close()
	p.SetLines(false, true)
	p.SetLines(true, false)
	p.SetLines(false, false)
	word := func(v uint32) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)} }
	words := func(v ...uint32) (b []byte) {
		for _, w := range v {
			b = append(b, word(w)...)
		}
		return b
	}
	send := func(op byte, check byte, data []byte) {
		b := append([]byte{0xc0, 0, op, byte(len(data)), byte(len(data) >> 8), check, 0, 0, 0}, data...)
		p.Write(append(b, 0xc0))
	}
	block := append(words(512, 0, 0, 0), make([]byte, 512)...)
	send(0x0d, 0, words(0, 0))
	send(0x02, 0, words(512, 1, 512, 0, 0))
	send(0x03, 0xef, block)
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(time.Millisecond) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if b.FlashWrites() == 3 {
			return nil
		}
	}
	return errors.New("the board does nothing")
}

func board(t testing.TB) *virtual.Board {
	b, err := virtual.Start(virtual.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPowerCuts(t *testing.T) {
	var seen []int
	cuts := PowerCuts(t, Options{}, board, raw, func(t testing.TB, b *virtual.Board, n int64) {
		var p [512]byte
		b.ReadFlash(p[:], 0)
		seen = append(seen, bytes.Count(p[:], []byte{0}))
		if b.State() == virtual.StateOff {
			t.Error("check sees a board without power")
		}
	})
	// one erase, two pages, and the time when all is done
	if cuts != 3 || len(seen) != 4 || seen[0] != 0 || seen[1] != 0 || seen[2] != 256 || seen[3] != 512 {
		t.Errorf("%d cuts leave %v", cuts, seen)
	}
}

func TestUnplugs(t *testing.T) {
	checks := 0
	n := Unplugs(t, Options{}, board, raw, func(t testing.TB, b *virtual.Board, n int64) {
		checks++
		p, err := b.Open()
		if err != nil {
			t.Errorf("after %d: %v", n, err)
			return
		}
		p.Close()
	})
	if n != 1 || checks != 2 {
		t.Errorf("%d unpluggings, %d checks", n, checks)
	}
}
