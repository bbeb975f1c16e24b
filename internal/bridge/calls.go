package bridge

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"studioide/internal/api"
)

// Calls of pages that came to nothing. A page knows the line that made a call,
// and often not how it ended (browsers hide that from scripts); the proxy knows
// how it ended, and not the line. Here both halves meet: what the page reports
// is completed by what the proxy saw, and what no page reports (a form, a
// background picture, a module of a worker) is told by the proxy alone after a
// while, at the place in the file where its address stands.

// miss is a request of a page that the board did not answer as the page wants,
// or that did not reach the board.
type miss struct {
	method, uri string
	socket      bool
	status      int    // the board's; 0 when it was not asked
	body        string // the beginning of its answer, where that is text
	from        string // path of the page or file that asked, "" unknown
	dest        string // Sec-Fetch-Dest
	at          time.Time
	told        bool
}

const (
	missesKept = 64
	missWait   = 5 * time.Second  // for the page's own report, before the proxy tells
	callWait   = 15 * time.Second // the same for calls, which nearly all pages report
	missFresh  = 20 * time.Second // a report is about a miss that is no older
	watchFor   = time.Minute      // after a page's report, the same address is the page's to tell
)

// callMemory is safe for concurrent use; the zero value is empty.
type callMemory struct {
	mu      sync.Mutex
	misses  []*miss
	watched map[string]time.Time // addresses that pages report themselves
	asked   map[string]question  // calls whose end no page sees
	page    string               // the page that was opened last
}

// question is a call whose end the page has asked for.
type question struct {
	line pageLine
	page string
	at   time.Time
}

func callKey(method, uri string, socket bool) string {
	if socket {
		return "ws " + uri
	}
	return method + " " + uri
}

// noPage are addresses that browsers ask for by themselves.
func noPage(p string) bool {
	return p == "/favicon.ico" || p == "/robots.txt" || strings.HasPrefix(p, "/apple-touch-icon") || strings.HasPrefix(p, "/.well-known/") || strings.HasSuffix(p, ".map")
}

// missed remembers that the browser's request r got nowhere. The board's status
// is 0 when the board was not reached.
func (p *Proxy) missed(r *http.Request, socket bool, status int, body string) {
	h := r.Header
	switch site := h.Get("Sec-Fetch-Site"); {
	case noPage(r.URL.Path):
		return
	case site == "" && h.Get("Referer") == "" && h.Get("Origin") == "":
		return // a program that is no browser looks at the status itself
	case site == "none", site == "cross-site", site == "same-site":
		return // the user's own doing, or Studio's preview: no page of the board has asked
	}
	uri := r.URL.RequestURI()
	m := &miss{method: r.Method, uri: uri, socket: socket, status: status, body: body, dest: h.Get("Sec-Fetch-Dest"), at: p.c.now()}
	if from, err := url.Parse(h.Get("Referer")); err == nil && p.ownHost(from.Host) {
		m.from = from.Path
	}
	key := callKey(m.method, uri, socket)
	c := &p.calls
	c.mu.Lock()
	if len(c.misses) == missesKept {
		c.misses = append(c.misses[:0], c.misses[1:]...)
	}
	c.misses = append(c.misses, m)
	asked, ok := c.asked[key]
	delete(c.asked, key)
	if m.from == "" {
		m.from = c.page
	}
	c.mu.Unlock()
	switch {
	case ok:
		if m.at.Sub(asked.at) < missFresh {
			p.takeCall(asked.line, asked.page, m.at)
		}
	case status == 0:
		// The board's state is told elsewhere.
	default:
		wait := missWait
		if socket || m.dest == "empty" {
			wait = callWait
		}
		time.AfterFunc(wait, func() { p.tellMiss(m) })
	}
}

// tellMiss tells what no page has reported.
func (p *Proxy) tellMiss(m *miss) {
	now := p.c.now()
	c := &p.calls
	c.mu.Lock()
	at, watched := c.watched[callKey(m.method, m.uri, m.socket)]
	skip := m.told || watched && now.Sub(at) < watchFor
	m.told = true
	c.mu.Unlock()
	if skip || p.ctx.Err() != nil || m.from == "" {
		return
	}
	api := map[string]string{"image": "img", "script": "script", "style": "link", "font": "font", "document": "document", "iframe": "document",
		"frame": "document", "worker": "worker", "sharedworker": "worker", "audio": "audio", "video": "video", "websocket": "WebSocket"}[m.dest]
	if m.socket {
		api = "WebSocket"
	}
	address, err := url.Parse(m.uri)
	if err != nil {
		return
	}
	p.tell(call{api: api, method: m.method, address: address, own: true, status: m.status, body: m.body, why: "failed"}, pageLine{}, m.from, now)
}

// find looks for the miss that a report is about, and takes all of its kind for told.
func (c *callMemory) find(method, uri string, socket bool, now time.Time) *miss {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found *miss
	for _, m := range c.misses {
		if m.uri == uri && m.socket == socket && (method == "" || socket || m.method == method) && now.Sub(m.at) < missFresh {
			m.told = true
			found = m
		}
	}
	if c.watched == nil || len(c.watched) > 256 {
		c.watched = map[string]time.Time{}
	}
	if method == "" {
		method = http.MethodGet
	}
	c.watched[callKey(method, uri, socket)] = now
	return found
}

// ask waits for the end of a call that no page sees.
func (c *callMemory) ask(key string, q question) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked == nil || len(c.asked) > 64 {
		c.asked = map[string]question{}
	}
	c.asked[key] = q
}

// opened remembers the page that was opened last.
func (c *callMemory) opened(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.page = path
}

