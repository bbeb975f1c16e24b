package bridge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func reportOf(t testing.TB, r pageReport) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReportIsChecked(t *testing.T) {
	asked := false
	p, s := start(t, serve(t, func(http.ResponseWriter, *http.Request) { asked = true }), nil)
	own := strings.TrimSuffix(p.URL(), "/")
	good := reportOf(t, pageReport{Page: "/a.html", Entries: []pageLine{{Kind: "log", Level: "info", Text: "hi", URL: own + "/b.js?x", Line: 2, Column: 3}}})
	for _, test := range []struct {
		what, method, body string
		headers            []string
		status             int
	}{
		{"good", "POST", good, []string{"Origin", own}, 204},
		{"no origin", "POST", good, nil, 403},
		{"foreign", "POST", good, []string{"Origin", "http://evil.example"}, 403},
		{"GET", "GET", "", []string{"Origin", own}, 405},
		{"no JSON", "POST", "hi", []string{"Origin", own}, 400},
		{"wrong types", "POST", `{"entries":[{"line":"x"}]}`, []string{"Origin", own}, 400},
		{"too long", "POST", `{"page":"` + strings.Repeat("x", reportBytes) + `"}`, []string{"Origin", own}, 413},
		{"empty", "POST", `{}`, []string{"Origin", own}, 204},
	} {
		if res, body := ask(t, p, test.method, reportPath, test.body, test.headers...); res.StatusCode != test.status {
			t.Errorf("%s: %d %s", test.what, res.StatusCode, body)
		}
	}
	if m := s.message(t, "log", "hi"); m.Path != "www/b.js" || m.Line != 2 || m.Column != 3 || m.Level != "info" || m.From != "page" {
		t.Errorf("%+v", m)
	}
	for _, path := range []string{"/.studio/", "/.studio", "/.studio/x", "/.studio/page.js/x", "/%2estudio/x", "/.studio/../x"} {
		if res, _ := ask(t, p, "GET", path, ""); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	if asked {
		t.Error("the board was asked")
	}
}

// A click is told with the place of its element, as text, and bounded.
func TestReportClick(t *testing.T) {
	p, s := start(t, nil, nil)
	now := time.Now().UnixMilli()
	p.take(pageReport{Page: "/led.html", Entries: []pageLine{
		{Kind: "click", Text: "button <b>LED on</b>", API: "on"},
		{Kind: "click", Text: "before", Time: now - 100}, {Kind: "click", Text: "long ago", Time: 1}, {Kind: "click", Text: "to come", Time: now + 1_000_000},
		{Kind: "click", Text: "button " + strings.Repeat("x", 500)},
	}})
	if m := s.message(t, "click", "button <b>LED on</b>"); m.From != "page" || m.Path != "www/led.html" {
		t.Errorf("%+v", m)
	}
	if m := s.message(t, "click", "before"); m.Time != now-100 {
		t.Errorf("a click has the time of its report: %d after", m.Time-now)
	}
	for _, wrong := range []string{"long ago", "to come"} {
		if m := s.message(t, "click", wrong); m.Time < now || m.Time > now+500_000 {
			t.Errorf("%s: a page's clock is believed: %d", wrong, m.Time-now)
		}
	}
	if m := s.message(t, "click", "button xxx"); len(m.Data) > 110 {
		t.Errorf("%d bytes", len(m.Data))
	}
}

func TestReportLines(t *testing.T) {
	p, s := start(t, nil, nil)
	p.take(pageReport{Page: "/sub/", Entries: []pageLine{
		{Kind: "log", Level: "<b>", Text: "odd level", URL: "data:x", Line: -5, Column: -5},
		{Kind: "error", Text: "far away", URL: "https://cdn.example/x.js", Line: 1},
		{Kind: "call", Level: "resource", API: "img", Text: p.URL() + "img/a%20b.png?x"},
		{Kind: "policy", Text: "script-src eval"},
		{Kind: "log", Text: strings.Repeat("é", 10_000)},
		{Kind: "log", Text: "bad\xff"},
	}})
	if m := s.message(t, "log", "odd level"); m.Level != "log" || m.Path != "www/sub/index.html" || m.Line != 0 || m.Column != 0 {
		t.Errorf("%+v", m)
	}
	if m := s.message(t, "log", "far away"); m.Path != "www/sub/index.html" || m.Level != "error" {
		t.Errorf("%+v", m)
	}
	s.message(t, "log", "/img/a%20b.png?x")
	s.message(t, "log", "security policy: script-src eval")
	if m := s.message(t, "log", "éé"); len(m.Data) > reportText+4 || strings.Contains(m.Data, "\uFFFD") {
		t.Errorf("%d bytes", len(m.Data))
	}
	s.message(t, "log", "bad\uFFFD")
	for i, code := range []string{"page.error", "page.bad-file", "page.policy"} {
		if i >= len(s.problems) || s.problems[i].Code != code {
			t.Errorf("problem %d of %+v", i, s.problems)
		}
	}
}

func TestReportsAreBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	var mu sync.Mutex
	p, s := start(t, nil, func(c *Config) { c.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now } })
	many := make([]pageLine, reportLines+50)
	for i := range many {
		many[i] = pageLine{Kind: "error", Text: fmt.Sprint("e", i)}
	}
	for range 20 {
		p.take(pageReport{Lost: 7, Entries: many})
	}
	heard := func() int { s.mu.Lock(); defer s.mu.Unlock(); return len(s.problems) }
	if n := heard(); n != reportBurst {
		t.Errorf("%d lines at once", n)
	}
	mu.Lock()
	now = now.Add(time.Second / 2)
	mu.Unlock()
	p.take(pageReport{Lost: -3, Entries: many[:1]})
	p.take(pageReport{Entries: many})
	if n := heard(); n != reportBurst+reportRate/2 {
		t.Errorf("%d lines half a second later", n)
	}
	// Every line that was left out is accounted for.
	told := 0
	for _, m := range s.messages {
		var n int
		if _, err := fmt.Sscanf(m.Data, "%d more lines", &n); err == nil {
			told += n
		}
	}
	if want := 20*(len(many)+7) - reportBurst + len(many) - reportLines; told != want {
		t.Errorf("told of %d lines, want %d", told, want)
	}
}

