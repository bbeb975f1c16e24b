package bridge

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"studioide/internal/problem"
)

// fail answers for a board that did not, in words.
func (p *Proxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	if p.ctx.Err() != nil || r.Context().Err() != nil && !errors.Is(err, errStalled) {
		panic(http.ErrAbortHandler) // the browser has gone, or we go
	}
	status, what := explain(err)
	p.missed(r, false, 0, "")
	p.emitError(status, 0, r.Method+" "+cutText(r.URL.Path, 100)+": "+what.Text)
	p.answer(w, r, status, what)
}

// explain finds the status and the words for an error of the way to the board.
func explain(err error) (int, *problem.Problem) {
	var known *problem.Problem
	switch {
	case errors.As(err, &known):
		return http.StatusServiceUnavailable, known
	case IsTimeout(err):
		return http.StatusGatewayTimeout, errTimeout.Because(err)
	case strings.Contains(err.Error(), "malformed") || strings.Contains(err.Error(), "headers exceeded"):
		return http.StatusBadGateway, errBadAnswer.Because(err)
	}
	return http.StatusBadGateway, errBrokenAnswer.Because(err)
}

// answer writes a page for people who look at one, and plain text for scripts.
func (p *Proxy) answer(w http.ResponseWriter, r *http.Request, status int, what *problem.Problem) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	if !opensPage(r.Header) {
		http.Error(w, what.Text+" "+what.Help, status)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	absentPage.Execute(w, map[string]any{"Text": what.Text, "Help": what.Help, "Code": what.Code,
		"Again": r.Method == http.MethodGet && status != http.StatusBadGateway})
}

// absentPage reloads itself when the board is there again, if that makes sense.
var absentPage = template.Must(template.New("absent").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>No answer from the board</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center }
main { max-width: 30em; padding: 1.5em }
h1 { font-size: 1.3em; margin: 0 0 .5em }
p { margin: .5em 0 }
small { opacity: .75 }
</style>
</head>
<body>
<main data-code="{{.Code}}">
<h1>{{.Text}}</h1>
<p>{{.Help}}</p>
{{if .Again}}<p role="status"><small>This page opens by itself as soon as the board answers.</small></p>
<script>
(function () {
	var wait = 700;
	function ask() {
		fetch("` + upPath + `", { cache: "no-store" }).then(function (r) {
			if (r.status === 204) location.reload(); else again();
		}, again);
	}
	function again() { wait = Math.min(wait * 1.2, 3000); setTimeout(ask, wait); }
	again();
})();
</script>
{{else}}<p><small><a href="">Try again</a></small></p>
{{end}}</main>
</body>
</html>
`))

// upState remembers for a moment whether the board was there, so that many
// waiting pages are one question to it.
type upState struct {
	mu      sync.Mutex
	checked time.Time
	up      bool
}

const upMemory = 500 * time.Millisecond

func (u *upState) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.checked = time.Time{}
}

// serveUp answers GET /.studio/up: 204 when the board takes connections, else 503.
func (p *Proxy) serveUp(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if p.isUp(r.Context()) {
		w.WriteHeader(http.StatusNoContent)
	} else {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (p *Proxy) isUp(ctx context.Context) bool {
	p.up.mu.Lock()
	defer p.up.mu.Unlock()
	if now := p.c.now(); now.Sub(p.up.checked) >= upMemory {
		p.up.up = p.tryBoard(ctx)
		p.up.checked = p.c.now()
	}
	return p.up.up
}

func (p *Proxy) tryBoard(ctx context.Context) bool {
	if !p.slots.tryAcquire() {
		return true // it is busy answering others
	}
	defer p.slots.release()
	conn, err := p.dial(ctx)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
