package project

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	s := testStore(t)
	p, err := s.Create("led", "Lamp & <more>/all")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	link, err := p.Link()
	if err != nil || len(link) > 1000 {
		t.Fatalf("%d bytes, %v", len(link), err)
	}
	for _, text := range []string{link, "http://127.0.0.1:8080/" + link, "Look: http://localhost:1/x?y" + link + "\n", link[:50] + "\r\n " + link[50:], link + "=="} {
		b, err := ReadBundle("", []byte(text))
		if err != nil {
			t.Fatalf("%.60q: %v", text, err)
		}
		if b.Title != "Lamp & <more>/all" || len(b.Files) != len(p.State().Files) {
			t.Errorf("%.60q: %q, %q", text, b.Title, paths(b))
		}
		for _, f := range b.Files {
			if string(f.Content) != read(t, p, f.Path) {
				t.Errorf("%s is another one", f.Path)
			}
		}
	}
	noise := make([]byte, MaxLink)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	write(t, p, "www/noise.bin", string(noise))
	_, err = p.Link()
	wantCode(t, err, "share.too-large")
	write(t, p, "www/noise.bin", strings.Repeat("x", 6<<20)) // packs well, and would be a bomb
	_, err = p.Link()
	wantCode(t, err, "share.too-large")
}

func TestLinksThatAreRefused(t *testing.T) {
	packed := func(text string) string {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, flate.BestCompression)
		w.Write([]byte(text))
		w.Close()
		return linkMark + base64.RawURLEncoding.EncodeToString(b.Bytes())
	}
	good := packed(`{"title":"x","files":[{"path":"main.go","text":"package main"}]}`)
	if _, err := ReadLink(good); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string][2]string{
		"no link":       {"http://127.0.0.1:8080/", "share.none"},
		"nothing in it": {linkMark, "share.damaged"},
		"no base64":     {linkMark + "§§§§", "share.damaged"},
		"cut off":       {good[:len(good)-6], "share.damaged"},
		"no JSON":       {packed("hello"), "share.damaged"},
		"more behind":   {packed(`{"title":"x","files":[]} {}`), "share.damaged"},
		"too long":      {linkMark + strings.Repeat("A", MaxLink+1), "share.too-large"},
		"a bomb":        {packed(`{"title":"` + strings.Repeat("x", 4<<20) + `"}`), "share.too-large"},
		"up":            {packed(`{"files":[{"path":"main.go"},{"path":"../../x","text":"x"}]}`), "import.outside"},
		"absolute":      {packed(`{"files":[{"path":"main.go"},{"path":"/etc/x","text":"x"}]}`), "import.outside"},
		"twice":         {packed(`{"files":[{"path":"main.go"},{"path":"Main.go"}]}`), "import.twice"},
		"no program":    {packed(`{"files":[{"path":"x.txt"}]}`), "import.nothing"},
	} {
		_, err := ReadLink(c[0])
		t.Run(what, func(t *testing.T) { wantCode(t, err, c[1]) })
	}
	b, err := ReadLink(packed(`{"title":"x","files":[{"path":"main.go"},{"path":".studio/id","text":"abababababababababababababababab"},{"path":"www/aux.html"}]}`))
	if err != nil || len(b.Files) != 1 || len(b.LeftOut) != 2 {
		t.Errorf("%+v, %v", b, err)
	}
}