// The script is in the page but not in the file: columns behind it are moved back.
func TestColumnsAreTheFiles(t *testing.T) {
	text := "<!doctype html>\n<head><script>x()</script>"
	p, s := start(t, says(t, "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"+text), nil)
	ask(t, p, "GET", "/a.html", "", "Accept", navigation)
	n := len(scriptTag)
	for i, test := range []struct{ line, column, want int }{{2, 3, 3}, {2, 15 + n, 15}, {1, 60, 60}, {3, 60, 60}} {
		p.take(pageReport{Page: "/a.html", Entries: []pageLine{{Kind: "error", Text: "x", Line: test.line, Column: test.column}}})
		if got := s.problems[i]; got.Column != test.want || got.Line != test.line {
			t.Errorf("%d:%d is told as %d:%d", test.line, test.column, got.Line, got.Column)
		}
	}
}

func TestScriptIsServed(t *testing.T) {
	p, _ := start(t, nil, func(c *Config) { c.Hosts = []string{"192.168.4.1", "</script>", "FE80::1"} })
	res, body := ask(t, p, "GET", pagePath, "")
	if res.StatusCode != 200 || !strings.Contains(body, `=["192.168.4.1","\u003c/script\u003e","[fe80::1]"],`) {
		t.Errorf("%d %.600s", res.StatusCode, body)
	}
	etag := res.Header.Get("ETag")
	if res, _ := ask(t, p, "GET", pagePath, "", "If-None-Match", etag); res.StatusCode != 304 {
		t.Errorf("again: %d", res.StatusCode)
	}
	p.SetHosts("board.local")
	if res, body := ask(t, p, "GET", pagePath, "", "If-None-Match", etag); res.StatusCode != 200 || !strings.Contains(body, `["board.local"]`) {
		t.Errorf("with other hosts: %d", res.StatusCode)
	}
	if res, _ := ask(t, p, "POST", pagePath, "", "Origin", strings.TrimSuffix(p.URL(), "/")); res.StatusCode != 405 {
		t.Errorf("POST: %d", res.StatusCode)
	}
}

// FuzzReport: whatever a page reports, the watcher gets bounded, valid text.
func FuzzReport(f *testing.F) {
	f.Add(`{"page":"/","lost":3,"entries":[{"kind":"error","text":"x","url":"http://localhost:0/a.js","line":1,"column":2}]}`)
	f.Add(`{"page":"/","entries":[{"kind":"call","level":"secure","text":"%","api":"WebSocket"},{"kind":"call","level":"failed","text":"//[","api":"fetch","status":404}]}`)
	f.Add(`{"page":"%zz","lost":-1,"entries":[{"kind":"resource","text":"http://[","url":"://"}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		var r pageReport
		if json.Unmarshal([]byte(body), &r) != nil {
			return
		}
		s := newSeen()
		p := NewProxy(Config{Emit: s.emit, Problem: s.problem})
		defer p.Close()
		p.take(r)
		for _, m := range s.messages {
			if len(m.Data) > 3*reportText+100 || m.Line < 0 || m.Column < 0 || m.Kind != "log" {
				t.Fatalf("%+v", m)
			}
		}
	})
}
