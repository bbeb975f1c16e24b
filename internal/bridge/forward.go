package bridge

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// etagMark ends the ETag of a page that carries the script, so that the page
// with and the page without are never taken for each other.
const etagMark = "+studio"

// mostTags bounds the If-None-Match that a board gets, whose room for headers is small.
const mostTags = 1024

// forwardKey is the context key of a request's forwarding.
type forwardKey struct{}

// forwarding is what the way back has to know about a request.
type forwarding struct {
	inject bool // opens a page: HTML gets the script
	worker bool // starts a worker: its script gets it
	marked bool // it asked whether its page with the script is still good
	path   string
	in     *http.Request // as the browser sent it
}

// noise are request headers that say nothing to a board, whose room for headers
// is small (TinyGo's httphi: 1376 bytes).
var noise = []string{"Sec-Ch-Ua", "Sec-Ch-Ua-Mobile", "Sec-Ch-Ua-Platform", "Sec-Fetch-Site", "Sec-Fetch-Mode",
	"Sec-Fetch-Dest", "Sec-Fetch-User", "Sec-Fetch-Storage-Access", "Sec-Gpc", "Sec-Purpose", "Dnt", "Priority", "Save-Data",
	"Upgrade-Insecure-Requests", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Expect"}

// rewrite makes the board's request of the browser's.
func (p *Proxy) rewrite(pr *httputil.ProxyRequest) {
	in, out := pr.In, pr.Out
	out.URL = &url.URL{Scheme: "http", Host: "board", Path: in.URL.Path, RawPath: in.URL.RawPath,
		RawQuery: in.URL.RawQuery, ForceQuery: in.URL.ForceQuery}
	out.Host = in.Host // agrees with Origin and with what redirects are made of
	h := out.Header
	f := &forwarding{path: in.URL.Path, in: in}
	f.inject = (in.Method == http.MethodGet || in.Method == http.MethodHead) && opensPage(in.Header)
	f.worker = in.Method == http.MethodGet && startsWorker(in.Header)

	for _, name := range noise {
		h.Del(name)
	}
	h.Del("Upgrade") // only WebSockets are upgraded, elsewhere
	h.Del("Connection")
	h.Del("Te")
	h.Set("Accept-Encoding", "identity")
	if _, ok := h["User-Agent"]; !ok {
		h["User-Agent"] = nil // do not add Go's own
	}
	if cookies := boardCookies(h["Cookie"], p.cookieMark(in)); cookies == nil {
		h.Del("Cookie")
	} else {
		h["Cookie"] = cookies
	}

	// Freshness is decided by ETag alone: boards without a clock give all files the same date.
	h.Del("If-Modified-Since")
	h.Del("If-Unmodified-Since")
	if tags := h["If-None-Match"]; tags != nil {
		var plain string
		plain, f.marked = unmark(strings.Join(tags, ", "), f.inject || f.worker)
		if plain == "" || len(plain) > mostTags { // the whole page is a right answer, too
			h.Del("If-None-Match")
		} else {
			h.Set("If-None-Match", plain)
		}
	}
	if f.inject || f.worker { // part of a page with the script is not the same part without
		h.Del("Range")
		h.Del("If-Range")
	}
	settleLength(out)
	pr.Out = out.WithContext(context.WithValue(out.Context(), forwardKey{}, f))
}

// opensPage reports whether a browser asks for something to show as a page,
// rather than a program or a script for the bytes.
func opensPage(h http.Header) bool {
	switch h.Get("Sec-Fetch-Dest") {
	case "document", "iframe", "frame", "object", "embed":
		return true
	case "":
		return h.Get("Sec-Fetch-Mode") == "" && strings.Contains(h.Get("Accept"), "text/html")
	}
	return false
}

// unmark keeps the ETags of an If-None-Match list that fit: with the mark
// (which is taken off) when want, else without.
func unmark(list string, want bool) (plain string, marked bool) {
	if strings.TrimSpace(list) == "*" {
		return "", false
	}
	var keep []string
	for _, tag := range strings.Split(list, ",") {
		tag = strings.TrimSpace(tag)
		bare, has := strings.CutSuffix(tag, etagMark+`"`)
		switch {
		case has && want:
			keep = append(keep, bare+`"`)
			marked = true
		case !has && tag != "" && !want:
			keep = append(keep, tag)
		}
	}
	return strings.Join(keep, ", "), marked
}

// mark is tag as it is for the page with the script.
func mark(tag string) string {
	if !strings.HasSuffix(tag, `"`) || len(tag) < 2 {
		return ""
	}
	return tag[:len(tag)-1] + etagMark + `"`
}

// settleLength gives a short body of unknown length a Content-Length: few
// boards understand chunked requests.
func settleLength(r *http.Request) {
	const most = 64 << 10
	if r.ContentLength >= 0 || r.Body == nil {
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, most+1))
	rest := io.Reader(r.Body)
	switch {
	case err != nil:
		rest = failingReader{err}
	case len(body) <= most:
		r.ContentLength = int64(len(body))
		r.TransferEncoding = nil
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), r.Body}
}

