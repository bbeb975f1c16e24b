package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand"
	"sort"
	"testing"
)

func hashOf(b []byte) (h [HashSize]byte) {
	sum := sha256.Sum256(b)
	copy(h[:], sum[:])
	return h
}

func content(seed int64, n int) []byte {
	b := make([]byte, n)
	rand.New(rand.NewSource(seed)).Read(b)
	return b
}

// put writes a file in pieces of the given size.
func put(s *Store, path string, b []byte, piece int) error {
	h := hashOf(b)
	at, err := s.Begin([]byte(path), uint32(len(b)), &h)
	if err != nil {
		return err
	}
	for rest := b[at:]; len(rest) > 0; {
		n := min(piece, len(rest))
		if err := s.Write(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return commit(s)
}

func commit(s *Store) error {
	for {
		if done, _, err := s.Commit(); done {
			return err
		}
	}
}

// all reads everything that is there, and checks the list's order and hashes.
func all(t *testing.T, s *Store) map[string]string {
	t.Helper()
	files := map[string]string{}
	last := ""
	var info Info
	for i := 0; s.At(i, &info); i++ {
		path := string(info.Path())
		if path <= last {
			t.Fatalf("%q after %q", path, last)
		}
		last = path
		f, ok := s.Open([]byte(path))
		if !ok || f.Size() != info.Size {
			t.Fatalf("%s: cannot be opened, or size %d, not %d", path, f.Size(), info.Size)
		}
		b := make([]byte, info.Size)
		for at := 0; at < len(b); {
			n := f.ReadAt(b[at:min(at+1000, len(b))], uint32(at))
			if n <= 0 {
				t.Fatalf("%s: read %d at %d", path, n, at)
			}
			at += n
		}
		f.Close()
		if hashOf(b) != info.Hash {
			t.Fatalf("%s: content and hash differ", path)
		}
		files[path] = string(b)
	}
	if len(files) != s.Count() {
		t.Fatalf("%d files listed, count is %d", len(files), s.Count())
	}
	return files
}

func mount(t *testing.T, f Flash) *Store {
	t.Helper()
	s, err := Mount(f, 64)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFilesOfAllSizes(t *testing.T) {
	f := newNOR(256)
	f.strict = func(m string) { t.Error(m) }
	s := mount(t, f)
	want := map[string]string{}
	for i, n := range []int{0, 1, 255, 256, 257, headRoom - 1, headRoom, headRoom + 1, headRoom + dataRoom - 1,
		headRoom + dataRoom, headRoom + dataRoom + 1, 100_000} {
		path := fmt.Sprintf("/www/file%d.txt", i)
		b := content(int64(i), n)
		if err := put(s, path, b, 1+i*37); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		want[path] = string(b)
	}
	for round := range 2 {
		got := all(t, s)
		if len(got) != len(want) {
			t.Fatalf("round %d: %d files, want %d", round, len(got), len(want))
		}
		for path, b := range want {
			if got[path] != b {
				t.Fatalf("round %d: %s is wrong", round, path)
			}
		}
		s = mount(t, f.again())
	}
}

func TestReadingSurvivesReplacement(t *testing.T) {
	s := mount(t, newNOR(8))
	old, new := content(1, 9000), content(2, 9000)
	if err := put(s, "/www/a", old, 500); err != nil {
		t.Fatal(err)
	}
	f, _ := s.Open([]byte("/www/a"))
	if err := put(s, "/www/a", new, 500); err != nil {
		t.Fatal(err)
	}
	for i := range 3 { // what is free is used again, but not what is being read
		if err := put(s, "/www/b", content(int64(i), 3000), 500); err != nil {
			t.Fatal(err)
		}
	}
	b := make([]byte, 9000)
	if n := f.ReadAt(b, 0); n != 9000 || !bytes.Equal(b, old) {
		t.Fatalf("read %d bytes, not the version that was opened", n)
	}
	if err := put(s, "/www/c", content(9, 3*SectorSize), 500); err != ErrSpace {
		t.Fatalf("sectors that are being read were given away: %v", err)
	}
	f.Close()
	if err := put(s, "/www/c", content(9, 2*SectorSize), 500); err != nil {
		t.Fatal(err)
	}
}

func TestResume(t *testing.T) {
	for _, reboot := range []bool{false, true} {
		for _, stop := range []int{0, 100, 300, 4000, 5000, 7920, 8000, 12000, 20000} {
			t.Run(fmt.Sprint(reboot, stop), func(t *testing.T) {
				f := newNOR(16)
				f.strict = func(m string) { t.Error(m) }
				s := mount(t, f)
				b := content(1, 20000)
				h := hashOf(b)
				if _, err := s.Begin([]byte("/a"), 20000, &h); err != nil {
					t.Fatal(err)
				}
				if err := s.Write(b[:stop]); err != nil {
					t.Fatal(err)
				}
				if reboot {
					s = mount(t, f.again())
				} else if err := put(s, "/b", content(2, 700), 99); err != nil {
					t.Fatal(err)
				}
				at, err := s.Begin([]byte("/a"), 20000, &h)
				if err != nil || int(at) > stop || stop-int(at) > 2*SectorSize || !reboot && stop-int(at) > PageSize {
					t.Fatalf("resumes at %d after %d: %v", at, stop, err)
				}
				if err := s.Write(b[at:]); err != nil {
					t.Fatal(err)
				}
				if err := commit(s); err != nil {
					t.Fatal(err)
				}
				if all(t, mount(t, f.again()))["/a"] != string(b) {
					t.Fatal("wrong content after a restart")
				}
			})
		}
	}
}

func TestCommitRefuses(t *testing.T) {
	s := mount(t, newNOR(8))
	old := content(1, 5000)
	if err := put(s, "/a", old, 256); err != nil {
		t.Fatal(err)
	}
	h := hashOf([]byte("something else"))
	s.Begin([]byte("/a"), 4, &h)
	if err := commit(s); err != ErrIncomplete {
		t.Fatalf("commit without content: %v", err)
	}
	if err := s.Write([]byte("12345")); err != ErrIncomplete {
		t.Fatalf("more than announced: %v", err)
	}
	if err := s.Write([]byte("1234")); err != nil {
		t.Fatal(err)
	}
	if err := commit(s); err != ErrHash {
		t.Fatalf("wrong content: %v", err)
	}
	if err := commit(s); err != ErrNotOpen {
		t.Fatalf("commit of nothing: %v", err)
	}
	if all(t, s)["/a"] != string(old) {
		t.Fatal("the old content is gone")
	}
}

func TestSameContentIsNotWritten(t *testing.T) {
	f := newNOR(8)
	s := mount(t, f)
	b := content(1, 5000)
	put(s, "/a", b, 256)
	before := f.ops
	if err := put(s, "/a", b, 256); err != nil || f.ops != before {
		t.Fatalf("%v, %d flash operations", err, f.ops-before)
	}
	s.Begin([]byte("/a"), 5000, ptr(hashOf(b)))
	s.Delete([]byte("/a"))
	if err := commit(s); err == nil || s.Count() != 0 {
		t.Fatalf("committed a deleted file: %v, %d files", err, s.Count())
	}
}

func ptr[T any](v T) *T { return &v }

func TestCommitIsOneSmallProgram(t *testing.T) {
	f := newNOR(8)
	s := mount(t, f)
	b := content(1, 300)
	h := hashOf(b)
	s.Begin([]byte("/a"), 300, &h)
	s.Write(b)
	before := f.ops
	if err := commit(s); err != nil {
		t.Fatal(err)
	}
	if n := f.ops - before; n != 2 { // the last page, the mark
		t.Fatalf("%d operations", n)
	}
}

func TestSpace(t *testing.T) {
	s := mount(t, newNOR(8))
	if s.Capacity() != headRoom+7*dataRoom {
		t.Fatal(s.Capacity())
	}
	if err := put(s, "/a", content(1, int(s.Capacity())+1), 4096); err != ErrSpace {
		t.Fatal(err)
	}
	full := content(1, int(s.Capacity()))
	if err := put(s, "/a", full, 4096); err != nil {
		t.Fatal(err)
	}
	if used, free := s.Usage(); used != 8*SectorSize || free != 0 {
		t.Fatal(used, free)
	}
	if err := put(s, "/b", nil, 1); err != ErrSpace {
		t.Fatal(err)
	}
	if err := s.Delete([]byte("/a")); err != nil {
		t.Fatal(err)
	}
	// An interrupted write gives way to a new one.
	h := hashOf(full)
	s.Begin([]byte("/x"), uint32(len(full)), &h)
	s.Write(full[:20000])
	if _, free := s.Usage(); free != headRoom+2*dataRoom {
		t.Log("free while writing:", free)
	}
	if err := put(s, "/y", content(3, 30000), 999); err != nil {
		t.Fatal(err)
	}
	if err := s.Format(); err != nil || s.Count() != 0 {
		t.Fatal(err)
	}
	if used, free := s.Usage(); used != 0 || free != s.Capacity() {
		t.Fatal(used, free)
	}
}

func TestManyFiles(t *testing.T) {
	f := newNOR(256)
	s := mount(t, f)
	var names []string
	for i := range 64 {
		names = append(names, fmt.Sprintf("/www/%x", sha256.Sum256([]byte{byte(i)})))
		if err := put(s, names[i], []byte(names[i]), 50); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := put(s, "/www/more", nil, 1); err != ErrFiles {
		t.Fatal(err)
	}
	if err := put(s, names[3], []byte("new"), 50); err != nil { // replacing one is no problem
		t.Fatal(err)
	}
	sort.Strings(names)
	s = mount(t, f.again())
	var info Info
	for i, name := range names {
		if !s.At(i, &info) || string(info.Path()) != name {
			t.Fatalf("%d: %s, want %s", i, info.Path(), name)
		}
	}
}

func TestPaths(t *testing.T) {
	for path, ok := range map[string]bool{
		"/a": true, "/www/é.html": true, "/" + string(bytes.Repeat([]byte("x"), 95)): true,
		"": false, "/": false, "a": false, "/a/": false, "//a": false, "/../a": false, "/a/.": false,
		"/a\x00": false, "/a\n": false, "/\xff": false, "/" + string(bytes.Repeat([]byte("x"), 96)): false,
	} {
		if ValidPath([]byte(path)) != ok {
			t.Errorf("%q: want %v", path, ok)
		}
	}
}

// A long file has blocks erased instead of sectors, what is left of them is
// used without another erase, and nothing that counts is touched.
func TestBlocksAreErased(t *testing.T) {
	f := newNOR(64)
	f.block = 16
	f.strict = func(msg string) { t.Fatal(msg) }
	for i := range f.mem {
		f.mem[i] = 0x55 // nothing is blank
	}
	s := mount(t, f)
	write := func(path string, sectors, erases, blocks int) {
		t.Helper()
		before, beforeBlocks := f.erased(), f.blocks
		if err := put(s, path, content(int64(len(path)), int(capacity(sectors))), 4096); err != nil {
			t.Fatal(err)
		}
		if e, b := f.erased()-before, f.blocks-beforeBlocks; e != erases || b != blocks {
			t.Errorf("%s of %d sectors: %d erased, %d blocks; want %d, %d", path, sectors, e, b, erases, blocks)
		}
	}
	write("/short", 3, 3, 0)
	write("/longer", 13, 16, 1)      // in the second block
	write("/little", 2, 0, 0)        // behind it
	write("/longest..", 18, 16+1, 1) // in what is left of it, the third block, and one sector of the fourth
	write("/rest.....", 5, 5, 0)     // no block is free any more
	if got := all(t, mount(t, f.again())); len(got) != 5 {
		t.Fatal(names(got))
	}
	if err := s.Format(); err != nil {
		t.Fatal(err)
	}
	write("/all", 60, 64, 4) // what was used is not blank
	if err := s.Format(); err != nil {
		t.Fatal(err)
	}
	f = f.again()
	s = mount(t, f)
	write("/after", 2, 2, 0) // and what was blank is not believed to be so still
	if got := all(t, mount(t, f.again())); len(got) != 1 || got["/after"] != string(content(6, int(capacity(2)))) {
		t.Fatal(names(got))
	}
}

// erased counts the sectors that were erased.
func (f *nor) erased() (n int) {
	for _, times := range f.erases {
		n += times
	}
	return n
}

func TestWearIsSpread(t *testing.T) {
	f := newNOR(64)
	s := mount(t, f)
	put(s, "/stays", content(1, 40000), 4096)
	for i := range 540 {
		if err := put(s, "/changes", content(int64(i), 300), 300); err != nil {
			t.Fatal(err)
		}
		if i%50 == 0 {
			s = mount(t, f.again())
		}
	}
	least, most := 1<<30, 0
	for i := range 64 {
		n := f.erases[i]
		if n > 1 {
			least, most = min(least, n), max(most, n)
		}
	}
	if most > least+4 {
		t.Fatalf("erases per sector from %d to %d", least, most)
	}
}

func TestNothingAllocatesWhileReading(t *testing.T) {
	s := mount(t, newNOR(64))
	put(s, "/www/a", content(1, 40000), 4096)
	buf := make([]byte, 1024)
	n := testing.AllocsPerRun(100, func() {
		f, _ := s.Open([]byte("/www/a"))
		for at := uint32(0); at < f.Size(); at += 1024 {
			f.ReadAt(buf, at)
		}
		f.Close()
	})
	if n != 0 {
		t.Fatalf("%v allocations", n)
	}
}

// A write that is resumed after a restart may go on in another sector than the
// one it was writing then. The two must not be confused afterwards.
func TestResumeInAnotherSector(t *testing.T) {
	f := newNOR(12)
	s := mount(t, f)
	x := content(3, 9000)
	h := hashOf(x)
	put(s, "/b", content(1, 100), 100)                // sector 0
	put(s, "/c", content(2, headRoom+9*dataRoom), 99) // sectors 1 to 10
	s.Delete([]byte("/c"))
	s.Begin([]byte("/x"), 9000, &h)           // sector 11
	if err := s.Write(x[:5000]); err != nil { // and 1
		t.Fatal(err)
	}
	s.Delete([]byte("/b"))
	s = mount(t, f.again())
	at, err := s.Begin([]byte("/x"), 9000, &h)
	if err != nil || at != headRoom {
		t.Fatal(at, err)
	}
	if err := s.Write(x[at:]); err != nil { // 0, the first that is free
		t.Fatal(err)
	}
	if err := commit(s); err != nil {
		t.Fatal(err)
	}
	if all(t, mount(t, f.again()))["/x"] != string(x) {
		t.Fatal("lost")
	}
}

// Files of the board's own are there for those who know them, also after a
// restart, and for nobody else.
func TestHiddenFiles(t *testing.T) {
	flash := newNOR(40)
	s, err := Mount(flash, 3)
	if err != nil {
		t.Fatal(err)
	}
	own := content(1, 90)
	keep := func(s *Store, b []byte) error {
		h := hashOf(b)
		if _, err := s.BeginHidden([]byte("/.own"), uint32(len(b)), &h); err != nil {
			return err
		}
		if err := s.Write(b); err != nil {
			return err
		}
		return commit(s)
	}
	for _, path := range []string{"/a", "/b", "/c"} { // all that there may be
		if err := put(s, path, content(2, 5000), 500); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // the same again, and another
		if err := keep(s, content(7, 200)); err != nil {
			t.Fatal(err)
		}
		if err := keep(s, own); err != nil {
			t.Fatal(err)
		}
	}
	check := func(s *Store, files int) {
		t.Helper()
		if got := all(t, s); len(got) != files || s.Count() != files {
			t.Fatal(got)
		}
		if _, found := s.Open([]byte("/.own")); found {
			t.Fatal("it can be opened")
		}
		if s.Delete([]byte("/.own")) != ErrPath {
			t.Fatal("it can be deleted")
		}
		h := hashOf(own)
		if _, err := s.Begin([]byte("/.own"), 90, &h); err != ErrPath {
			t.Fatal("it can be written", err)
		}
		f, found := s.OpenHidden([]byte("/.own"))
		if !found {
			t.Fatal("it is not there")
		}
		b := make([]byte, 200)
		if n := f.ReadAt(b, 0); !bytes.Equal(b[:n], own) {
			t.Fatalf("% x", b[:n])
		}
		f.Close()
	}
	check(s, 3)
	if s, err = Mount(flash, 3); err != nil {
		t.Fatal(err)
	}
	check(s, 3)
	if err := s.Format(); err != nil {
		t.Fatal(err)
	}
	check(s, 0)
	if s, err = Mount(flash, 3); err != nil {
		t.Fatal(err)
	}
	check(s, 0)
	if err := s.DeleteHidden([]byte("/.own")); err != nil {
		t.Fatal(err)
	}
	if s, err = Mount(flash, 3); err != nil {
		t.Fatal(err)
	}
	if _, found := s.OpenHidden([]byte("/.own")); found {
		t.Fatal("it is still there")
	}
}
