package check

import (
	"strings"
	"testing"

	"studioide/internal/api"
)

// What a page needs from the internet is told before it fails, at the address.
func TestInternet(t *testing.T) {
	for _, test := range []struct {
		file, content string
		want          []string // line, kind of help ("fetch" or ""), a part of the text
	}{
		{"www/index.html", "<!DOCTYPE html>\n<script src=\"https://cdn.jsdelivr.net/npm/chart.js\"></script>", []string{"2 fetch chart.js lies on the internet (cdn.jsdelivr.net)"}},
		{"www/index.html", "<link rel=stylesheet href='//cdn.example.com/a.css?x=1&amp;y=2'>", []string{"1 fetch a.css"}},
		{"www/index.html", "<link rel=\"icon\" href=\"https://example.com/i.png\">\n<img src=https://example.com/x.jpg>", []string{"1 fetch i.png", "2 fetch x.jpg"}},
		{"www/index.html", "<style>\n@import url(\"https://fonts.googleapis.com/css2?family=Roboto\");\np { background: url(https://example.com/b.png) }\n</style>", []string{"2 fetch css2", "3 fetch b.png"}},
		{"www/index.html", "<p style=\"background:url('https://example.com/c.png')\">", []string{"1 fetch c.png"}},
		{"www/index.html", "<script type=module>\nimport { a } from 'https://esm.sh/a.js';\nconst b = await import('https://esm.sh/b.js');\n</script>", []string{"2 fetch a.js", "3 fetch b.js"}},
		{"www/index.html", "<script type=importmap>{\"imports\": {\"three\": \"https://unpkg.com/three.js\"}}</script>", []string{"1 fetch three.js"}},
		{"www/index.html", "<link rel=modulepreload href=https://esm.example.com/m.js>", []string{"1 fetch m.js"}},
		{"www/index.html", "<iframe src=https://example.com/></iframe>", []string{"1  example.com"}},
		{"www/index.html", "<button onclick=\"fetch('https://api.example.com/x')\">", []string{"1  api.example.com"}},
		{"www/look.css", "@import 'https://fonts.invalid/one.css';\n@font-face { font-family: x;\n src: url(https://fonts.invalid/x.woff2) }", []string{"1 fetch one.css", "3 fetch x.woff2"}},
		{"www/app.js", "// fetch('https://no.example.com')\nfetch('https://api.example.com/weather');\nnew WebSocket(`wss://echo.example.com/`);\nx.open('GET', 'https://api.example.com/y');", []string{"2  api.example.com", "3  echo.example.com", "4  api.example.com"}},
		{"www/work.js", "importScripts('https://cdn.example.com/w.js');", []string{"1 fetch w.js"}},

		{"www/index.html", "<a href=\"https://example.com\">x</a><link rel=canonical href=https://example.com><link rel=preconnect href=https://fonts.gstatic.com><svg xmlns=\"http://www.w3.org/2000/svg\"></svg><!-- <script src=https://x.example/a.js></script> -->", nil},
		{"www/index.html", "<script src=app.js></script><img src=http://192.168.4.1/cam.jpg><script src=http://esp32.local/x.js></script><script>location.href = 'https://example.com'; var s = \"https://example.com/x.js\"; fetch('/x'); fetch(`https://${host}/x`)</script>", nil},
		{"www/look.css", "/* @import 'https://fonts.invalid/one.css'; */ p { background: url(data:image/png;base64,AA) }", nil},
		{"www/index.html", "<script src=\"https://{{ip}}.example/x.js\"></script><img src=\"https://$host.example/x.png\">", nil}, // somebody fills that in
		{"www/data.json", "{\"a\": \"https://example.com/a.js\"}", nil},
		{"main.go", "// https://example.com", nil},
	} {
		var got []string
		for _, p := range Internet(test.file, []byte(test.content)) {
			kind := ""
			if p.Library != "" {
				kind = "fetch"
			}
			got = append(got, itoa(p.Line)+" "+kind+" "+p.Text)
			if p.Severity != api.SeverityWarning || p.Code != "page.internet" || p.Help == "" || p.EndLine == 0 {
				t.Errorf("%+v", p)
			}
		}
		ok := len(got) == len(test.want)
		for i := range test.want {
			if ok {
				head, text := cutWant(test.want[i])
				ok = strings.HasPrefix(got[i], head) && strings.Contains(got[i], text)
			}
		}
		if !ok {
			t.Errorf("%s %q\ngot  %q\nwant %q", test.file, test.content, got, test.want)
		}
	}
}

// Names and addresses of this computer and its networks are not the internet's.
func TestOnInternet(t *testing.T) {
	for host, want := range map[string]bool{
		"example.com": true, "Example.COM.": true, "cdn.jsdelivr.net": true, "8.8.8.8": true, "[2606:4700::1111]": true, "local.example": true, "lan.example.org": true,
		"esp32": false, "localhost": false, "board.local": false, "BOARD.LOCAL.": false, "esp.lan": false, "nas.home": false, "fritz.box": false, "x.localdomain": false,
		"x.home.arpa": false, "a.localhost": false, "db.internal": false, "192.168.4.1": false, "10.0.0.1": false, "172.20.1.1": false, "127.0.0.1": false, "169.254.3.4": false,
		"0.0.0.0": false, "[::1]": false, "fe80::1": false, "fd00::1": false, "": false,
	} {
		if got := OnInternet(host); got != want {
			t.Errorf("%q is on the internet: %v", host, got)
		}
	}
}

// cutWant splits "2 fetch chart.js" into "2 fetch" and "chart.js".
func cutWant(want string) (head, text string) {
	parts := strings.SplitN(want, " ", 3)
	return parts[0] + " " + parts[1], parts[2]
}

func TestExternalPlaces(t *testing.T) {
	page := []byte("<script integrity=\"sha384-abc\" crossorigin src='https://cdn.example.com/a.js?x=1&amp;y=2'></script>")
	e := Externals("www/index.html", page)
	if len(e) != 1 || string(page[e[0].Start:e[0].End]) != "https://cdn.example.com/a.js?x=1&amp;y=2" || e[0].Address != "https://cdn.example.com/a.js?x=1&y=2" ||
		e[0].Integrity != "sha384-abc" || string(page[e[0].IntegrityStart:e[0].IntegrityEnd]) != "sha384-abc" {
		t.Errorf("%+v", e)
	}
	for host, want := range map[string]bool{"example.com": true, "8.8.8.8": true, "127.0.0.1": false, "localhost": false, "192.168.1.2": false, "10.0.0.1": false,
		"board": false, "board.local": false, "[::1]": false, "fe80::1": false, "[2001:4860:4860::8888]": true, "169.254.1.1": false, "": false, "EXAMPLE.COM.": true} {
		if OnInternet(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
}

func FuzzExternals(f *testing.F) {
	f.Add("<script src=https://a.b/c>")
	f.Add("<p style=\"@import url('//a.b')\">")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"a.html", "a.css", "a.js"} {
			for _, e := range Externals(name, []byte(text)) {
				if e.Start < 0 || e.End > len(text) || e.Start >= e.End {
					t.Fatalf("%+v", e)
				}
			}
		}
	})
}