// failingReader is a reader that ends with an error, io.EOF included.
type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// modify makes the browser's answer of the board's.
func (p *Proxy) modify(res *http.Response) error {
	f, _ := res.Request.Context().Value(forwardKey{}).(*forwarding)
	h := res.Header
	var in *http.Request
	if f != nil {
		in = f.in
	}
	if cookies := pageCookies(h["Set-Cookie"], p.cookieMark(in)); cookies == nil {
		h.Del("Set-Cookie")
	} else {
		h["Set-Cookie"] = cookies
	}
	// Never stale: the browser asks each time (a board's own max-age may be ten years).
	if !strings.Contains(strings.ToLower(h.Get("Cache-Control")), "no-store") {
		h.Set("Cache-Control", "no-cache")
	}
	h.Del("Expires")
	h.Del("Pragma")
	h.Del("Age")
	h.Del("Alt-Svc")
	h.Del("Strict-Transport-Security") // would hold for all of localhost
	h.Del("Clear-Site-Data")
	if in != nil && p.clears(in) {
		h.Set("Clear-Site-Data", `"storage"`)
	}
	// A process of its own, also where the page's site is Studio's: a page that hangs must not hang Studio.
	h.Set("Origin-Agent-Cluster", "?1")
	p.ownLocation(h)
	if res.StatusCode == http.StatusSwitchingProtocols {
		return errors.New("the board switched protocols without being asked")
	}

	kind := h.Get("Content-Type")
	page := isHTML(kind)
	if f != nil && res.StatusCode >= 400 {
		var body []byte
		if res.Request.Method != http.MethodHead && strings.HasPrefix(kind, "text/plain") {
			body, res.Body = peek(res.Body)
		}
		p.missed(f.in, false, res.StatusCode, plainText(kind, body))
	}
	if page && len(p.c.Framers) > 0 && h.Get("Content-Security-Policy") == "" && h.Get("X-Frame-Options") == "" {
		framers := p.c.Framers
		if outsideOf(in) != "" { // there, Studio's addresses are somebody else's
			framers = nil
		}
		h.Set("Content-Security-Policy", strings.Join(append([]string{"frame-ancestors 'self'"}, framers...), " "))
	}
	if f != nil && f.worker {
		p.modifyWorker(res, f)
	}
	if f == nil || !f.inject {
		return nil
	}
	switch {
	case res.StatusCode == http.StatusNotModified && f.marked:
		p.setMarked(h)
		p.opened(f.path) // from the browser's own store, but anew
	case res.StatusCode == http.StatusOK && (page || kind == ""):
		p.inject(res, f)
	}
	return nil
}

// opened tells that the page at a URL's path was opened, and names its file.
func (p *Proxy) opened(path string) string {
	file := p.c.File(path)
	p.calls.opened(path)
	p.c.Loaded(file)
	return file
}

func (p *Proxy) setMarked(h http.Header) {
	if tag := mark(h.Get("ETag")); tag != "" {
		h.Set("ETag", tag)
	} else {
		h.Del("ETag")
	}
	h.Add("Vary", "Sec-Fetch-Dest")
}

