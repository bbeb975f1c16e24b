package bridge

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// Bounds of what pages may report. The script keeps to less; a page that talks
// to /.studio/report itself need not.
const (
	reportBytes = 64 << 10 // one report
	reportLines = 150      // lines of one report
	reportText  = 4096     // bytes of a line
	reportRate  = 200      // lines a second of one board's pages
	reportBurst = 600
	clickAge    = 30_000 // milliseconds that a click may be old; a busy computer tells late
)

// pageReport is what page.js sends.
type pageReport struct {
	Page    string     `json:"page"` // path of the page
	Lost    int        `json:"lost"` // lines that the page left out
	Entries []pageLine `json:"entries"`
}

type pageLine struct {
	Kind   string `json:"kind"`  // "log", "error", "rejection", "policy", "encoding", "unwatched", "call", "click"
	Level  string `json:"level"` // of a "log"; of a "call" what became of it; what is "unwatched": a worker's "data" or "blob", a "frame"
	Text   string `json:"text"`  // of a "call" its address
	URL    string `json:"url"`   // of the file it came from
	Line   int    `json:"line"`
	Column int    `json:"column"`

	Time int64 `json:"time"` // of a "click": when it was, by the clock of the browser's computer, which is nearly always this one; 0: now

	// Of a call only; of a "click" API is the element's id.
	API    string `json:"api"` // "WebSocket", "fetch", …, or an element's name
	Method string `json:"method"`
	Status int    `json:"status"` // HTTP's, or a close code; 0: none
	Count  int    `json:"count"`
	Reason string `json:"reason"` // the browser's words, a close's reason, a WebSocket's subprotocols
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
	if origin := outsideOf(r); origin != "" {
		for i := range report.Entries {
			e := &report.Entries[i]
			e.URL = p.toOwn(e.URL, origin)
			if e.Kind == "call" {
				e.Text = p.toOwn(e.Text, origin)
			}
		}
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
	url := cutText(report.Page, 500)
	page := p.c.File(url)
	if before > 0 {
		text := say.BridgeMoreLinesPageWereLeft(before)
		p.c.Emit(api.Message{Time: now.UnixMilli(), From: "page", Kind: "log", Level: "warn", Data: text, Size: len(text), Millis: -1, Path: page})
	}
	for _, line := range lines[:allowed] {
		if line.Kind == "call" {
			p.takeCall(line, url, now)
		} else {
			p.takeLine(line, page, now)
		}
	}
}

func (p *Proxy) takeLine(l pageLine, page string, now time.Time) {
	text := strings.ToValidUTF8(cutText(l.Text, reportText), "\uFFFD")
	path, elsewhere := p.fileOf(l.URL, page)
	line, column := max(l.Line, 0), max(l.Column, 0)
	column = p.places.correct(path, line, column)
	if elsewhere != nil { // of a script that is not the board's: where the page names it
		path, line, column = p.find(page, page, call{address: elsewhere}.needles(""))
	}
	m := api.Message{Time: now.UnixMilli(), From: "page", Kind: "log", Level: "error", Data: text, Size: len(l.Text), Millis: -1,
		Path: path, Line: line, Column: column}
	wrong := api.Diagnostic{Path: path, Line: line, Column: column, Severity: api.SeverityError, Source: "page", Raw: text}
	if elsewhere != nil {
		wrong.Raw += "\n" + cutText(elsewhere.String(), 300) + ":" + strconv.Itoa(max(l.Line, 0))
	}
	switch l.Kind {
	case "error":
		wrong.Code, wrong.Text = "page.error", text
		wrong.Help = say.BridgeThePageStoppedAtThis()
	case "rejection":
		m.Data = say.BridgeNotHandled(text)
		wrong.Code, wrong.Text = "page.rejection", say.BridgeSomethingThatPageWaitedFor(text)
		wrong.Help = say.BridgeAddCatchToPromiseOr()
	case "policy":
		m.Data = say.BridgeBlockedByPagesSecurityPolicy(text)
		wrong.Code, wrong.Text = "page.policy", m.Data
		wrong.Help = say.BridgeChangeContentSecurityPolicyPage()
	case "unwatched":
		m.Level, m.Data = "warn", unwatched(l.Level)
		m.Size = len(m.Data)
		p.c.Emit(m)
		return
	case "click":
		if id := cutText(l.API, 100); id != "" {
			path, line, column = p.find(page, page, []string{`id="` + id + `"`, `id='` + id + `'`, "id=" + id})
		}
		text = strings.ToValidUTF8(cutText(l.Text, 100), "\uFFFD")
		when := now.UnixMilli() // reports come in batches, after what a click has led to
		if l.Time > when-clickAge && l.Time < when {
			when = l.Time
		}
		p.c.Emit(api.Message{Time: when, From: "page", Kind: "click", Data: text, Size: len(text), Millis: -1, Path: path, Line: line, Column: column})
		return
	case "encoding":
		path, line, column = p.find(page, page, []string{text})
		m.Path, m.Line, m.Column = path, line, column
		m.Data = say.BridgeThePageSaysThatIts(cutText(text, 40))
		wrong.Path, wrong.Line, wrong.Column = path, line, column
		wrong.Code, wrong.Text = "page.encoding", m.Data
		wrong.Help = say.BridgeSaveItAsUtf82()
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
	p.c.Problem(page, wrong)
}

// unwatched says of what the script cannot be in that Studio does not see all.
func unwatched(what string) string {
	from := say.BridgeAnotherPage()
	switch what {
	case "frame":
		return say.BridgeStudioCannotWatchFrameThis()
	case "data":
		from = say.BridgeADataAddress()
	}
	return say.BridgeStudioCannotWatchThisWorker(from)
}

// fileOf is the project file behind a URL that a page reported; the page itself
// when it has none. elsewhere is set when the URL is of another origin.
func (p *Proxy) fileOf(address, page string) (file string, elsewhere *url.URL) {
	u, err := url.Parse(cutText(address, 1000))
	switch {
	case address == "" || err != nil:
		return page, nil
	case u.Host != "" && !p.ownHost(u.Host):
		return page, u
	case u.Scheme != "" && u.Scheme != "http", strings.HasPrefix(u.Path, ownPrefix): // blob:, data:; the script itself
		return page, nil
	}
	return p.c.File(u.Path), nil
}

// quota bounds how many lines are shown. It is not safe for concurrent use.
type quota struct {
	lines *rate.Limiter
	lost  int // not yet told
}

func newQuota() quota { return quota{lines: rate.NewLimiter(reportRate, reportBurst)} }

// take allows up to n lines and says how many were lost before them.
func (q *quota) take(now time.Time, n, lost int) (allowed, before int) {
	q.lost = min(q.lost+lost, 1_000_000_000)
	allowed = min(n, max(int(q.lines.TokensAt(now)), 0))
	q.lines.AllowN(now, allowed)
	if allowed > 0 {
		before, q.lost = q.lost, 0
	} else if n == 0 && q.lost > 0 && q.lines.AllowN(now, 1) { // only a number came
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
	places map[string]insertion
}

// insertion is what was put into one line of a file.
type insertion struct{ line, column, length int }

const maxPlaces = 256

func (m *placeMemory) put(file string, at insertion) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.places == nil || len(m.places) >= maxPlaces {
		m.places = map[string]insertion{}
	}
	m.places[file] = at
}

// correct is column without the script.
func (m *placeMemory) correct(file string, line, column int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.places[file]; ok && at.line == line && column >= at.column+at.length {
		return column - at.length
	}
	return column
}
