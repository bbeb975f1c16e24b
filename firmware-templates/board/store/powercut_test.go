package store

import (
	"fmt"
	"maps"
	"math/rand"
	"testing"
)

// A script that changes files of several sizes in a small window, so that
// sectors are used again and again.
type change struct {
	path string
	size int // -1: delete, -2: begin a write and leave it half done
	seed int64
}

var script = []change{
	{"/www/index.html", 900, 1},
	{"/www/style.css", 5000, 2},
	{"/www/index.html", 4200, 3},
	{"/www/data.bin", 13000, 4},
	{"/www/style.css", -1, 0},
	{"/www/index.html", 100, 5},
	{"/www/half", -2, 6},
	{"/www/data.bin", 12000, 7},
	{"/www/half", 9000, 6},
	{"/www/empty", 0, 8},
	{"/www/data.bin", -1, 0},
	{"/www/index.html", 8000, 9},
	{"/www/empty", 50, 10},
}

// run does the changes; before the one that failed is what there was until then.
func run(s *Store) (before, after map[string]string, err error) {
	before = map[string]string{}
	for _, c := range script {
		after = maps.Clone(before)
		switch c.size {
		case -1:
			delete(after, c.path)
			err = s.Delete([]byte(c.path))
		case -2:
			b := content(c.seed, 9000)
			h := hashOf(b)
			var at uint32
			if at, err = s.Begin([]byte(c.path), 9000, &h); err == nil && at < 6000 {
				err = s.Write(b[at:6000])
			}
		default:
			b := content(c.seed, c.size)
			after[c.path] = string(b)
			err = put(s, c.path, b, 700)
		}
		if err != nil {
			return before, after, err
		}
		before = after
	}
	return before, after, nil
}

func same(a, b map[string]string) bool { return maps.Equal(a, b) }

// TestPowerCuts cuts the power at every flash operation of the script, in
// several ways, and cuts it again at every operation of the mount that follows.
func TestPowerCuts(t *testing.T) {
	for _, block := range []int{1, 4} {
		t.Run(fmt.Sprintf("erases of up to %d sectors", block), func(t *testing.T) { testPowerCuts(t, block) })
	}
}

func testPowerCuts(t *testing.T, block int) {
	f := newNOR(12)
	f.block = block
	s := mount(t, f)
	want, _, err := run(s)
	if err != nil {
		t.Fatal(err)
	}
	if (f.blocks > 0) != (block > 1) {
		t.Fatalf("%d blocks were erased", f.blocks)
	}
	total, cuts := f.ops, 0
	ways := 7
	if testing.Short() {
		ways = 2
	}
	for cut := 1; cut <= total; cut++ {
		for way := range ways {
			f := newNOR(12)
			f.block = block
			f.cutAt = cut
			if way > 0 {
				f.torn = rand.New(rand.NewSource(int64(cut*100 + way)))
			}
			s, err := Mount(f, 64)
			if err != nil {
				t.Fatal(err)
			}
			before, after, err := run(s)
			if err == nil && f.ops >= cut {
				// The cut hit the clean-up after the last change, which tells nobody.
				before = after
			} else if err == nil {
				t.Fatal("the cut did not happen")
			}
			cuts++
			checkAfterCut(t, fmt.Sprintf("cut %d way %d", cut, way), f.again(), before, after, want)

			// The mount after a cut may be cut as well.
			for second := 1; ; second++ {
				g := f.again()
				g.mem = append([]byte(nil), f.mem...)
				g.cutAt, g.torn = second, rand.New(rand.NewSource(int64(second)))
				Mount(g, 64)
				if g.ops < second {
					break
				}
				cuts++
				checkAfterCut(t, fmt.Sprintf("cut %d way %d, then %d", cut, way, second), g.again(), before, after, want)
			}
		}
	}
	t.Logf("%d flash operations, %d cuts", total, cuts)
}

func checkAfterCut(t *testing.T, what string, f *nor, before, after, want map[string]string) {
	t.Helper()
	f.mem = append([]byte(nil), f.mem...)
	s := mount(t, f)
	got := all(t, s)
	if !same(got, before) && !same(got, after) {
		t.Fatalf("%s: neither old nor new: %s", what, names(got))
	}
	// What was mounted is what the next mount finds, and it can be written.
	g := f.again()
	g.mem = append([]byte(nil), f.mem...) // a store does not like another one on its flash
	if again := all(t, mount(t, g)); !same(got, again) {
		t.Fatalf("%s: another mount finds %s, not %s", what, names(again), names(got))
	}
	for path := range got {
		if err := s.Delete([]byte(path)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	end, _, err := run(s)
	if err != nil || !same(end, want) || !same(all(t, s), want) {
		t.Fatalf("%s: cannot be written any more: %v", what, err)
	}
	if !same(all(t, mount(t, f.again())), want) {
		t.Fatalf("%s: what was written afterwards is not there after a restart", what)
	}
}

func names(files map[string]string) (s string) {
	for path, b := range files {
		s += fmt.Sprintf(" %s(%d)", path, len(b))
	}
	return s
}

// FuzzMount mounts whatever there may be, and expects the store to work.
func FuzzMount(f *testing.F) {
	f.Add(int64(1), []byte{}, 0)
	f.Add(int64(2), []byte{0x48, 0x31, 5, 0}, 4096)
	for seed := range int64(60) {
		f.Add(seed, []byte{0}, int(seed%8)*SectorSize+4)
	}
	f.Fuzz(func(t *testing.T, seed int64, patch []byte, at int) {
		f := newNOR(8)
		f.block = 1 + 3*int(seed&1)
		rnd := rand.New(rand.NewSource(seed))
		if seed%3 == 0 {
			rnd.Read(f.mem)
		} else {
			s := mount(t, f)
			for i := range 6 {
				put(s, fmt.Sprintf("/f%d", i%4), content(seed+int64(i), rnd.Intn(9000)), 512)
			}
			if seed%3 == 1 {
				for range 5 {
					f.mem[rnd.Intn(len(f.mem))] ^= 1 << rnd.Intn(8)
					// Beginnings of sectors are where it hurts.
					f.mem[rnd.Intn(8)*SectorSize+rnd.Intn(256)] ^= 1 << rnd.Intn(8)
				}
			}
		}
		if at >= 0 && at < len(f.mem) {
			copy(f.mem[at:], patch)
		}
		s := mount(t, f.again())
		var info Info
		buf := make([]byte, 5000)
		for i := 0; s.At(i, &info); i++ {
			file, _ := s.OpenAt(i)
			for off := uint32(0); off < file.Size(); {
				n := file.ReadAt(buf, off)
				if n <= 0 {
					t.Fatal("cannot be read")
				}
				off += uint32(n)
			}
			file.Close()
		}
		if err := s.Format(); err != nil {
			t.Fatal(err)
		}
		if err := put(s, "/new", content(1, 20000), 512); err != nil {
			t.Fatal(err)
		}
		if got := all(t, mount(t, f.again())); len(got) != 1 || got["/new"] != string(content(1, 20000)) {
			t.Fatalf("not what was written: %s", names(got))
		}
	})
}