// inject puts the script into a page. An answer without a type may be one too:
// many a first server in MicroPython sends none, and browsers look for themselves.
func (p *Proxy) inject(res *http.Response, f *forwarding) {
	h := res.Header
	kind := h.Get("Content-Type")
	encoding := strings.ToLower(h.Get("Content-Encoding"))
	unpack := encoding == "gzip" // boards keep .gz files and send them unasked
	if encoding != "" && encoding != "identity" && !unpack || kind == "" && encoding != "" {
		return
	}
	if res.Request.Method == http.MethodHead {
		if kind == "" {
			return
		}
		p.setMarked(h)
		if n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64); err == nil && !unpack {
			in, _ := wideOf(kind, nil)
			h.Set("Content-Length", strconv.FormatInt(n+int64(len(in.encode(scriptTag))), 10))
		} else {
			h.Del("Content-Length")
		}
		if unpack {
			h.Del("Content-Encoding")
		}
		return
	}
	body := res.Body
	if unpack {
		body = &unpacker{src: body}
		h.Del("Content-Encoding")
		h.Del("Content-Length")
		res.ContentLength = -1
	}
	first, again := peek(body)
	res.Body = again
	in, unmarked := wideOf(kind, first)
	if unmarked && kind != "" { // browsers show its bytes
		file := p.opened(f.path)
		p.c.Problem(file, api.Diagnostic{Path: file, Line: 1, Column: 1, Severity: api.SeverityError, Source: "page", Code: "page.encoding",
			Text: say.BridgeThePageInUtf16(),
			Help: say.BridgeSaveItAsUtf8()})
		return
	}
	if isXHTML(kind) && !bytes.Contains(first, in.encode("<html")) {
		return // outside of its root, the tag would break it
	}
	if kind == "" {
		if !isHTML(http.DetectContentType(first)) {
			return
		}
		h.Set("Content-Type", "text/html")
	}
	h.Del("Accept-Ranges")
	p.setMarked(h)
	file := p.opened(f.path)
	res.Body = newInjector(again, scriptTag, in, func(line, column int) { p.places.put(file, insertion{line, column, len(scriptTag)}) })
	if res.ContentLength >= 0 {
		res.ContentLength += int64(len(in.encode(scriptTag)))
		h.Set("Content-Length", strconv.FormatInt(res.ContentLength, 10))
	} else {
		h.Del("Content-Length")
	}
}

// peek waits for the first bytes of a body, at least two, and puts them back.
func peek(body io.ReadCloser) ([]byte, io.ReadCloser) {
	first := make([]byte, 512)
	n := 0
	var err error
	for n < 2 && err == nil {
		var more int
		more, err = body.Read(first[n:])
		n += more
	}
	rest := io.Reader(body)
	if err != nil {
		rest = failingReader{err}
	}
	return first[:n], struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(first[:n]), rest), body}
}

// plainText is the beginning of an answer that people can read.
func plainText(kind string, body []byte) string {
	if !strings.HasPrefix(kind, "text/plain") {
		return ""
	}
	return strings.ToValidUTF8(string(body[:min(len(body), 200)]), "")
}

// unpacker unpacks gzip as it is read.
type unpacker struct {
	src io.ReadCloser
	z   *gzip.Reader
}

func (u *unpacker) Read(p []byte) (int, error) {
	if u.z == nil {
		z, err := gzip.NewReader(u.src)
		if err != nil {
			return 0, err
		}
		u.z = z
	}
	return u.z.Read(p)
}

func (u *unpacker) Close() error { return u.src.Close() }

func isHTML(contentType string) bool {
	return mediaType(contentType) == "text/html" || isXHTML(contentType)
}

func isXHTML(contentType string) bool { return mediaType(contentType) == "application/xhtml+xml" }

func mediaType(contentType string) string {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		t, _, _ = strings.Cut(contentType, ";")
		t = strings.ToLower(strings.TrimSpace(t))
	}
	return t
}

