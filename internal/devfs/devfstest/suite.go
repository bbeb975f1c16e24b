package devfstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"studioide/internal/devfs"
	"studioide/internal/problem"
)

// Run checks that what open returns behaves as devfs.FS says. open gives an
// empty file system of at least 1 MB; it is called once per test.
func Run(t *testing.T, open func(t *testing.T) devfs.FS) {
	rnd := rand.New(rand.NewSource(1))
	for _, c := range []struct {
		name string
		run  func(s suite)
	}{
		{"empty", suite.empty},
		{"sizes", suite.sizes},
		{"replaced", suite.replaced},
		{"list changes", suite.listed},
		{"names", suite.names},
		{"too large", suite.tooLarge},
		{"progress", suite.told},
		{"cancelled", suite.cancelled},
		{"push", suite.pushed},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(suite{t, t.Context(), open(t), rnd}) })
	}
}

// suite is one test with its file system.
type suite struct {
	*testing.T
	ctx context.Context
	fs  devfs.FS
	rnd *rand.Rand
}

func (s suite) noise(n int) []byte {
	b := make([]byte, n)
	s.rnd.Read(b)
	return b
}

func (s suite) read(path string) []byte {
	s.Helper()
	var b bytes.Buffer
	if err := s.fs.Read(s.ctx, path, &b); err != nil {
		s.Fatalf("reading %s: %v", path, err)
	}
	return b.Bytes()
}

func (s suite) write(path string, content []byte) {
	s.Helper()
	if _, err := s.fs.Write(s.ctx, path, content, nil); err != nil {
		s.Fatalf("writing %s (%d bytes): %v", path, len(content), err)
	}
	if got := s.read(path); !bytes.Equal(got, content) {
		s.Fatalf("%s: wrote %d bytes, read %d others", path, len(content), len(got))
	}
}

func code(err error) string {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return fmt.Sprint(err)
}

func (s suite) empty() {
	files, err := s.fs.List(s.ctx)
	if err != nil || len(files) != 0 {
		s.Fatalf("list: %v, %v", files, err)
	}
	root, err := s.fs.Root(s.ctx)
	if err != nil || root.Count != 0 || root.Hash != devfs.RootHash(nil) {
		s.Fatalf("root: %+v, %v", root, err)
	}
	if _, free, err := s.fs.Usage(s.ctx); err != nil || free < 1<<20 {
		s.Fatalf("%d bytes free, %v", free, err)
	}
	if err := s.fs.Read(s.ctx, "/www/none.html", &bytes.Buffer{}); code(err) != "board.not-found" {
		s.Fatalf("reading nothing: %v", err)
	}
	if err := s.fs.Remove(s.ctx, "/www/none.html"); err != nil {
		s.Fatalf("removing nothing: %v", err)
	}
}

func (s suite) sizes() {
	for _, n := range []int{0, 1, 255, 256, 4095, 4096, 4097, 8192, 40_000} {
		s.write(fmt.Sprintf("/www/%d.bin", n), s.noise(n))
		s.write(fmt.Sprintf("/www/%d.txt", n), bytes.Repeat([]byte("<p>hello</p>\n"), n/13))
	}
	files, err := s.fs.List(s.ctx)
	if err != nil || len(files) != 18 {
		s.Fatalf("%d files, %v", len(files), err)
	}
	root, err := s.fs.Root(s.ctx)
	if err != nil || root.Count != 18 || root.Hash != devfs.RootHash(files) {
		s.Fatalf("root %+v, %v; want hash %s", root, err, devfs.RootHash(files))
	}
}

func (s suite) replaced() {
	old := s.noise(30_000)
	s.write("/www/a.bin", old)
	if _, err := s.fs.List(s.ctx); err != nil { // lets the file system know what is there
		s.Fatal(err)
	}
	edited := bytes.Clone(old)
	edited[17_000] ^= 1
	s.write("/www/a.bin", edited)
	inserted := append(append(append([]byte{}, edited[:9000]...), 'x'), edited[9000:]...)
	s.write("/www/a.bin", inserted)
	s.write("/www/a.bin", inserted[5000:])
	s.write("/www/a.bin", append(inserted[5000:], inserted...))
	s.write("/www/a.bin", nil)
}

