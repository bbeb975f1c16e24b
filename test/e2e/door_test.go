package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
)

// Who may come in, and who may not.
func TestDoor(t *testing.T) {
	s := shared(t)
	stranger := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request := func(client *http.Client, method, path string, header ...string) int {
		t.Helper()
		r, err := http.NewRequest(method, s.base+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			if header[i] == "Host" {
				r.Host = header[i+1]
			}
			r.Header.Set(header[i], header[i+1])
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	own := s.base
	var codes []string
	for range 3 {
		codes = append(codes, strings.TrimPrefix(s.newAddress(), own))
	}
	port := own[strings.LastIndexByte(own, ':')+1:]
	for _, c := range []struct {
		name   string
		client *http.Client
		method string
		path   string
		header []string
		want   int
	}{
		{"no cookie, page", stranger, "GET", "/", nil, 401},
		{"no cookie, API", stranger, "GET", "/api/state", nil, 401},
		{"wrong code", stranger, "GET", "/?code=0123456789abcdef0123456789abcdef", nil, 401},
		{"used code", stranger, "GET", strings.TrimPrefix(s.code, s.base), nil, 401},
		{"a code is not used up by a look", stranger, "HEAD", codes[0], nil, 401},
		{"right code", stranger, "GET", codes[0], nil, 303},
		{"right code, again", stranger, "GET", codes[0], nil, 401},
		{"used code in a browser that is in", s.http, "GET", codes[0], nil, 200},
		{"right code, by a link of another page", stranger, "GET", codes[1], []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"code only at the front door", stranger, "GET", "/api/state" + codes[2][1:], nil, 401},
		{"no codes for strangers", stranger, "POST", "/api/door/code", []string{"Origin", own}, 401},
		{"no browser for strangers", stranger, "POST", "/api/door/show", []string{"Origin", own}, 401},
		{"the program's token is no code", stranger, "GET", "/?code=" + s.token, nil, 401},
		{"wrong bearer", stranger, "GET", "/api/state", []string{"Authorization", "Bearer nope"}, 401},
		{"right bearer", stranger, "GET", "/api/state", []string{"Authorization", "Bearer " + s.token}, 200},
		{"rebound host", stranger, "GET", codes[2], []string{"Host", "evil.example"}, 421},
		{"rebound host with cookie", s.http, "GET", "/api/state", []string{"Host", "evil.example:80"}, 421},
		{"localhost leads to the real name", stranger, "GET", codes[2], []string{"Host", "localhost:" + port}, 307},
		{"no API on localhost", s.http, "GET", "/api/state", []string{"Host", "localhost:" + port}, 421},
		{"own GET", s.http, "GET", "/api/state", nil, 200},
		{"GET asked for by another site", s.http, "GET", "/api/state", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"POST without origin", s.http, "POST", "/api/console/clear", nil, 403},
		{"POST from another origin", s.http, "POST", "/api/console/clear", []string{"Origin", "http://evil.example"}, 403},
		{"POST from the board's page", s.http, "POST", "/api/console/clear", []string{"Origin", strings.TrimSuffix(s.state.Board.PageURL, "/") + "x"}, 403},
		{"POST from null", s.http, "POST", "/api/console/clear", []string{"Origin", "null"}, 403},
		{"POST from our page", s.http, "POST", "/api/console/clear", []string{"Origin", own}, 204},
	} {
		if got := request(c.client, c.method, c.path, c.header...); got != c.want {
			t.Errorf("%s: %s %s = %d, want %d", c.name, c.method, c.path, got, c.want)
		}
	}
	for _, origin := range []string{"http://evil.example", "null", ""} {
		h := http.Header{"Cookie": {cookies(s)}}
		if origin != "" {
			h.Set("Origin", origin)
		}
		c, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.base, "http")+"/api/events", h)
		if err == nil {
			c.Close()
			t.Errorf("the event socket opens for origin %q", origin)
		} else if res == nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("the event socket for origin %q: %v", origin, err)
		}
	}
	page := s.do("GET", "/", nil)
	csp := page.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'self'", "frame-ancestors 'none'", "object-src 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the page's policy %q lacks %s", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe-eval") || strings.Contains(csp, "script-src 'unsafe") {
		t.Errorf("the page's policy allows inline scripts: %q", csp)
	}
}

// newAddress is one that lets a browser in.
func (s *studio) newAddress() string {
	s.t.Helper()
	var v struct{ URL string }
	if err := json.Unmarshal(s.ok("POST", "/api/door/code", "{}").Body, &v); err != nil {
		s.t.Fatal(err)
	}
	return v.URL
}

