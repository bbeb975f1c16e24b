package cable

import (
	"bytes"
	"fmt"
	"testing"

	"studioide/internal/devfs"
)

// Supply is a board's power, which a test lets fail.
type Supply struct {
	Connect    func(t testing.TB) *Talk          // opens the port and the link
	Restart    func(t testing.TB, k *Talk) *Talk // makes the board forget what it has erased, so that every push takes as many operations
	Operations func(t testing.TB) int            // on its flash, so far
	Cut        func(t testing.TB, after int)     // at the operation after so many
	Back       func(t testing.TB, k *Talk) *Talk // waits until the power has failed, and switches it on again
	Cuts       func(operations int) []int        // where to cut, of so many operations that a push takes; the last one is to bring the new file
}

// PowerCuts lets the power fail in the middle of erasing or programming: that
// leaves the old file or the new one, and a store that goes on working.
func PowerCuts(t *testing.T, s Supply) {
	t.Helper()
	const path = "/www/page.bin"
	version := func(n int) devfs.Local {
		b := Noise(20_000) // so long that a block is erased, once
		copy(b, fmt.Sprintf("version %d", n))
		for i := range b {
			b[i] ^= byte(n)
		}
		return devfs.Local{Path: path, Content: b}
	}
	k := s.Connect(t)
	k.Push(t, []devfs.Local{version(0)})
	k = s.Restart(t, k)
	before := s.Operations(t)
	k.Push(t, []devfs.Local{version(1)})
	operations := s.Operations(t) - before
	if operations < 10 {
		t.Fatalf("%d flash operations for a push", operations)
	}
	cuts := s.Cuts(operations)
	old, kept, replaced := version(1), 0, 0
	for n, cut := range cuts {
		next := version(n + 2)
		k = s.Restart(t, k)
		s.Cut(t, cut)
		_, err := devfs.Push(t.Context(), k.Files, []devfs.Local{next}, devfs.Options{})
		k = s.Back(t, k)
		list, listErr := k.Files.List(t.Context())
		if listErr != nil || len(list) != 1 {
			t.Fatalf("cut %d of %d: %v %v", cut, operations, list, listErr)
		}
		switch list[0].Hash {
		case devfs.Hash(old.Content):
			kept++
			if err == nil {
				t.Fatalf("cut %d: the push has succeeded, the file is the old one", cut)
			}
		case devfs.Hash(next.Content):
			replaced++
		default:
			t.Fatalf("cut %d of %d: neither the old file nor the new one", cut, operations)
		}
		var b bytes.Buffer
		if err := k.Files.Read(t.Context(), path, &b); err != nil || devfs.Hash(b.Bytes()) != list[0].Hash {
			t.Fatalf("cut %d of %d: its bytes are not what its hash says; %v", cut, operations, err)
		}
		k.Push(t, []devfs.Local{next})
		k.Has(t, []devfs.Local{next})
		old = next
	}
	t.Logf("%d flash operations for a push; of %d cuts, %d kept the old file and %d brought the new one", operations, len(cuts), kept, replaced)
	if kept != len(cuts)-1 || replaced != 1 {
		t.Errorf("want %d and 1", len(cuts)-1)
	}
}
