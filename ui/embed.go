// Package ui is Studio's own page, ready to be served.
//
// The page's sources are in src/ (TypeScript); `go run ./ui/bundle` turns them
// into dist/, which is embedded here. Before that, Ready reports false and
// Handler answers with a short explanation, so that the Go code always builds.
//
//	mux.Handle("/", ui.Handler())
package ui

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var embedded embed.FS

// types are the content types of what the bundler writes. The system's table
// is not asked: a registry entry on Windows must not turn scripts into text.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".json": "application/json",
	".txt":  "text/plain; charset=utf-8",
}

// Handler serves the page at "/" and its parts below "/assets/". Names of
// parts carry a hash of their content and may be kept for ever; index.html is
// asked for every time. It is safe for concurrent use.
func Handler() http.Handler {
	sub, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // cannot happen: the folder is embedded by name
	}
	return handler{sub}
}

type handler struct{ files fs.FS }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This address can only be read.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	kind := types[path.Ext(name)]
	content, packed, err := h.read(name)
	if err != nil || kind == "" {
		if name == "index.html" {
			http.Error(w, "The page has not been bundled yet. Run `make run`, which does it.", http.StatusServiceUnavailable)
			return
		}
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("X-Content-Type-Options", "nosniff")
	if strings.HasPrefix(name, "assets/") {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	if packed != nil {
		header.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			header.Set("Content-Encoding", "gzip")
			content = packed
		} else if content, err = unpacked(content, packed); err != nil {
			header.Del("Cache-Control")
			http.Error(w, "This part of the page is damaged.", http.StatusInternalServerError)
			return
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method == http.MethodGet {
		w.Write(content)
	}
}

// read returns a file, and the same compressed; large files are there compressed alone.
func (h handler) read(name string) (content, packed []byte, err error) {
	content, err = fs.ReadFile(h.files, name)
	packed, missing := fs.ReadFile(h.files, name+".gz")
	if missing != nil {
		return content, nil, err
	}
	return content, packed, nil
}

func unpacked(content, packed []byte) ([]byte, error) {
	if content != nil {
		return content, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// acceptsGzip reads an Accept-Encoding header: gzip or *, unless refused with q=0.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if name = strings.TrimSpace(name); name == "gzip" || name == "*" {
			q := strings.TrimSpace(params)
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