// ownLocation keeps redirects to the board's own address on this origin.
func (p *Proxy) ownLocation(h http.Header) {
	to, err := url.Parse(h.Get("Location"))
	if err != nil || to.Host == "" || to.Scheme != "" && to.Scheme != "http" {
		return
	}
	own := p.ownHost(to.Host) // many boards put together what the browser has called them
	if port := to.Port(); port == "" || port == "80" {
		p.mu.Lock()
		hosts := append([]string{"board", "localhost"}, p.hosts...)
		p.mu.Unlock()
		own = own || slices.ContainsFunc(hosts, func(host string) bool { return strings.EqualFold(to.Hostname(), strings.Trim(host, "[]")) })
	}
	if !own {
		return
	}
	to.Scheme, to.Host, to.User = "", "", nil
	if to.Path == "" {
		to.Path = "/"
	}
	h.Set("Location", to.String())
}

// roundTripper talks to the board: no more at a time than the board can take,
// and with limits on how long it may be silent.
type roundTripper struct{ p *Proxy }

// browsers is the browser's request that r was made of, nil when it is not known.
func browsers(r *http.Request) *http.Request {
	if f, ok := r.Context().Value(forwardKey{}).(*forwarding); ok {
		return f.in
	}
	return nil
}

// errStalled is an answer that began and then stopped.
var errStalled = errors.New("the board stopped in the middle of its answer")

func (t roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	p := t.p
	if err := p.slots.acquire(r.Context(), p.c.QueueTimeout); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	res, err := p.tran.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel(nil)
		p.slots.release()
		return nil, err
	}
	res.Request = r
	body := &watchedBody{ReadCloser: res.Body, p: p, ctx: ctx, cancel: cancel, in: browsers(r), method: r.Method, path: r.URL.Path, want: res.ContentLength}
	if r.Method == http.MethodHead {
		body.want = -1
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") { // may be silent for ever
		body.idle = time.AfterFunc(p.c.IdleTimeout, func() { cancel(errStalled) })
	}
	res.Body = body
	return res, nil
}

// watchedBody is an answer's body. It gives its slot back and tells when the
// board stops in the middle.
type watchedBody struct {
	io.ReadCloser
	p            *Proxy
	ctx          context.Context
	cancel       context.CancelCauseFunc
	in           *http.Request // the browser's; nil: not known
	idle         *time.Timer
	method, path string
	want, got    int64
	once         sync.Once
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.got += int64(n)
	if n > 0 && b.idle != nil {
		b.idle.Reset(b.p.c.IdleTimeout)
	}
	if err == io.EOF {
		b.end()
		return n, err
	}
	if err != nil {
		stalled := errors.Is(context.Cause(b.ctx), errStalled)
		if stalled || b.ctx.Err() == nil { // else the browser has gone
			b.broken(stalled)
		}
		b.end()
	}
	return n, err
}

// broken tells that the answer is not whole.
func (b *watchedBody) broken(stalled bool) {
	path, got, want := cutText(b.path, 100), strconv.FormatInt(b.got, 10), strconv.FormatInt(b.want, 10)
	text := say.BridgeAnswerBrokeOff(b.method, path, got)
	switch {
	case stalled && b.want >= 0:
		text = say.BridgeAnswerStoppedOf(b.method, path, got, want)
	case stalled:
		text = say.BridgeAnswerStopped(b.method, path, got)
	case b.want >= 0:
		text = say.BridgeAnswerBrokeOffOf(b.method, path, got, want)
	}
	b.p.emitError(0, 0, text)
	if b.in != nil {
		b.p.missed(b.in, false, 0, "") // so that the page is not told that the file is damaged
	}
}

func (b *watchedBody) Close() error {
	err := b.ReadCloser.Close()
	b.end()
	return err
}

func (b *watchedBody) end() {
	b.once.Do(func() {
		if b.idle != nil {
			b.idle.Stop()
		}
		b.cancel(nil)
		b.p.slots.release()
	})
}

// emitError tells the watcher what did not work.
func (p *Proxy) emitError(code, conn int, text string) {
	p.emitHandshake(code, conn, text, nil)
}

// emitHandshake tells a WebSocket that was refused, and how.
func (p *Proxy) emitHandshake(code, conn int, text string, how *api.Handshake) {
	p.c.Emit(api.Message{Time: p.c.now().UnixMilli(), From: "page", Conn: conn, Kind: "error", Code: code, Data: text, Size: len(text), Millis: -1, Handshake: how})
}

// IsTimeout reports whether err is one of waiting too long.
func IsTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout() || errors.Is(err, context.DeadlineExceeded)
}