func cookies(s *studio) string {
	r, _ := http.NewRequest("GET", s.base, nil)
	var all []string
	for _, c := range s.http.Jar.Cookies(r.URL) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

// Nothing that can be sent to the API gives a stack trace, a hang, or an answer without code, text and help.
func TestBadRequests(t *testing.T) {
	s := shared(t)
	s.until("a project", func(n api.Snapshot) bool { return n.Project != nil })
	long := strings.Repeat("a", 300)
	for _, c := range []struct {
		method, path string
		body         any
		header       []string
	}{
		{"GET", "/api/nowhere", nil, nil},
		{"POST", "/api/state", "{}", nil},
		{"POST", "/api/run", nil, []string{"Origin", ""}},
		{"PUT", "/api/files/..%2Foutside.html", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www%2F..%2F..%2Foutside.html", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/%2Fetc%2Fpasswd", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www/con.html", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www/COM1", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www/a%3Ab.html", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www/" + long, "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www/%ff%fe.html", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www/a%00b.html", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www/a%0ab.html", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/.studio/x", "x", []string{"If-Match", "*"}},
		{"PUT", "/api/files/www/led.html", "x", nil},
		{"PUT", "/api/files/www/led.html", "x", []string{"If-Match", `"0123456789abcdef"`}},
		{"PUT", "/api/files/www/led.html", "x", []string{"If-None-Match", "*"}},
		{"GET", "/api/files/www/none.html", nil, nil},
		{"DELETE", "/api/files/www/none.html", nil, nil},
		{"POST", "/api/files-rename", `{"from":"www/led.html","to":"../x"}`, nil},
		{"POST", "/api/files-rename", `{"from":"www/none","to":"www/y"}`, nil},
		{"POST", "/api/files-rename", `{"from`, nil},
		{"POST", "/api/files-rename", `{"unknown":1}`, nil},
		{"POST", "/api/projects", `{"template":"nothing","title":"x"}`, nil},
		{"POST", "/api/projects", `{"template":"led","title":"a\u0000b"}`, nil},
		{"POST", "/api/projects/none/open", `{}`, nil},
		{"POST", "/api/projects/..%2F..%2F/open", `{}`, nil},
		{"DELETE", "/api/projects/none", nil, nil},
		{"POST", "/api/board/port", `{"port":"virtual:../x"}`, nil},
		{"POST", "/api/board/port", `{"port":5}`, nil},
		{"POST", "/api/board/pins", `{"pin":99,"level":true}`, nil},
		{"POST", "/api/board/pins", `{"pin":-1,"level":true}`, nil},
		{"POST", "/api/board/pins", `{"pin":"x"}`, nil},
		{"GET", "/api/board/files/www/none.html", nil, nil},
		{"POST", "/api/push", `{"remove":7}`, nil},
		{"POST", "/api/cancel", `{"id":"99"}`, nil},
		{"POST", "/api/console", `{"text":"` + strings.Repeat("x", 5000) + `"}`, nil},
		{"POST", "/api/messages/send", `{"binary":true,"data":"%%%"}`, nil},
		{"POST", "/api/messages/send", `{"binary":false,"data":"nobody is connected"}`, nil},
		{"POST", "/api/messages/close", `{"code":99}`, nil},
		{"POST", "/api/flash?offset=banana", "x", nil},
		{"POST", "/api/flash", "", nil},
		{"PUT", "/api/settings", `{"theme":"pink"}`, nil},
		{"PUT", "/api/settings", `{"fontSize":1000}`, nil},
		{"PUT", "/api/settings", `[]`, nil},
		{"POST", "/api/snapshots/none/restore", `{}`, nil},
		{"PUT", "/api/files/www/big.bin", make([]byte, 10<<20), []string{"If-Match", "*"}},
	} {
		a := s.do(c.method, c.path, c.body, c.header...)
		if a.Status < 400 {
			t.Errorf("%s %.80s %.60v = %d %.200s; want a refusal", c.method, c.path, c.body, a.Status, a.Body)
			continue
		}
		if a.Status == http.StatusInternalServerError {
			t.Errorf("%s %.80s %.60v = 500 %.300s", c.method, c.path, c.body, a.Body)
		}
		if a.Error == nil || a.Error.Code == "" || a.Error.Text == "" || a.Error.Help == "" && a.Error.Code != "action.over" {
			t.Errorf("%s %.80s = %d %.300s; want code, text and help", c.method, c.path, a.Status, a.Body)
		}
	}
	if p := s.run(); p.Board.State != api.BoardRunning {
		t.Errorf("after all that, Run gives %s", p.Board.State)
	}
}

// A file's name is unescaped once, however it came: %25 is a percent sign and not the beginning of something else.
func TestPercentInNames(t *testing.T) {
	s := shared(t)
	for escaped, name := range map[string]string{
		"www/50%25.html":   "www/50%.html",
		"www/a%2541.html":  "www/a%41.html",
		"www%2Fa%25b.html": "www/a%b.html",
		"www/a%20b.html":   "www/a b.html",
	} {
		s.ok("PUT", "/api/files/"+escaped, "x", "If-None-Match", "*")
		if _, err := os.Stat(filepath.Join(s.state.Project.Dir, filepath.FromSlash(name))); err != nil {
			t.Errorf("%s: %v", escaped, err)
		}
		s.ok("GET", "/api/files/"+escaped, nil)
	}
}
