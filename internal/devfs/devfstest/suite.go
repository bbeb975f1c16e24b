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
	ctx := context.Background()
	rnd := rand.New(rand.NewSource(1))
	noise := func(n int) []byte {
		b := make([]byte, n)
		rnd.Read(b)
		return b
	}
	read := func(t *testing.T, fs devfs.FS, path string) []byte {
		t.Helper()
		var b bytes.Buffer
		if err := fs.Read(ctx, path, &b); err != nil {
			t.Fatalf("reading %s: %v", path, err)
		}
		return b.Bytes()
	}
	write := func(t *testing.T, fs devfs.FS, path string, content []byte) devfs.WriteResult {
		t.Helper()
		r, err := fs.Write(ctx, path, content, nil)
		if err != nil {
			t.Fatalf("writing %s (%d bytes): %v", path, len(content), err)
		}
		if got := read(t, fs, path); !bytes.Equal(got, content) {
			t.Fatalf("%s: wrote %d bytes, read %d others", path, len(content), len(got))
		}
		return r
	}
	code := func(err error) string {
		var p *problem.Problem
		if errors.As(err, &p) {
			return p.Code
		}
		return fmt.Sprint(err)
	}

	t.Run("empty", func(t *testing.T) {
		fs := open(t)
		files, err := fs.List(ctx)
		if err != nil || len(files) != 0 {
			t.Fatalf("list: %v, %v", files, err)
		}
		root, err := fs.Root(ctx)
		if err != nil || root.Count != 0 || root.Hash != devfs.RootHash(nil) {
			t.Fatalf("root: %+v, %v", root, err)
		}
		if _, free, err := fs.Usage(ctx); err != nil || free < 1<<20 {
			t.Fatalf("%d bytes free, %v", free, err)
		}
		if err := fs.Read(ctx, "/www/none.html", &bytes.Buffer{}); code(err) != "board.not-found" {
			t.Fatalf("reading nothing: %v", err)
		}
		if err := fs.Remove(ctx, "/www/none.html"); err != nil {
			t.Fatalf("removing nothing: %v", err)
		}
	})
	t.Run("sizes", func(t *testing.T) {
		fs := open(t)
		for _, n := range []int{0, 1, 255, 256, 4095, 4096, 4097, 8192, 40_000} {
			write(t, fs, fmt.Sprintf("/www/%d.bin", n), noise(n))
			write(t, fs, fmt.Sprintf("/www/%d.txt", n), bytes.Repeat([]byte("<p>hello</p>\n"), n/13))
		}
		files, err := fs.List(ctx)
		if err != nil || len(files) != 18 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		root, err := fs.Root(ctx)
		if err != nil || root.Count != 18 || root.Hash != devfs.RootHash(files) {
			t.Fatalf("root %+v, %v; want hash %s", root, err, devfs.RootHash(files))
		}
	})
	t.Run("replaced", func(t *testing.T) {
		fs := open(t)
		old := noise(30_000)
		write(t, fs, "/www/a.bin", old)
		if _, err := fs.List(ctx); err != nil { // lets the file system know what is there
			t.Fatal(err)
		}
		edited := bytes.Clone(old)
		edited[17_000] ^= 1
		write(t, fs, "/www/a.bin", edited)
		inserted := append(append(append([]byte{}, edited[:9000]...), 'x'), edited[9000:]...)
		write(t, fs, "/www/a.bin", inserted)
		write(t, fs, "/www/a.bin", inserted[5000:])
		write(t, fs, "/www/a.bin", append(inserted[5000:], inserted...))
		write(t, fs, "/www/a.bin", nil)
	})
	t.Run("list changes", func(t *testing.T) {
		fs := open(t)
		write(t, fs, "/www/b.html", []byte("b"))
		write(t, fs, "/www/a.html", []byte("a"))
		write(t, fs, "/data", []byte("program's own"))
		if err := fs.Remove(ctx, "/www/b.html"); err != nil {
			t.Fatal(err)
		}
		files, err := fs.List(ctx)
		if err != nil || len(files) != 2 || files[0].Path != "/data" || files[1].Path != "/www/a.html" ||
			files[1].Size != 1 || files[1].Hash != devfs.Hash([]byte("a")) {
			t.Fatalf("%+v, %v", files, err)
		}
		if err := fs.Format(ctx); err != nil {
			t.Fatal(err)
		}
		if files, err := fs.List(ctx); err != nil || len(files) != 0 {
			t.Fatalf("after format: %+v, %v", files, err)
		}
	})
	t.Run("names", func(t *testing.T) {
		fs := open(t)
		for _, path := range []string{"", "x", "/", "//x", "/a/../b", "/./x", "/x/", "/a\nb", "/\xff", "/" + strings.Repeat("x", 96)} {
			if _, err := fs.Write(ctx, path, []byte("x"), nil); !strings.HasPrefix(code(err), "path.") {
				t.Errorf("%q: %v", path, err)
			}
		}
		for _, path := range []string{"/x", "/www/ä ö/ü.html", "/" + strings.Repeat("y", 95)} {
			write(t, fs, path, []byte(path))
		}
	})
	t.Run("too large", func(t *testing.T) {
		fs := open(t)
		_, free, err := fs.Usage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fs.Write(ctx, "/www/big", make([]byte, free+100_000), nil); code(err) != "board.no-space" {
			t.Fatalf("%v", err)
		}
		write(t, fs, "/www/small", []byte("still works"))
	})
	t.Run("progress", func(t *testing.T) {
		fs := open(t)
		var last int64
		if _, err := fs.Write(ctx, "/www/p.bin", noise(50_000), func(done, total int64) {
			if done < last || done > total || total != 50_000 {
				t.Errorf("progress %d of %d after %d", done, total, last)
			}
			last = done
		}); err != nil || last != 50_000 {
			t.Fatalf("%v, told %d bytes", err, last)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		fs := open(t)
		before, content := noise(60_000), noise(60_000)
		write(t, fs, "/www/c.bin", before)
		stopped, cancel := context.WithCancel(ctx)
		_, err := fs.Write(stopped, "/www/c.bin", content, func(done, _ int64) {
			if done > 20_000 {
				cancel()
			}
		})
		cancel()
		if code(err) != "cancelled" {
			t.Fatalf("%v", err)
		}
		if got := read(t, fs, "/www/c.bin"); !bytes.Equal(got, before) {
			t.Fatal("the old file is not there any more")
		}
		write(t, fs, "/www/c.bin", content)
	})
	t.Run("push", func(t *testing.T) {
		fs := open(t)
		local := []devfs.Local{
			{Path: "/www/index.html", Content: []byte("<!DOCTYPE html>")},
			{Path: "/www/a.js", Content: noise(20_000)},
			{Path: "/www/empty.css"},
		}
		push := func(sent, same, extra int) {
			t.Helper()
			r, err := devfs.Push(ctx, fs, local, devfs.Options{})
			if err != nil || len(r.Sent) != sent || r.Same != same || len(r.Extra) != extra {
				t.Fatalf("%+v, %v; want %d sent, %d same, %d extra", r, err, sent, same, extra)
			}
			for _, l := range local {
				if got := read(t, fs, l.Path); !bytes.Equal(got, l.Content) {
					t.Fatalf("%s differs", l.Path)
				}
			}
		}
		push(3, 0, 0)
		push(0, 3, 0)
		local[1].Content = append(noise(10), local[1].Content...)
		push(1, 2, 0)
		write(t, fs, "/www/old.html", []byte("x"))
		write(t, fs, "/log", []byte("not a web file"))
		push(0, 3, 1)
	})
}
