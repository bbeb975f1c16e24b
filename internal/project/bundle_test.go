package project

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// zipped makes a zip; a name with a slash at its end is a folder.
func zipped(t *testing.T, names ...string) []byte {
	t.Helper()
	return zipOf(t, func(z *zip.Writer) {
		for _, name := range names {
			put(t, z, &zip.FileHeader{Name: name, Method: zip.Deflate}, []byte("content of "+name))
		}
	})
}

func zipOf(t *testing.T, fill func(z *zip.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	fill(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func put(t *testing.T, z *zip.Writer, h *zip.FileHeader, content []byte) {
	t.Helper()
	w, err := z.CreateHeader(h)
	if err == nil && !strings.HasSuffix(h.Name, "/") {
		_, err = w.Write(content)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func paths(b *Bundle) (list []string) {
	for _, f := range b.Files {
		list = append(list, f.Path)
	}
	return list
}

func leftOut(b *Bundle) (list []string) {
	for _, l := range b.LeftOut {
		list = append(list, l.Path+" "+l.Why.Code)
	}
	return list
}

func TestZips(t *testing.T) {
	for what, c := range map[string]struct {
		names      []string
		want, left []string
		pages      bool
	}{
		"a project": {names: []string{"main.go", "www/led.html"}, want: []string{"main.go", "www/led.html"}},
		"in a folder, as Studio and GitHub make it": {names: []string{"led-main/", "led-main/main.go", "led-main/www/led.html"},
			want: []string{"main.go", "www/led.html"}},
		"in folders in folders": {names: []string{"a/b/main.go", "a/b/x.go", "a/README.md"}, want: []string{"main.go", "x.go"},
			left: []string{"a/README.md import.beside"}},
		"made on a Mac": {names: []string{"led/main.go", "led/.DS_Store", "__MACOSX/led/._main.go", "__MACOSX/._led", "led/www/cafe\u0301.html"},
			want: []string{"main.go", "www/caf\u00e9.html"}, left: []string{"led/.DS_Store name.bad", "__MACOSX name.bad"}},
		"made on Windows": {names: []string{`led\main.go`, `led\www\a.html`, `led\Thumbs.db`}, want: []string{"main.go", "www/a.html"},
			left: []string{"led/Thumbs.db name.bad"}},
		"names that Windows cannot have": {names: []string{"main.go", "www/aux.html", "www/a?.html", "www/b.", "www/ c"}, want: []string{"main.go"},
			left: []string{"www/aux.html name.bad", "www/a?.html name.bad", "www/b. name.bad", "www/ c name.bad"}},
		"a history of its own, and a repository": {names: []string{"main.go", ".studio/id", ".studio/snapshots/x.json", ".git/config", "node_modules/a/b.js"},
			want: []string{"main.go"}, left: []string{".studio name.bad", ".git name.bad", "node_modules name.bad"}},
		"pages only":              {names: []string{"site/index.html", "site/a.css", "site/code.py"}, pages: true, want: []string{"main.go", "www/index.html", "www/a.css"}, left: []string{"code.py import.program"}},
		"pages in www":            {names: []string{"www/index.html", "notes.txt"}, pages: true, want: []string{"main.go", "www/index.html"}, left: []string{"notes.txt import.beside"}},
		"an Arduino sketch":       {names: []string{"s/s.ino", "s/data/index.html", "s/data/a.js"}, pages: true, want: []string{"main.go", "www/a.js", "www/index.html"}, left: []string{"s.ino import.beside"}},
		"too deep and too long":   {names: []string{"main.go", strings.Repeat("d/", MaxDepth) + "x", strings.Repeat("n", MaxPath+1)}, want: []string{"main.go"}, left: []string{strings.Repeat("d/", MaxDepth) + "x name.bad", strings.Repeat("n", MaxPath+1) + " name.bad"}},
		"dots that mean nothing":  {names: []string{"./main.go", "./www//a.html"}, want: []string{"main.go", "www/a.html"}},
		"a folder called main.go": {names: []string{"www/a.html", "main.go/"}, pages: true, want: []string{"main.go", "www/a.html"}},
	} {
		b, err := ReadZip("LED lamp.zip", zipped(t, c.names...))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		want := slices.Sorted(slices.Values(c.want))
		if got := slices.Sorted(slices.Values(paths(b))); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		if got := leftOut(b); !slices.Equal(got, c.left) {
			t.Errorf("%s: left out %q, want %q", what, got, c.left)
		}
		if b.Pages != c.pages || b.Title != "LED lamp" {
			t.Errorf("%s: pages %v, title %q", what, b.Pages, b.Title)
		}
	}
}

func TestZipsThatAreRefused(t *testing.T) {
	link := func(name, to string) []byte {
		return zipOf(t, func(z *zip.Writer) {
			h := &zip.FileHeader{Name: name}
			h.SetMode(fs.ModeSymlink | 0o777)
			put(t, z, h, []byte(to))
		})
	}
	zeros := func(n int, files int) []byte {
		return zipOf(t, func(z *zip.Writer) {
			put(t, z, &zip.FileHeader{Name: "main.go"}, nil)
			for i := range files {
				put(t, z, &zip.FileHeader{Name: fmt.Sprintf("www/%d", i), Method: zip.Deflate}, make([]byte, n))
			}
		})
	}
	noise := make([]byte, 7<<20) // does not pack well enough to be a bomb
	for i := range noise {
		noise[i] = byte(i * i >> 8 * (i >> 3))
	}
	flagged := zipped(t, "main.go")
	for i := 0; i+10 < len(flagged); i++ { // encrypted, as both headers say
		if bytes.HasPrefix(flagged[i:], []byte("PK\x03\x04")) {
			flagged[i+6] |= 1
		}
		if bytes.HasPrefix(flagged[i:], centralHeader) {
			flagged[i+8] |= 1
		}
	}
	lies := bytes.Clone(zeros(4<<20, 1)) // says that it is short
	for i := 0; i+46 < len(lies); i++ {
		if bytes.HasPrefix(lies[i:], centralHeader) && binary.LittleEndian.Uint32(lies[i+24:]) == 4<<20 {
			binary.LittleEndian.PutUint32(lies[i+24:], 10)
		}
	}
	damaged := zipOf(t, func(z *zip.Writer) { put(t, z, &zip.FileHeader{Name: "main.go"}, []byte("package main")) })
	damaged[bytes.Index(damaged, []byte("package"))]++
	for what, c := range map[string]struct {
		zip  []byte
		code string
	}{
		"no zip":                      {[]byte("hello"), "import.no-zip"},
		"an empty file":               {nil, "import.no-zip"},
		"cut off":                     {zipped(t, "main.go")[:60], "import.no-zip"},
		"too large":                   {make([]byte, MaxZip+1), "import.too-large"},
		"an empty zip":                {zipped(t), "import.nothing"},
		"up":                          {zipped(t, "main.go", "../x"), "import.outside"},
		"up in the middle":            {zipped(t, "main.go", "www/../../x"), "import.outside"},
		"up, written for Windows":     {zipped(t, "main.go", `www\..\..\x`), "import.outside"},
		"absolute":                    {zipped(t, "main.go", "/etc/passwd"), "import.outside"},
		"absolute, of Windows":        {zipped(t, "main.go", `C:\x`), "import.outside"},
		"of another drive":            {zipped(t, "main.go", `\\host\share\x`), "import.outside"},
		"a link instead of a program": {link("main.go", "/etc/passwd"), "import.nothing"},
		"one name twice":              {zipped(t, "main.go", "www/a", "www/a"), "import.twice"},
		"one name, other dots":        {zipped(t, "main.go", "www/a", "www/./a"), "import.twice"},
		"case":                        {zipped(t, "main.go", "www/a.html", "www/A.html"), "import.twice"},
		"case of folders":             {zipped(t, "main.go", "www/a.html", "WWW/b.html"), "import.twice"},
		"accents":                     {zipped(t, "main.go", "www/\u00e9", "www/e\u0301"), "import.twice"},
		"a file that is a folder":     {zipped(t, "main.go", "www/a", "www/a/b"), "import.twice"},
		"two projects":                {zipped(t, "a/main.go", "b/main.go"), "import.several"},
		"nothing for a board":         {zipped(t, "notes.txt", "code.py"), "import.nothing"},
		"no UTF-8":                    {zipped(t, "main.go", "www/\xff\xfe.html"), "import.name"},
		"a password":                  {flagged, "import.password"},
		"damaged":                     {damaged, "import.damaged"},
		"a bomb":                      {zeros(7<<20, 1), "import.bomb"},
		"lies about its size":         {lies, "import.damaged"},
		"too much in all": {zipOf(t, func(z *zip.Writer) {
			put(t, z, &zip.FileHeader{Name: "main.go"}, nil)
			for i := range 10 {
				put(t, z, &zip.FileHeader{Name: fmt.Sprintf("www/%d", i), Method: zip.Deflate}, noise)
			}
		}), "import.too-large"},
		"too many":     {manyFiles(t, MaxFiles+1), "import.too-large"},
		"far too many": {manyFiles(t, mostPacked+1), "import.too-large"},
		"a strange way": {zipOf(t, func(z *zip.Writer) {
			w, err := z.CreateRaw(&zip.FileHeader{Name: "main.go", Method: 99, CompressedSize64: 3, UncompressedSize64: 3})
			if err != nil {
				t.Fatal(err)
			}
			w.Write([]byte("abc"))
		}), "import.damaged"},
	} {
		b, err := ReadZip("x.zip", c.zip)
		if err == nil {
			t.Errorf("%s: taken as %q", what, paths(b))
			continue
		}
		t.Run(what, func(t *testing.T) { wantCode(t, err, c.code) })
	}
}

func manyFiles(t *testing.T, n int) []byte {
	return zipOf(t, func(z *zip.Writer) {
		put(t, z, &zip.FileHeader{Name: "main.go"}, nil)
		for i := range n {
			put(t, z, &zip.FileHeader{Name: fmt.Sprintf("www/%d", i)}, nil)
		}
	})
}

// Sizes in the 64-bit form are read as others are; absurd ones are left out.
func TestZip64(t *testing.T) {
	absurd := zipOf(t, func(z *zip.Writer) {
		put(t, z, &zip.FileHeader{Name: "main.go"}, []byte("package main"))
		w, err := z.CreateRaw(&zip.FileHeader{Name: "www/big", Method: zip.Store, CompressedSize64: 5 << 32, UncompressedSize64: 5 << 32})
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("x"))
	})
	b, err := ReadZip("x.zip", absurd)
	if err != nil {
		t.Fatal(err)
	}
	if got := leftOut(b); len(b.Files) != 1 || !slices.Equal(got, []string{"www/big file.too-large"}) {
		t.Errorf("%q, left out %q", paths(b), got)
	}
}

// A zip that Studio has made gives the same project again, which nobody trusts and which has no past.
func TestExportAndImport(t *testing.T) {
	s := testStore(t)
	p, err := s.Create("led", "My lamp")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	write(t, p, "studio.json", `{"title": "My lamp", "board": "pico", "author": "Ada", "mine": [1, 2]}`)
	write(t, p, "www/Zürich.html", "<p>ü</p>")
	if _, err := p.Snapshot(Reason{Why: WhyRun}); err != nil {
		t.Fatal(err)
	}
	if err := p.SetMark(strings.Repeat("ab", 16)); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(p.Dir, ".secret"), []byte("x"), 0o600)
	os.Symlink("/etc/passwd", filepath.Join(p.Dir, "www", "link.html"))
	var packed bytes.Buffer
	if err := p.Export(&packed); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "My-lamp/") || strings.Contains(f.Name, "/.") || strings.Contains(f.Name, "link") {
			t.Errorf("%s is in the zip", f.Name)
		}
		if time.Since(f.Modified) > time.Hour {
			t.Errorf("%s is of %v", f.Name, f.Modified)
		}
	}
	b, err := ReadBundle("My-lamp.zip", packed.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if b.Title != "My lamp" || b.Author != "Ada" || b.Board != "pico" || len(b.LeftOut) != 0 {
		t.Errorf("%q, %q, %q, %q", b.Title, b.Author, b.Board, leftOut(b))
	}
	again, err := s.Import(b, "")
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Name != "My-lamp-2" || again.Meta().Title != "My lamp 2" || !strings.Contains(read(t, again, "studio.json"), `"mine"`) {
		t.Errorf("%s: %s", again.Name, read(t, again, "studio.json"))
	}
	for _, f := range p.State().Files {
		if f.Path != metaFile && read(t, again, f.Path) != read(t, p, f.Path) {
			t.Errorf("%s is another one", f.Path)
		}
	}
	if len(again.State().Files) != len(p.State().Files) {
		t.Errorf("%d files of %d", len(again.State().Files), len(p.State().Files))
	}
	if id, _ := again.Identity(); id.Mark != "" {
		t.Error("it has the mark of the other")
	}
	if list, _ := again.Snapshots(); len(list) != 0 {
		t.Error("it has a past")
	}
	copied, err := s.Duplicate(p, "Another lamp")
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if read(t, copied, "www/Zürich.html") != "<p>ü</p>" || copied.Meta().Title != "Another lamp" || copied.Meta().Board != "pico" || copied.Name != "Another-lamp" {
		t.Errorf("%+v", copied.Meta())
	}
	if id, _ := copied.Identity(); id.Mark != "" {
		t.Error("the copy has the mark of the other")
	}
	if left, _ := filepath.Glob(filepath.Join(s.Dir, halfMade+"*")); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
}