func (s suite) listed() {
	s.write("/www/b.html", []byte("b"))
	s.write("/www/a.html", []byte("a"))
	s.write("/data", []byte("program's own"))
	if err := s.fs.Remove(s.ctx, "/www/b.html"); err != nil {
		s.Fatal(err)
	}
	files, err := s.fs.List(s.ctx)
	if err != nil || len(files) != 2 || files[0].Path != "/data" || files[1].Path != "/www/a.html" ||
		files[1].Size != 1 || files[1].Hash != devfs.Hash([]byte("a")) {
		s.Fatalf("%+v, %v", files, err)
	}
	if err := s.fs.Format(s.ctx); err != nil {
		s.Fatal(err)
	}
	if files, err := s.fs.List(s.ctx); err != nil || len(files) != 0 {
		s.Fatalf("after format: %+v, %v", files, err)
	}
}

func (s suite) names() {
	for _, path := range []string{"", "x", "/", "//x", "/a/../b", "/./x", "/x/", "/a\nb", "/\xff", "/" + strings.Repeat("x", 96)} {
		if _, err := s.fs.Write(s.ctx, path, []byte("x"), nil); !strings.HasPrefix(code(err), "path.") {
			s.Errorf("%q: %v", path, err)
		}
	}
	for _, path := range []string{"/x", "/www/ä ö/ü.html", "/" + strings.Repeat("y", 95)} {
		s.write(path, []byte(path))
	}
}

func (s suite) tooLarge() {
	_, free, err := s.fs.Usage(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	if _, err := s.fs.Write(s.ctx, "/www/big", make([]byte, free+100_000), nil); code(err) != "board.no-space" {
		s.Fatalf("%v", err)
	}
	s.write("/www/small", []byte("still works"))
}

func (s suite) told() {
	var last int64
	if _, err := s.fs.Write(s.ctx, "/www/p.bin", s.noise(50_000), func(done, total int64) {
		if done < last || done > total || total != 50_000 {
			s.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	}); err != nil || last != 50_000 {
		s.Fatalf("%v, told %d bytes", err, last)
	}
}

func (s suite) cancelled() {
	before, content := s.noise(60_000), s.noise(60_000)
	s.write("/www/c.bin", before)
	stopped, cancel := context.WithCancel(s.ctx)
	_, err := s.fs.Write(stopped, "/www/c.bin", content, func(done, _ int64) {
		if done > 20_000 {
			cancel()
		}
	})
	cancel()
	if code(err) != "cancelled" {
		s.Fatalf("%v", err)
	}
	if got := s.read("/www/c.bin"); !bytes.Equal(got, before) {
		s.Fatal("the old file is not there any more")
	}
	s.write("/www/c.bin", content)
}

func (s suite) pushed() {
	local := []devfs.Local{
		{Path: "/www/index.html", Content: []byte("<!DOCTYPE html>")},
		{Path: "/www/a.js", Content: s.noise(20_000)},
		{Path: "/www/empty.css"},
	}
	push := func(sent, same, extra int) {
		s.Helper()
		r, err := devfs.Push(s.ctx, s.fs, local, devfs.Options{})
		if err != nil || len(r.Sent) != sent || r.Same != same || len(r.Extra) != extra {
			s.Fatalf("%+v, %v; want %d sent, %d same, %d extra", r, err, sent, same, extra)
		}
		for _, l := range local {
			if got := s.read(l.Path); !bytes.Equal(got, l.Content) {
				s.Fatalf("%s differs", l.Path)
			}
		}
	}
	push(3, 0, 0)
	push(0, 3, 0)
	local[1].Content = append(s.noise(10), local[1].Content...)
	push(1, 2, 0)
	s.write("/www/old.html", []byte("x"))
	s.write("/log", []byte("not a web file"))
	push(0, 3, 1)
}
