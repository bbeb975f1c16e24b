package bridge

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// Paths under ownPrefix belong to Studio on every board's origin.
const (
	ownPrefix  = "/.studio/"
	pagePath   = ownPrefix + "page.js"
	reportPath = ownPrefix + "report"
	upPath     = ownPrefix + "up"
)

//go:embed page.js
var pageSource string

// pageScript is page.js without comments, blanks and long names: it goes to every page.
var pageScript = sync.OnceValue(func() []byte {
	small := api.Transform(pageSource, api.TransformOptions{Loader: api.LoaderJS, Target: api.ES2018, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true})
	if len(small.Errors) > 0 {
		return []byte(pageSource)
	}
	return small.Code
})

// script is page.js with the names under which the board is known and the mark of the page's cookies, and its ETag.
func script(hosts []string, mark string) (body []byte, etag string) {
	names := make([]string, 0, len(hosts))
	for _, h := range hosts {
		if h = strings.ToLower(strings.TrimSpace(h)); h != "" {
			if strings.Contains(h, ":") && !strings.HasPrefix(h, "[") {
				h = "[" + h + "]" // IPv6, as location.hostname spells it
			}
			names = append(names, h)
		}
	}
	list, err := json.Marshal(names) // also escapes <, > and U+2028
	if err != nil {
		list = []byte("[]")
	}
	body = bytes.Replace(pageScript(), []byte(`"STUDIO HOSTS"`), list, 1)
	body = bytes.Replace(body, []byte(`"STUDIO COOKIES"`), []byte(strconv.Quote(mark)), 1)
	sum := sha256.Sum256(body)
	return body, `"` + hex.EncodeToString(sum[:8]) + `"`
}

// serveScript answers GET /.studio/page.js.
func (p *Proxy) serveScript(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET here.", http.StatusMethodNotAllowed)
		return
	}
	p.mu.Lock()
	hosts := p.hosts
	p.mu.Unlock()
	body, etag := script(hosts, p.cookieMark(r))
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method == http.MethodGet {
		w.Write(body)
	}
}
