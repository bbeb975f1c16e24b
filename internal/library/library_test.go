package library

import (
	"context"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"studioide/internal/problem"
)

// internet serves what hosts are asked for; all names lead to it.
func internet(t *testing.T, h http.HandlerFunc) Fetcher {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	address := s.Listener.Addr().String()
	return Fetcher{dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
}

func code(err error) string {
	var p *problem.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return fmt.Sprint(err)
}

const chart = "/* chart */ var Chart = function () {};"

func hash384(s string) string {
	sum := sha512.Sum384([]byte(s))
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

func TestFetch(t *testing.T) {
	f := internet(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		switch r.Host + r.URL.Path {
		case "cdn.example.com/chart.js", "cdn.example.com/npm/chart.js@4":
			h.Set("Content-Type", "application/javascript; charset=utf-8")
			fmt.Fprint(w, chart)
		case "cdn.example.com/moved.js":
			http.Redirect(w, r, "http://other.example.com/chart.js", http.StatusFound)
		case "other.example.com/chart.js":
			h.Set("Content-Type", "text/javascript")
			fmt.Fprint(w, chart)
		case "cdn.example.com/inside.js":
			http.Redirect(w, r, "http://192.168.1.1/admin.js", http.StatusFound)
		case "cdn.example.com/loop.js":
			http.Redirect(w, r, "/loop.js", http.StatusFound)
		case "cdn.example.com/file.js":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "cdn.example.com/page.js":
			h.Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!DOCTYPE html>")
		case "cdn.example.com/lie.js":
			h.Set("Content-Type", "text/javascript")
			fmt.Fprint(w, "\xEF\xBB\xBF <!DOCTYPE html>")
		case "cdn.example.com/huge.js":
			h.Set("Content-Type", "text/javascript")
			for range 3 << 10 {
				fmt.Fprint(w, strings.Repeat("x", 1024))
			}
		case "cdn.example.com/parts.js":
			h.Set("Content-Type", "text/javascript")
			fmt.Fprint(w, "import 'https://cdn.example.com/more.js';")
		default:
			http.NotFound(w, r)
		}
	})
	for _, test := range []struct {
		want Wanted
		name string // or an error's code
	}{
		{Wanted{Address: "http://cdn.example.com/chart.js", Kind: "script"}, "chart.js"},
		{Wanted{Address: "http://cdn.example.com/npm/chart.js@4", Kind: "script"}, "chart.js-4.js"},
		{Wanted{Address: "http://cdn.example.com/moved.js", Kind: "script"}, "moved.js"},
		{Wanted{Address: "http://cdn.example.com/chart.js", Kind: "script", Integrity: hash384(chart)}, "chart.js"},
		{Wanted{Address: "http://cdn.example.com/chart.js", Kind: "script", Integrity: "md5-x " + hash384(chart)}, "chart.js"},
		{Wanted{Address: "http://cdn.example.com/parts.js", Kind: "module"}, "parts.js"},

		{Wanted{Address: "http://cdn.example.com/chart.js", Kind: "script", Integrity: hash384("other")}, "library.integrity"},
		{Wanted{Address: "http://cdn.example.com/chart.js", Kind: "style"}, "library.kind"},
		{Wanted{Address: "http://cdn.example.com/inside.js", Kind: "script"}, "library.address"},
		{Wanted{Address: "http://cdn.example.com/file.js", Kind: "script"}, "library.address"},
		{Wanted{Address: "http://cdn.example.com/loop.js", Kind: "script"}, "library.unreachable"},
		{Wanted{Address: "http://cdn.example.com/page.js", Kind: "script"}, "library.kind"},
		{Wanted{Address: "http://cdn.example.com/lie.js", Kind: "script"}, "library.kind"},
		{Wanted{Address: "http://cdn.example.com/huge.js", Kind: "script"}, "library.too-large"},
		{Wanted{Address: "http://cdn.example.com/none.js", Kind: "script"}, "library.answer"},
		{Wanted{Address: "http://192.168.1.1/x.js", Kind: "script"}, "library.address"},
		{Wanted{Address: "http://localhost/x.js", Kind: "script"}, "library.address"},
		{Wanted{Address: "http://user:word@cdn.example.com/chart.js", Kind: "script"}, "library.address"},
		{Wanted{Address: "ftp://cdn.example.com/chart.js", Kind: "script"}, "library.address"},
		{Wanted{Address: "chart.js", Kind: "script"}, "library.address"},
	} {
		files, err := f.Fetch(context.Background(), test.want, nil)
		switch {
		case err != nil && code(err) != test.name, err == nil && (len(files) != 1 || files[0].Name != test.name):
			t.Errorf("%+v: %+v, %v", test.want, files, err)
		case err == nil && test.want.Kind == "module" && !slices.Equal(files[0].Left, []string{"https://cdn.example.com/more.js"}):
			t.Errorf("left %q", files[0].Left)
		}
	}
}

// What was asked for over a connection that nobody can change does not come over one that anybody can.
func TestFetchStaysSecure(t *testing.T) {
	plain := internet(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, "changed on the way")
	})
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/plain.js":
			http.Redirect(w, r, "http://example.com/chart.js", http.StatusFound)
		case "/secure.js":
			http.Redirect(w, r, "https://example.com/chart.js", http.StatusFound)
		default:
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, chart)
		}
	}))
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate()) // for example.com
	f := Fetcher{roots: roots, dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasSuffix(address, ":443") {
			return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
		}
		return plain.dial(ctx, network, address)
	}}
	for address, want := range map[string]string{"https://example.com/secure.js": "", "https://example.com/plain.js": "library.unreachable"} {
		files, err := f.Fetch(t.Context(), Wanted{Address: address, Kind: "script"}, nil)
		if want == "" && (err != nil || string(files[0].Content) != chart) || want != "" && code(err) != want {
			t.Errorf("%s: %v, %v", address, files, err)
		}
	}
}