// takeCall takes a page's report of a call that failed. page is a URL's path.
func (p *Proxy) takeCall(l pageLine, page string, now time.Time) {
	c := call{api: word(l.API), method: word(l.Method), why: l.Level, status: l.Status, reason: strings.ToValidUTF8(cutText(l.Reason, 300), "\uFFFD"),
		raw: strings.ToValidUTF8(cutText(l.Text, 500), "\uFFFD")}
	address, err := url.Parse(c.raw)
	if err == nil {
		c.address = address
		c.own = p.ownHost(address.Host)
	} else if address = nil; c.why != "invalid" && c.why != "early" && c.why != "late" && c.why != "closed" {
		return
	}
	socket := l.API == "WebSocket"
	switch c.why {
	case "failed", "again", "resource", "ask":
		if !c.own {
			if c.why == "ask" || address == nil || address.Host == "" {
				return
			}
			break
		}
		m := p.calls.find(c.method, address.RequestURI(), socket, now)
		switch {
		case m != nil && m.status == 0:
			return // the board was not reached: its state is told, and the page is not to blame
		case m != nil:
			c.status, c.body = m.status, m.body
		case c.why == "ask":
			p.calls.ask(callKey(c.method, address.RequestURI(), socket), question{l, page, now})
			return
		case c.status == 0 && !(c.api == "EventSource" && c.why == "failed") && c.why != "resource":
			return // given up, or Studio was gone
		}
	}
	p.tell(c, l, page, now)
}

// word is a short name that a page has given.
func word(s string) string {
	if len(s) > 30 || strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'z' }) {
		return ""
	}
	return s
}

// tell says what became of a call, at its line. page is a URL's path.
func (p *Proxy) tell(c call, l pageLine, page string, now time.Time) {
	code, text, help, severity := c.words()
	file := p.c.File(page)
	at, elsewhere := p.fileOf(l.URL, file)
	line, column := max(l.Line, 0), max(l.Column, 0)
	column = p.places.correct(at, line, column)
	if line == 0 || elsewhere != nil {
		at, line, column = p.find(at, file, c.needles(page))
	}
	count := max(l.Count, 1)
	m := api.Message{Time: now.UnixMilli(), From: "page", Kind: "log", Level: "error", Data: text, Size: len(text), Millis: -1,
		Path: at, Line: line, Column: column, Count: count}
	if severity == api.SeverityWarning {
		m.Level = "warn"
	}
	if code == "" { // worth a line in the messages, and no more
		m.Level = "info"
		p.c.Emit(m)
		return
	}
	p.c.Emit(m)
	wrong := api.Diagnostic{Path: at, Line: line, Column: column, Severity: severity, Source: "page", Code: code, Text: text, Help: help, Raw: c.reason, Count: count}
	if c.library() {
		wrong.Library = c.address.String()
	}
	p.c.Problem(file, wrong)
}

// find looks for the first of needles in a file, and in the page that it belongs to.
func (p *Proxy) find(file, page string, needles []string) (string, int, int) {
	for _, name := range []string{file, page} {
		source, ok := p.c.Source(name)
		if !ok {
			continue
		}
		for _, needle := range needles {
			if line, column := mention(source, needle); line > 0 {
				return name, line, column
			}
		}
	}
	return file, 0, 0
}

// mention is where a file names an address: as a whole, between quotes, brackets or blanks.
// Lines and columns count from 1, columns in UTF-16 units; 0, 0: nowhere.
func mention(source, needle string) (line, column int) {
	const before, after = "\"'`(= \t\r\n,;", "\"'`)>? \t\r\n#&,;"
	for from := 0; len(needle) > 1 && from < len(source); {
		i := strings.Index(source[from:], needle)
		if i < 0 {
			break
		}
		i += from
		end := i + len(needle)
		if (i == 0 || strings.IndexByte(before, source[i-1]) >= 0) && (end == len(source) || strings.IndexByte(after, source[end]) >= 0) {
			begin := strings.LastIndexByte(source[:i], '\n') + 1
			column = 1
			for _, r := range source[begin:i] {
				if column++; r > 0xFFFF {
					column++
				}
			}
			return 1 + strings.Count(source[:begin], "\n"), column
		}
		from = i + 1
	}
	return 0, 0
}

// needles are the ways in which a page may have written the address of a call, the longest first.
// page is the path of the page that made it.
func (c call) needles(page string) []string {
	if c.address == nil {
		return []string{c.raw}
	}
	var all []string
	add := func(s string) {
		if s != "" && s != "/" {
			all = append(all, s)
		}
	}
	u := c.address
	add(c.raw)
	if !c.own {
		add(u.String())
		if u.Path == "/" && u.RawQuery == "" {
			add(strings.TrimSuffix(u.String(), "/"))
		}
		if u.Scheme != "" && u.Host != "" { // "//cdn/x.js"
			add(strings.TrimPrefix(u.String(), u.Scheme+":"))
		}
		add(strings.ReplaceAll(u.String(), "&", "&amp;"))
		return all
	}
	full := u.RequestURI()
	for _, s := range []string{full, u.EscapedPath(), u.Path} {
		add(s)
		add(strings.ReplaceAll(s, "&", "&amp;"))
		add(strings.TrimPrefix(s, "/"))
		add("." + s)
	}
	if dir, _ := path.Split(page); dir != "/" {
		if name, ok := strings.CutPrefix(u.Path, dir); ok {
			add(name)
			add("./" + name)
		}
		add("../" + path.Base(u.Path))
	}
	if _, name := path.Split(u.Path); name != "" {
		add(name)
	}
	return all
}
