package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/home"
	"studioide/internal/lan"
	"studioide/internal/workbench"
)

// desk is a server with a workbench behind it: a new user's, with an empty virtual board.
type desk struct {
	t     *testing.T
	addr  string
	token string
	hub   *workbench.Hub

	routes []string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Setenv("STUDIO_HOME", t.TempDir())
	h, err := home.Open()
	if err != nil {
		t.Fatal(err)
	}
	w, err := workbench.Open(workbench.Config{Home: h, Version: "7", LAN: lan.Options{Addresses: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, addr: l.Addr().String(), token: home.NewToken(), hub: w.Hub()}
	s := New(l, Config{Workbench: w, Guard: NewGuard(l.Addr(), d.token, h), Page: http.NotFoundHandler()})
	d.routes = s.Routes()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.Shutdown(ctx)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// ask gives an answer's status, the code of its problem, and its body.
func (d *desk) ask(method, path, body string, header ...string) (status int, code string, content []byte, answer *http.Response) {
	d.t.Helper()
	r, err := http.NewRequest(method, "http://"+d.addr+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err = http.DefaultTransport.RoundTrip(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	if content, err = io.ReadAll(answer.Body); err != nil {
		d.t.Fatal(err)
	}
	var p struct {
		Error struct{ Code, Text, Help string }
	}
	if json.Unmarshal(content, &p) == nil && p.Error.Code != "" && p.Error.Text == "" {
		d.t.Errorf("%s %s: %s says nothing", method, path, p.Error.Code)
	}
	return answer.StatusCode, p.Error.Code, content, answer
}

// Every request has its answer, and every failure its status and its code. In this order: they build on each other.
func TestRoutes(t *testing.T) {
	d := newDesk(t)
	const any, new = "If-Match\x00*", "If-None-Match\x00*"
	for _, c := range []struct {
		method, path, body, header string
		status                     int
		code                       string // of the problem
		says                       string // in the body
	}{
		{"GET", "/api/state", "", "", 200, "", `"version":"7"`},
		{"GET", "/api/nothing", "", "", 404, "http.not-found", ""},
		{"POST", "/api/state", "{}", "", 404, "http.not-found", ""},
		{"PUT", "/api/settings", `{"theme":"dark","port":"virtual:other"}`, "", 200, "", `"theme":"dark"`},
		{"GET", "/api/state", "", "", 200, "", `"port":"virtual:"`}, // a port has a request of its own
		{"PUT", "/api/settings", `{"panels":{"side":0,"files":200}}`, "", 200, "", `"panels":{"files":200,"side":0}`},
		{"PUT", "/api/settings", `{"theme":"dark"}`, "", 200, "", `"panels":{"files":200,"side":0}`},
		{"PUT", "/api/settings", `{"panels":{"files":200}}`, "", 200, "", `"panels":{"files":200}`}, // unfolded to its first size
		{"PUT", "/api/settings", `{"panels":{}}`, "", 200, "", `"panels":{}`},
		{"PUT", "/api/settings", `{"theme":7}`, "", 422, "http.bad-json", ""},
		{"POST", "/api/report", `{"text":"` + strings.Repeat("x", 5000) + `"}`, "", 204, "", ""},
		{"POST", "/api/report", `{"text":7}`, "", 422, "http.bad-json", ""},
		{"POST", "/api/report", `{"unknown":"x"}`, "", 422, "http.bad-json", ""},

		{"POST", "/api/projects", `{"template":"echo","name":"Echo it"}`, "", 201, "", `"title":"Echo it"`},
		{"POST", "/api/projects", `{"template":"echo","title":"High","program":"package main // mine\n"}`, "", 201, "", `"title":"High"`},
		{"GET", "/api/files/main.go", "", "", 200, "", "package main // mine"},
		{"POST", "/api/projects", `{"template":"toaster","name":"x"}`, "", 404, "template.missing", ""},
		{"POST", "/api/projects", `{"template":`, "", 422, "http.bad-json", ""},
		{"POST", "/api/projects/nowhere/trust", `{"trusted":true}`, "", 0, "project.missing", ""},
		{"POST", "/api/projects/Echo-it/trust", `{"trusted":"yes"}`, "", 422, "http.bad-json", ""},
		{"GET", "/api/trust", "", "", 200, "", `"how":"made"`},
		{"POST", "/api/projects/Echo-it/trust", `{"trusted":false}`, "", 204, "", ""},
		{"POST", "/api/projects/Echo-it/trust", `{"trusted":false}`, "", 204, "", ""}, // it is not
		{"POST", "/api/projects/Echo-it/trust", `{"trusted":true}`, "", 204, "", ""},
		{"GET", "/api/trust", "", "", 200, "", `"how":"asked"`},
		{"DELETE", "/api/trust/0123456789abcdef", "", "", 0, "trust.not-trusted", ""},
		{"POST", "/api/projects/Echo-it/rename", `{"title":"50% größer"}`, "", 204, "", ""},
		{"POST", "/api/projects/nowhere/open", `{}`, "", 404, "project.missing", ""},
		{"POST", "/api/projects/LED-over-WebSocket/open", `{}`, "", 204, "", ""},
		{"PUT", "/api/projects/LED-over-WebSocket/chart", `{"chart":{"series":[{"key":"message:t","label":"Temp","hidden":false,"factor":0.1}],"controls":[]}}`, "", 204, "", ""},
		{"GET", "/api/state", "", "", 200, "", `"label":"Temp"`},
		{"GET", "/api/files/studio.json", "", "", 200, "", `"title": "LED over WebSocket"`},
		{"PUT", "/api/projects/Echo-it/chart", `{"chart":{}}`, "", 409, "project.other", ""},
		{"PUT", "/api/projects/LED-over-WebSocket/chart", `{"chart":{"controls":[{"kind":"slider","label":"x","pattern":"LED","high":1}]}}`, "", 422, "chart.bad", ""},
		{"PUT", "/api/projects/LED-over-WebSocket/chart", `{"chart":{"series":[{"key":""}]}}`, "", 422, "chart.bad", ""},
		{"PUT", "/api/projects/LED-over-WebSocket/chart", `{"chart":{"fixed":true,"low":2,"high":1}}`, "", 422, "chart.bad", ""},
		{"DELETE", "/api/projects/nowhere", "", "", 404, "project.missing", ""},

		{"GET", "/api/files/main.go", "", "", 200, "", "package main"},
		{"GET", "/api/files/nope.html", "", "", 404, "file.missing", ""},
		{"GET", "/api/files/%ff", "", "", 422, "name.bad", ""},
		{"PUT", "/api/files/www/a%20b.html", "<p>a", "", 422, "file.no-version", ""},
		{"PUT", "/api/files/www/a%20b.html", "<p>a", new, 200, "", `"path":"www/a b.html"`},
		{"PUT", "/api/files/www/a%20b.html", "<p>b", new, 409, "file.exists", ""},
		{"PUT", "/api/files/www/a%20b.html", "<p>b", "If-Match\x00\"0000\"", 409, "file.conflict", ""},
		{"PUT", "/api/files/www/a%20b.html", "<p>b", any, 200, "", ""},
		{"PUT", "/api/files/www/x.html", "x", any + "\x00X-Studio-Project\x00another%20one", 409, "project.other", ""},
		{"PUT", "/api/files/www/big.bin", strings.Repeat("x", 10<<20), any, 413, "http.too-large", ""},
		{"GET", "/api/files/www/a%20b.html", "", "", 200, "", "<p>b"},
		{"POST", "/api/files-rename", `{"from":"www/a b.html","to":"www/100%.html"}`, "", 204, "", ""},
		{"GET", "/api/files/www/100%25.html", "", "", 200, "", "<p>b"},
		{"DELETE", "/api/files/www/100%25.html", "", "", 204, "", ""},
		{"DELETE", "/api/files/www/100%25.html", "", "", 404, "file.missing", ""},
		{"POST", "/api/check", `{"path":"www/x.html","content":"<img src=none.png>"}`, "", 200, "", "none.png"},
		{"POST", "/api/check", `{"path":"www/x.html","content":"<!doctype html><title>x</title><p>x"}`, "", 200, "", `"problems":[]`},
		{"GET", "/api/snapshots", "", "", 200, "", `"snapshots":`},
		{"GET", "/api/snapshots/none/main.go", "", "", 404, "snapshot.missing", ""},
		{"POST", "/api/snapshots/none/restore", "{}", "", 404, "snapshot.missing", ""},
		{"POST", "/api/library", `{"path":"www/led.html","address":"http://127.0.0.1/x.js"}`, "", 0, "", ""},
		{"POST", "/api/cancel", `{"id":"none"}`, "", 409, "action.over", ""},

		{"GET", "/api/ports", "", "", 200, "", "virtual:"},
		{"POST", "/api/board/port", `{"port":"virtual:NO GOOD"}`, "", 422, "", ""},
		{"POST", "/api/board/port", `{"port":"virtual:two"}`, "", 204, "", ""},
		{"POST", "/api/board/kind", `{"id":"pico"}`, "", 422, "board.virtual", ""},
		{"POST", "/api/board/kind", `{"id":"toaster"}`, "", 404, "board.unknown", ""},
		{"POST", "/api/board/pins", `{"pin":9,"level":true}`, "", 0, "", ""},
		{"POST", "/api/board/pins", `{"pin":2,"value":1000}`, "", 0, "", ""},
		{"POST", "/api/board/pins", `{"pin":"9"}`, "", 422, "http.bad-json", ""},
		{"POST", "/api/board/fault", `{"kind":"cut"}`, "", 204, "", ""},
		{"GET", "/api/state", "", "", 200, "", `"fault":"cut"`},
		{"POST", "/api/board/fault", `{"kind":"thunder"}`, "", 422, "network.no-such-fault", "thunder"},
		{"POST", "/api/board/fault", `{"kind":""}`, "", 204, "", ""},
		{"POST", "/api/board/dial", `{"address":"example.com:80","allow":true}`, "", 404, "outgoing.not-asked", "example.com:80"},
		{"POST", "/api/board/dial", `{"address":"example.com","allow":true}`, "", 422, "outgoing.address", "example.com"},
		{"POST", "/api/flash?offset=much", "x", "", 422, "flash.bad-offset", ""},
		{"POST", "/api/flash?name=page.html", "<!doctype html><p>no program", "", 422, "", "page.html"},
		{"GET", "/api/board/files", "", "", 0, "", ""},
		{"GET", "/api/board/files/www/led.html", "", "", 0, "", ""},
		{"PUT", "/api/board/files/www/led.html", "x", "", 0, "", ""},
		{"DELETE", "/api/board/files/www/led.html", "", "", 0, "", ""},
		{"POST", "/api/board/push", `{"files":[{"path":"www/a","content":"eA=="}]}`, "", 0, "", ""},
		{"POST", "/api/board/push", `{"files":[{"path":"www/a","content":"not base64"}]}`, "", 422, "http.bad-json", ""},
		{"POST", "/api/board/fetch", `{"path":"www/a"}`, "", 0, "", ""},
		{"POST", "/api/push", `{}`, "", 0, "", ""},
		{"POST", "/api/board/wifi/scan", `{}`, "", 0, "", ""},
		{"POST", "/api/board/wifi/join", `{"ssid":"x","password":"y"}`, "", 0, "", ""},
		{"POST", "/api/board/wifi/forget", `{}`, "", 0, "", ""},

		{"POST", "/api/console", `{"text":"` + strings.Repeat("x", 5000) + `"}`, "", 422, "console.bad-text", ""},
		{"POST", "/api/console", `{"text":"hello"}`, "", 204, "", ""},
		{"POST", "/api/console/clear", ``, "", 204, "", ""},
		{"POST", "/api/messages/connect", `{"path":"http://elsewhere/"}`, "", 422, "socket.bad-path", ""},
		{"POST", "/api/messages/connect", `{}`, "", 0, "", ""},
		{"POST", "/api/messages/send", `{"data":"x"}`, "", 422, "socket.closed", ""},
		{"POST", "/api/messages/send", `{"binary":true,"data":"?"}`, "", 422, "message.bad-binary", ""},
		{"POST", "/api/messages/send", `{"binary":true,"data":"eA=="}`, "", 422, "socket.closed", ""},
		{"POST", "/api/messages/close", `{}`, "", 204, "", ""},
		{"POST", "/api/messages/connections", `{"url":"ws://127.0.0.1:1/"}`, "", 403, "socket.unconfirmed", ""},
		{"POST", "/api/messages/connections", `{"url":"http://elsewhere/"}`, "", 422, "socket.bad-url", ""},
		{"POST", "/api/messages/connections", `{"path":"/","headers":[{"name":"Host","value":"x"}]}`, "", 422, "socket.bad-header", ""},
		{"POST", "/api/messages/connections", `{"path":"/","protocols":["a b"]}`, "", 422, "socket.bad-protocol", ""},
		{"POST", "/api/messages/connections", `{"url":"ws://127.0.0.1:1/","confirmed":true}`, "", 424, "server.nobody", ""},
		{"POST", "/api/messages/connections", `{"url":"ws://127.0.0.1:1/"}`, "", 424, "server.nobody", ""}, // it was confirmed
		{"POST", "/api/messages/send", `{"conn":2,"data":"x"}`, "", 404, "socket.none", ""},
		{"POST", "/api/messages/close", `{"conn":2}`, "", 404, "socket.none", ""},
		{"POST", "/api/messages/ping", `{"conn":2}`, "", 404, "socket.none", ""},
		{"POST", "/api/messages/ping", `{"data":"x"}`, "", 422, "socket.closed", ""},
		{"POST", "/api/messages/ping", `{"binary":true,"data":"?"}`, "", 422, "message.bad-binary", ""},
		{"GET", "/api/messages/none", "", "", 404, "http.not-found", ""},
		{"GET", "/api/messages/1000000", "", "", 404, "http.not-found", ""},
		{"GET", "/api/messages.jsonl", "", "", 200, "", ""},
		{"POST", "/api/lan/code", "", "", 422, "lan.off", ""},
		{"POST", "/api/lan/open", "", "", 201, "", `"on":true,"addresses":["https://127.0.0.1:`},
		{"POST", "/api/lan/open", "", "", 201, "", `"devices":[]`}, // it is already
		{"POST", "/api/lan/code", "", "", 200, "", `"wrong":0`},
		{"GET", "/api/state", "", "", 200, "", `"lan":{"on":true`},
		{"POST", "/api/lan/close", "", "", 204, "", ""},
		{"POST", "/api/lan/close", "", "", 204, "", ""}, // it is not
		{"GET", "/api/state", "", "", 200, "", `"lan":{"on":false`},
		{"POST", "/api/messages/mark", `{"text":"now I pull the cable"}`, "", 204, "", ""},
		{"GET", "/api/messages.jsonl", "", "", 200, "", `"kind":"mark","binary":false,"data":"now I pull the cable"`},
		{"POST", "/api/messages/mark", `{"text":"` + strings.Repeat("x", 201) + `"}`, "", 422, "message.bad-mark", ""},
		{"POST", "/api/messages/clear", "", "", 204, "", ""},
		{"PUT", "/api/files/tests/led.json", `{"messages":{"On":"LEDon"},"steps":[{"wait":"20 ms"}]}`, new, 200, "", ""},
		{"PUT", "/api/files/tests/bad.json", "{\n\"steps\":[{}]}", new, 200, "", ""},
		{"GET", "/api/tests", "", "", 200, "", `"messages":[{"name":"On","binary":false,"data":"LEDon"}],"steps":[{"line":1,"depth":0,"text":"wait 20 ms","state":"waiting"`},
		{"GET", "/api/tests", "", "", 200, "", `"path":"tests/bad.json","name":"bad","messages":[],"steps":[],"problem":{"code":"test.bad-file"`},
		{"POST", "/api/tests/check", `{"content":"{\"steps\":[{}]}"}`, "", 200, "", "test.bad-file"},
		{"POST", "/api/tests/send", `{"path":"tests/led.json","name":"Off"}`, "", 404, "test.no-message", ""},
		{"POST", "/api/tests/send", `{"path":"tests/led.json","name":"On"}`, "", 422, "socket.closed", ""},
		{"POST", "/api/tests/send", `{"path":"main.go","name":"On"}`, "", 404, "test.no-set", ""},
		{"POST", "/api/tests/run", `{"paths":[]}`, "", 404, "test.no-set", ""},
		{"POST", "/api/tests/cancel", `{}`, "", 409, "action.over", ""},
		{"POST", "/api/load", `{"clients":1001,"rounds":1,"within":1,"path":"/ws"}`, "", 422, "load.number", ""},
		{"POST", "/api/load", `{"clients":1,"rounds":1,"within":1,"path":"http://elsewhere/"}`, "", 422, "load.path", ""},
		{"POST", "/api/load/cancel", `{}`, "", 409, "action.over", ""},
		{"POST", "/api/load", `{"clients":2,"rounds":1,"within":1000,"path":"/ws"}`, "", 202, "", `"state":"running","clients":2`},
		{"POST", "/api/tests/run", `{"paths":["tests/led.json","tests/bad.json","tests/none.json"]}`, "", 202, "", `"path":"tests/none.json","name":"none","state":"failed"`},
		{"GET", "/api/recordings", "", "", 200, "", `"recordings":[]`},
		{"POST", "/api/recordings/stop", "", "", 422, "recording.none", ""},
		{"POST", "/api/recordings/start", `{"name":"a\nb"}`, "", 422, "recording.bad-name", ""},
		{"POST", "/api/recordings/start", `{"name":"first"}`, "", 201, "", `"name":"first"`},
		{"POST", "/api/recordings/stop", "", "", 200, "", `"end":"stopped"`},
		{"POST", "/api/recordings/import?name=x.jsonl", "{}", "", 422, "recording.line", "Line 1"},
		{"POST", "/api/recordings/..%2f..%2fmain/rename", `{"name":"x"}`, "", 404, "recording.missing", ""},
		{"DELETE", "/api/recordings/20250101-000000-00000000", "", "", 404, "recording.missing", ""},
		{"POST", "/api/recordings/20250101-000000-00000000/restore", "", "", 404, "recording.missing", ""},
		{"POST", "/api/recordings/20250101-000000-00000000/messages", `{"n":1}`, "", 404, "recording.missing", ""},
		{"POST", "/api/recordings/cancel", "", "", 409, "action.over", ""},
		{"POST", "/api/recordings/compare", `{"a":"20250101-000000-00000000","b":"x"}`, "", 404, "recording.missing", ""},
		{"POST", "/api/recordings/20250101-000000-00000000/replay", `{"speed":1}`, "", 404, "recording.missing", ""},
		{"GET", "/api/recordings/20250101-000000-00000000/messages/1", "", "", 404, "recording.missing", ""},
		{"GET", "/api/recordings/20250101-000000-00000000/export/csv", "", "", 404, "recording.missing", ""},
		{"GET", "/api/recordings/20250101-000000-00000000/export/exe", "", "", 404, "http.not-found", ""},
		{"GET", "/", "", "", 404, "", ""},
	} {
		name := c.method + " " + c.path
		status, code, content, answer := d.ask(c.method, c.path, c.body, strings.Split(c.header, "\x00")...)
		switch {
		case c.status != 0 && status != c.status, c.code != "" && code != c.code, !bytes.Contains(content, []byte(c.says)):
			t.Errorf("%s: %d %s %.300s, want %d %s %s", name, status, code, content, c.status, c.code, c.says)
		case c.status == 0 && (status < 400 || status >= 500 || code == "" || code == "internal"): // none of Studio's failures: what was asked for is not there, or an empty board cannot
			if !(strings.HasPrefix(c.path, "/api/board/pins") && status == 204) {
				t.Errorf("%s: %d %.300s", name, status, content)
			}
		}
		if answer.Header.Get("Content-Type") == "application/json" && hasNull(t, content) {
			t.Errorf("%s: null in %s", name, content)
		}
		if h := answer.Header; strings.HasPrefix(c.path, "/api/") && (h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") == "") {
			t.Errorf("%s: headers %v", name, h)
		}
	}
}

// hasNull reports whether anything in a JSON text is null.
func hasNull(t *testing.T, text []byte) bool {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var null func(v any) bool
	null = func(v any) bool {
		switch v := v.(type) {
		case []any:
			return slices.ContainsFunc(v, null)
		case map[string]any:
			return slices.ContainsFunc(slices.Collect(maps.Values(v)), null)
		}
		return v == nil
	}
	return null(v)
}

// On the wire trust is taken back by an id, and by nothing else: a path, which a request could make up, names no project there.
func TestTrustIsTakenBackByID(t *testing.T) {
	d := newDesk(t)
	list := func() (all []api.TrustedProject) {
		t.Helper()
		var got struct{ Projects []api.TrustedProject }
		if status, _, content, _ := d.ask("GET", "/api/trust", ""); status != 200 || json.Unmarshal(content, &got) != nil {
			t.Fatalf("%d %s", status, content)
		}
		return got.Projects
	}
	before := list()
	if len(before) != 1 || before[0].How != "made" || before[0].Gone || before[0].Path == "" {
		t.Fatalf("%+v", before)
	}
	for _, id := range []string{before[0].Path, ".", "..", strings.ToUpper(before[0].ID), before[0].ID + "/", before[0].ID[:15]} {
		if status, code, content, _ := d.ask("DELETE", "/api/trust/"+url.PathEscape(id), ""); status < 400 || code == "" || code == "internal" {
			t.Errorf("DELETE of %q: %d %s", id, status, content)
		}
	}
	if now := list(); len(now) != 1 || now[0] != before[0] {
		t.Errorf("%+v is trusted now", now)
	}
	if status, _, content, _ := d.ask("DELETE", "/api/trust/"+before[0].ID, ""); status != 204 {
		t.Errorf("%d %s", status, content)
	}
	if now := list(); len(now) != 0 {
		t.Errorf("%+v is trusted still", now)
	}
}

// What is in a project's files no browser takes for a page of ours.
func TestFilesAreNoPages(t *testing.T) {
	d := newDesk(t)
	for name, kind := range map[string]string{"www/a.html": "application/octet-stream", "www/a.svg": "image/svg+xml", "www/a.js": "application/octet-stream", "www/a.PNG": "image/png"} {
		if status, _, content, _ := d.ask("PUT", "/api/files/"+name, "<script>x</script>", "If-Match", "*"); status != 200 {
			t.Fatalf("%s: %d %s", name, status, content)
		}
		_, _, _, answer := d.ask("GET", "/api/files/"+name, "")
		if got := answer.Header.Get("Content-Type"); got != kind || !strings.HasPrefix(answer.Header.Get("Content-Security-Policy"), "sandbox") || answer.Header.Get("ETag") == "" || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", name, answer.Header)
		}
	}
}

// The event socket begins with everything, and then tells what changes.
func TestEvents(t *testing.T) {
	d := newDesk(t)
	c, _, err := websocket.DefaultDialer.Dial("ws://"+d.addr+"/api/events", http.Header{"Authorization": {"Bearer " + d.token}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	hear := func(what string, ok func(api.Event) bool) {
		t.Helper()
		c.SetReadDeadline(time.Now().Add(time.Minute))
		for {
			_, line, err := c.ReadMessage()
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			var e api.Event
			if err := json.Unmarshal(line, &e); err != nil || hasNull(t, line) {
				t.Fatalf("%s: %v in %s", what, err, line)
			}
			if ok(e) {
				return
			}
		}
	}
	hear("a snapshot", func(e api.Event) bool {
		return e.Snapshot != nil && e.Snapshot.ClientID != "" && e.Snapshot.Project != nil
	})
	d.ask("PUT", "/api/files/www/new.html", "x", "If-Match", "*", "X-Studio-Client", "me")
	hear("a saved file", func(e api.Event) bool { return e.File != nil && e.File.Path == "www/new.html" && e.File.Client == "me" })
	d.ask("POST", "/api/board/port", `{"port":"virtual:two"}`)
	hear("another board", func(e api.Event) bool { return e.Snapshot != nil && e.Snapshot.Board.Port == "virtual:two" })
	if status, _, _, _ := d.ask("GET", "/api/events", ""); status != http.StatusBadRequest {
		t.Errorf("no WebSocket: %d", status)
	}
}

// A page that says what it takes gets that much, and one that says anything else is no page.
func TestEventsAtThePaceOfThePage(t *testing.T) {
	d := newDesk(t)
	c, _, err := websocket.DefaultDialer.Dial("ws://"+d.addr+"/api/events?paced=1", http.Header{"Authorization": {"Bearer " + d.token}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	for first := true; ; first = false {
		var e api.Event
		if err := c.ReadJSON(&e); err != nil {
			t.Fatal(err)
		}
		if first {
			for range 100 {
				d.hub.Publish(api.Event{File: &api.FileChange{Path: strings.Repeat("x", 20_000)}})
			}
			d.hub.Publish(api.Event{Notice: &api.Notice{Level: "last"}})
		}
		if e.Notice != nil && e.Notice.Level == "last" {
			break
		}
		if err := c.WriteMessage(websocket.TextMessage, []byte("1")); err != nil {
			t.Fatal(err)
		}
	}
	c.WriteMessage(websocket.TextMessage, []byte("x"))
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			if !websocket.IsUnexpectedCloseError(err) {
				t.Errorf("what is no number: %v", err)
			}
			return
		}
	}
}