// A style sheet brings its imports and fonts along, and names them as they lie beside it.
func TestFetchStyle(t *testing.T) {
	asked := map[string]int{}
	f := internet(t, func(w http.ResponseWriter, r *http.Request) {
		asked[r.Host+r.URL.Path]++
		h := w.Header()
		h.Set("Content-Type", "text/css")
		switch r.Host + r.URL.RequestURI() {
		case "fonts.example.com/css2?family=Roboto+Slab:wght@400":
			fmt.Fprint(w, "/* cyrillic */\n@font-face { font-family: 'Roboto'; src: url(http://static.example.com/c.woff2) format('woff2'); unicode-range: U+0400-045F; }\n"+
				"/* latin */\n@font-face { font-family: 'Roboto'; src: url(http://static.example.com/l.woff2) format('woff2'); unicode-range: U+0000-00FF, U+0131; }\n")
		case "fonts.example.com/a.css":
			fmt.Fprint(w, "@import \"sub/b.css\";\n@import url(b.css);\np { background: url('img/x.png') } q { background: url(data:image/gif;base64,AA) } r { fill: url(#g) }")
		case "fonts.example.com/sub/b.css", "fonts.example.com/b.css":
			fmt.Fprint(w, "@font-face { src: url('../f?v=1#iefix') } p { background: url(http://10.0.0.1/x.png) }")
		case "fonts.example.com/f?v=1":
			h.Set("Content-Type", "font/ttf")
			fmt.Fprint(w, "font")
		case "fonts.example.com/img/x.png":
			h.Set("Content-Type", "image/png")
			fmt.Fprint(w, "png")
		case "static.example.com/l.woff2", "static.example.com/c.woff2":
			h.Set("Content-Type", "font/woff2")
			fmt.Fprint(w, "woff2")
		case "fonts.example.com/round.css":
			fmt.Fprint(w, "@import 'round.css'; p { color: red }")
		default:
			http.NotFound(w, r)
		}
	})
	fetch := func(address string) (names []string, files []File) {
		t.Helper()
		files, err := f.Fetch(context.Background(), Wanted{Address: address, Kind: "style"}, func(string, int64, int64) {})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			names = append(names, file.Name)
		}
		return names, files
	}
	names, files := fetch("http://fonts.example.com/css2?family=Roboto+Slab:wght@400")
	if !slices.Equal(names, []string{"font-roboto-slab.css", "l.woff2"}) || strings.Contains(string(files[0].Content), "c.woff2") || !strings.Contains(string(files[0].Content), "url(l.woff2)") || !files[0].Changed {
		t.Errorf("%q %s", names, files[0].Content)
	}
	names, files = fetch("http://fonts.example.com/a.css")
	if !slices.Equal(names, []string{"a.css", "b.css", "f.ttf", "b-02.css", "x.png"}) {
		t.Errorf("%q", names)
	}
	if want := "@import \"b.css\";\n@import url(b-02.css);\np { background: url('x.png') } q { background: url(data:image/gif;base64,AA) } r { fill: url(#g) }"; string(files[0].Content) != want {
		t.Errorf("%s", files[0].Content)
	}
	if !strings.Contains(string(files[1].Content), "url('f.ttf#iefix')") || !slices.Equal(files[1].Left, []string{"http://10.0.0.1/x.png"}) || asked["10.0.0.1/x.png"] != 0 {
		t.Errorf("%s %q", files[1].Content, files[1].Left)
	}
	if names, _ := fetch("http://fonts.example.com/round.css"); !slices.Equal(names, []string{"round.css"}) {
		t.Errorf("%q", names)
	}
}

// The real dialer reaches nothing of this computer or its network, whatever a name says.
func TestGuard(t *testing.T) {
	hit := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit = true }))
	defer s.Close()
	u, _ := url.Parse(s.URL)
	if c, err := guarded.DialContext(context.Background(), "tcp", u.Host); !errors.Is(err, errNotPublic) {
		t.Errorf("%v %v", c, err)
	}
	if c, err := guarded.DialContext(context.Background(), "tcp", "localhost:"+u.Port()); !errors.Is(err, errNotPublic) {
		t.Errorf("%v %v", c, err)
	}
	if hit {
		t.Error("this computer was asked")
	}
	for address, want := range map[string]bool{"8.8.8.8": true, "2606:4700::1111": true, "127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.0.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "240.0.0.1": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fc00::1": false, "::ffff:127.0.0.1": false, "::ffff:100.64.0.1": false, "::ffff:8.8.8.8": true, "64:ff9b::a00:1": false, "2002:7f00:1::": false, "ff02::1": false} {
		if public(netip.MustParseAddr(address)) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
}

func TestFetchIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	f := internet(t, func(w http.ResponseWriter, r *http.Request) {
		cancel(problem.Cancelled)
		<-r.Context().Done()
	})
	if _, err := f.Fetch(ctx, Wanted{Address: "http://cdn.example.com/x.js", Kind: "script"}, nil); !errors.Is(err, problem.Cancelled) {
		t.Error(err)
	}
}
