package bridge

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"studioide/internal/lazyregexp"
)

// Workers open WebSockets and ask for things too, and have no page that could
// watch them: their script begins with the loading of Studio's. Scripts in blobs
// are not seen on the way: there page.js does the same where they are started.

const maxWorker = 256 << 10 // larger scripts stay as they are

var (
	strictMode = lazyregexp.New(`^(?:\s|//[^\n]*\n|/\*(?s:.*?)\*/)*["']use strict["']`)
	moduleWord = lazyregexp.New(`(?m)^[ \t]*(?:import\s*["'{*\w]|export\s)`)
)

func startsWorker(h http.Header) bool {
	dest := h.Get("Sec-Fetch-Dest")
	return dest == "worker" || dest == "sharedworker"
}

// workerPrefix loads the script before a worker's own. It has no newline and
// leaves a "use strict" in force. A module without import and export is taken
// for a classic script, whose way of loading it refuses: then it is not watched.
func workerPrefix(script []byte) string {
	switch {
	case moduleWord().Match(script):
		return `import "` + pagePath + `";`
	case strictMode().Match(script):
		return `"use strict";try{importScripts("` + pagePath + `")}catch(e){}`
	}
	return `try{importScripts("` + pagePath + `")}catch(e){}`
}

// modifyWorker puts the prefix before a worker's script.
func (p *Proxy) modifyWorker(res *http.Response, f *forwarding) {
	h := res.Header
	switch {
	case res.StatusCode == http.StatusNotModified && f.marked:
		p.setMarked(h)
	case res.StatusCode == http.StatusOK && h.Get("Content-Encoding") == "" && strings.Contains(mediaType(h.Get("Content-Type")), "javascript"):
		body, err := io.ReadAll(io.LimitReader(res.Body, maxWorker+1))
		rest := io.Reader(res.Body)
		if err != nil {
			rest = failingReader{err}
		}
		var prefix string
		script, mark := bytes.CutPrefix(body, []byte("\xEF\xBB\xBF"))
		if err == nil && len(body) <= maxWorker {
			prefix = workerPrefix(script)
			p.places.put(p.c.File(f.path), insertion{1, 1, len(prefix)})
			p.setMarked(h)
			h.Del("Accept-Ranges")
		}
		parts := []io.Reader{strings.NewReader(prefix), bytes.NewReader(script), rest}
		if mark {
			parts = append([]io.Reader{strings.NewReader("\xEF\xBB\xBF")}, parts...)
		}
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(parts...), res.Body}
		if res.ContentLength >= 0 {
			res.ContentLength += int64(len(prefix))
			h.Set("Content-Length", strconv.FormatInt(res.ContentLength, 10))
		}
	}
}
