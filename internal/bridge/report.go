package bridge

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"studioide/internal/message"
)

// Bounds of what pages may report. The script keeps to less; a page that talks
// to /.studio/report itself need not.
const (
	reportBytes = 64 << 10 // one report
	reportLines = 150      // lines of one report
	reportText  = 4096     // bytes of a line
	reportRate  = 200      // lines a second of one board's pages
	reportBurst = 600
)

// pageReport is what page.js sends.
type pageReport struct {
	Page    string     `json:"page"` // path of the page
	Lost    int        `json:"lost"` // lines that the page left out
	Entries []pageLine `json:"entries"`
}

type pageLine struct {
	Kind   string `json:"kind"`  // "log", "error", "rejection", "resource", "policy"
	Level  string `json:"level"` // of a "log"
	Text   string `json:"text"`
	URL    string `json:"url"` // of the file it came from
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// serveReport answers POST /.studio/report.
func (p *Proxy) serveReport(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "Only POST here.", http.StatusMethodNotAllowed)
		return
	}
	if !p.ownOrigin(r.Header.Get("Origin")) {
		http.Error(w, "Only pages of this origin report here.", http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, reportBytes))
	if err != nil {
		http.Error(w, "The report is too long.", http.StatusRequestEntityTooLarge)
		return
	}
	var report pageReport
	if err := json.Unmarshal(body, &report); err != nil {
		http.Error(w, "The report is not JSON.", http.StatusBadRequest)
		return
	}
	p.take(report)
	w.WriteHeader(http.StatusNoContent)
}

// take passes a report's lines on, as many as are allowed.
func (p *Proxy) take(report pageReport) {
	lines := report.Entries
	lost := min(max(report.Lost, 0), 1_000_000)
	if len(lines) > reportLines {
		lost += len(lines) - reportLines
		lines = lines[:reportLines]
	}
	now := p.c.now()
	p.mu.Lock()
	allowed, before := p.quota.take(now, len(lines), lost)
	p.mu.Unlock()
	page := p.c.File(cutText(report.Page, 500))
	if before > 0 {
		text := fmt.Sprintf("%d more lines of the page were left out: it prints faster than anyone can read.", before)
		p.c.Emit(message.Message{Time: now.UnixMilli(), From: "page", Kind: "log", Level: "warn", Data: text, Size: len(text), Millis: -1, Path: page})
	}
	for _, line := range lines[:allowed] {
		p.takeLine(line, page, now)
	}
}

func (p *Proxy) takeLine(l pageLine, page string, now time.Time) {
	text := strings.ToValidUTF8(cutText(l.Text, reportText), "\uFFFD")
	path := p.fileOf(l.URL, page)
	line, column := max(l.Line, 0), max(l.Column, 0)
	column = p.places.correct(path, line, column)
	m := message.Message{Time: now.UnixMilli(), From: "page", Kind: "log", Level: "error", Data: text, Size: len(l.Text), Millis: -1,
		Path: path, Line: line, Column: column}
	wrong := message.Problem{Path: path, Line: line, Column: column, Severity: message.SeverityError, Source: "page", Raw: text}
	switch l.Kind {
	case "error":
		wrong.Code, wrong.Text = "page.error", text
		wrong.Help = "The page stopped at this place. Look at this line, and at what the names in it hold."
	case "rejection":
		m.Data = "Not handled: " + text
		wrong.Code, wrong.Text = "page.rejection", "Something that the page waited for failed: "+text
		wrong.Help = "Add a catch(…) to the promise, or try … catch around its await."
	case "resource":
		name := p.shortURL(text)
		m.Data = "Could not load " + name
		wrong.Code, wrong.Text = "page.missing-file", "The page could not load "+name+"."
		wrong.Help = "Check the name, capitals included, and whether the file is on the board."
	case "policy":
		m.Data = "Blocked by the page's security policy: " + text
		wrong.Code, wrong.Text = "page.policy", m.Data
		wrong.Help = "Change the Content-Security-Policy of the page, or leave out what it forbids."
	default:
		switch l.Level {
		case "info", "warn", "error":
			m.Level = l.Level
		default:
			m.Level = "log"
		}
		p.c.Emit(m)
		return
	}
	p.c.Emit(m)
	p.c.Problem(wrong)
}

// fileOf is the project file behind a URL that a page reported; the page itself
// when it has none, and the URL as it is when it is of another origin.
func (p *Proxy) fileOf(address, page string) string {
	u, err := url.Parse(cutText(address, 1000))
	if address == "" || err != nil {
		return page
	}
	if u.Host != "" && !p.ownHost(u.Host) {
		return u.String()
	}
	if u.Scheme != "" && u.Scheme != "http" { // blob:, data:
		return page
	}
	return p.c.File(u.Path)
}

// shortURL leaves out this origin.
func (p *Proxy) shortURL(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" && p.ownHost(u.Host) {
		return u.RequestURI()
	}
	return cutText(address, 300)
}

// quota is a token bucket. It is not safe for concurrent use.
type quota struct {
	rate, burst int
	left        float64
	at          time.Time
	lost        int // not yet told
}

// take allows up to n lines and says how many were lost before them.
func (q *quota) take(now time.Time, n, lost int) (allowed, before int) {
	if !q.at.IsZero() {
		if gone := now.Sub(q.at).Seconds(); gone > 0 {
			q.left = min(float64(q.burst), q.left+gone*float64(q.rate))
		}
	}
	q.at = now
	q.lost = min(q.lost+lost, 1_000_000_000)
	allowed = min(n, int(q.left))
	q.left -= float64(allowed)
	if allowed > 0 {
		before, q.lost = q.lost, 0
	} else if n == 0 && q.lost > 0 && q.left >= 1 { // only a number came
		q.left--
		before, q.lost = q.lost, 0
		return 0, before
	}
	q.lost += n - allowed
	return allowed, before
}

// placeMemory remembers where the script stands in pages, because it shifts the
// columns behind it. It is safe for concurrent use; the zero value is empty.
type placeMemory struct {
	mu     sync.Mutex
	places map[string][2]int
}

const maxPlaces = 256

func (m *placeMemory) put(file string, line, column int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.places == nil || len(m.places) >= maxPlaces {
		m.places = map[string][2]int{}
	}
	m.places[file] = [2]int{line, column}
}

// correct is column without the script.
func (m *placeMemory) correct(file string, line, column int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.places[file]; ok && at[0] == line && column >= at[1]+len(scriptTag) {
		return column - len(scriptTag)
	}
	return column
}
