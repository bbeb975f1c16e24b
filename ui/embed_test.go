package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHandler(t *testing.T) {
	h := handler{fstest.MapFS{
		"index.html":            {Data: []byte("<!doctype html>")},
		"README":                {Data: []byte("not for visitors")},
		"assets/main-AB.js":     {Data: []byte("let long = 1")},
		"assets/main-AB.js.gz":  {Data: []byte("packed")},
		"assets/large-AB.js.gz": {Data: gzipped(t, "let large = 1")},
		"assets/bad-AB.js.gz":   {Data: []byte("not packed")},
	}}
	for _, c := range []struct {
		method, path, accept         string
		status                       int
		body, kind, encoding, cached string
	}{
		{"GET", "/", "gzip", 200, "<!doctype html>", "text/html; charset=utf-8", "", "no-cache"},
		{"GET", "/assets/main-AB.js", "br, gzip;q=0.8", 200, "packed", "text/javascript; charset=utf-8", "gzip", "public, max-age=31536000, immutable"},
		{"GET", "/assets/main-AB.js", "gzip;q=0", 200, "let long = 1", "text/javascript; charset=utf-8", "", "public, max-age=31536000, immutable"},
		{"GET", "/assets/main-AB.js", "", 200, "let long = 1", "text/javascript; charset=utf-8", "", "public, max-age=31536000, immutable"},
		{"GET", "/assets/large-AB.js", "gzip", 200, string(gzipped(t, "let large = 1")), "text/javascript; charset=utf-8", "gzip", "public, max-age=31536000, immutable"},
		{"GET", "/assets/large-AB.js", "", 200, "let large = 1", "text/javascript; charset=utf-8", "", "public, max-age=31536000, immutable"},
		{"GET", "/assets/bad-AB.js", "", 500, "This part of the page is damaged.\n", "text/plain; charset=utf-8", "", ""},
		{"HEAD", "/", "", 200, "", "text/html; charset=utf-8", "", "no-cache"},
		{"GET", "/README", "", 404, "404 page not found\n", "text/plain; charset=utf-8", "", ""},
		{"GET", "/../embed.go", "", 404, "404 page not found\n", "text/plain; charset=utf-8", "", ""},
		{"POST", "/", "", 405, "This address can only be read.\n", "text/plain; charset=utf-8", "", ""},
	} {
		r := httptest.NewRequest(c.method, "http://127.0.0.1"+c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got := w.Result()
		body, _ := io.ReadAll(got.Body)
		if got.StatusCode != c.status || string(body) != c.body || got.Header.Get("Content-Type") != c.kind ||
			got.Header.Get("Content-Encoding") != c.encoding || got.Header.Get("Cache-Control") != c.cached {
			t.Errorf("%s %s (%q): %d %q %v", c.method, c.path, c.accept, got.StatusCode, body, got.Header)
		}
	}
	w := httptest.NewRecorder()
	handler{fstest.MapFS{}}.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("before bundling: %d", w.Code)
	}
}
