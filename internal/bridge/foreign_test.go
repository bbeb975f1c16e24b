package bridge

import (
	"encoding/binary"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
)

// told is a problem that a page has to bring about: in the line of its file that
// holds at, with that code, and these words in its text and help.
type told struct {
	file, at, code, text, help string
}

// foreignPage is a page as tutorials for other boards have it. Its first file is index.html.
type foreignPage struct {
	name  string
	files map[string]string
	told  []told
}

func pageWith(script string) map[string]string {
	return map[string]string{"index.html": "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>Lamp</title>\n<p id=\"s\">?</p>\n<script>\nvar s = document.getElementById(\"s\");\n" + script + "\n</script>\n"}
}

var foreignPages = []foreignPage{
	{"a WebSocket at port 81", pageWith("var ws = new WebSocket('ws://' + location.hostname + ':81/');\nws.onopen = function () { ws.send('port 81 is open'); };"),
		[]told{{"index.html", "new WebSocket", "page.port", "port 81", "location.host"}}},
	{"a WebSocket with TLS", pageWith("var ws = new WebSocket('wss://' + location.hostname + '/');"),
		[]told{{"index.html", "new WebSocket", "page.secure", "do not have", "ws://"}}},
	{"two ports", pageWith("var ws = new WebSocket('ws://' + location.host + ':81');"),
		[]told{{"index.html", "new WebSocket", "page.socket-address", "two ports", "location.host"}}},
	{"a placeholder", pageWith("var ws;\nfunction connect() {\n  ws = new WebSocket('ws://%BOARD_IP%/ws');\n}\nconnect();"),
		[]told{{"index.html", "new WebSocket", "page.socket-address", "placeholder", "location.host"}}},
	{"a placeholder that is caught", pageWith("try {\n  new WebSocket('ws://<your-ip>/');\n} catch (e) {}"),
		[]told{{"index.html", "new WebSocket", "page.socket-address", "placeholder", "location.host"}}},
	{"an address without a value", pageWith("var port;\nvar ws = new WebSocket('ws://board:' + port);"),
		[]told{{"index.html", "new WebSocket", "page.socket-address", "no value", "location.host"}}},
	{"a path without a WebSocket", pageWith("var ws = new WebSocket('ws://' + location.host + '/chat');"),
		[]told{{"index.html", "new WebSocket", "page.no-route", "no WebSocket at /chat", "board.OnSocket(\"/chat\""}}},
	{"a reconnecting loop", pageWith("function connect() {\n  var ws = new WebSocket('ws://' + location.host + '/again');\n  ws.onclose = function () { setTimeout(connect, 100); };\n}\nconnect();"),
		[]told{{"index.html", "new WebSocket", "page.no-route", "/again", "OnSocket"}}},
	{"an address of another network", pageWith("var ws = new WebSocket('ws://192.0.2.77/ws');"), // documentation's: nobody is there
		[]told{{"index.html", "new WebSocket", "page.internet", "192.0.2.77", ""}}},
	{"a private address", pageWith("var ws = new WebSocket('ws://192.168.250.77:81/');"),
		[]told{{"index.html", "new WebSocket", "page.other-device", "192.168.250.77 is not this board", "location.host"}}},
	{"another port of this board", pageWith("var ws = new WebSocket('ws://' + location.hostname + ':9/');"),
		[]told{{"index.html", "new WebSocket", "page.other-device", "port 9", "location.host"}}},
	{"a name that is not this board", pageWith("var ws = new WebSocket('ws://esp32.local/ws');"),
		[]told{{"index.html", "new WebSocket", "page.other-device", "esp32.local", "location.host"}}},
	{"a subprotocol", pageWith("var ws = new WebSocket('ws://' + location.host + '/ws', ['arduino']);"),
		[]told{{"index.html", "new WebSocket", "page.protocol", "arduino", "second value"}}},
	{"MQTT over WebSocket", pageWith("var ws = new WebSocket('ws://' + location.host + '/mqtt', 'mqtt');"),
		[]told{{"index.html", "new WebSocket", "page.no-route", "/mqtt", "no MQTT broker"}}},
	{"sending too early", pageWith("var ws = new WebSocket('ws://' + location.host + '/ws');\nws.send('hello');"),
		[]told{{"index.html", "ws.send", "page.send-early", "before the WebSocket is open", "onopen"}}},
	{"sending too late", pageWith("var ws = new WebSocket('ws://' + location.host + '/ws');\nws.onopen = function () {\n  ws.close();\n  ws.send('hello');\n};"),
		[]told{{"index.html", "ws.send", "page.send-late", "closed", "onclose"}}},
	{"a message that is too long", pageWith("var ws = new WebSocket('ws://' + location.host + '/ws');\nws.onopen = function () {\n  ws.send('x'.repeat(1500));\n};"),
		[]told{{"index.html", "ws.send", "page.message-too-long", "too long (256 bytes at most)", "MaxMessage"}}},
	{"fetch of a route", pageWith("fetch('/api/status').then(function (r) { return r.text(); }).catch(function () {});"),
		[]told{{"index.html", "fetch(", "page.no-route", "/api/status", "board.OnRequest(\"/api/status\""}}},
	{"fetch of a file", pageWith("fetch('data.json').then(function (r) { return r.text(); });"),
		[]told{{"index.html", "fetch(", "page.missing-file", "data.json", "capitals"}}},
	{"fetch that posts", pageWith("fetch('/led', { method: 'POST', body: 'on' });"),
		[]told{{"index.html", "fetch(", "page.no-route", "/led (POST)", "board.OnRequest"}}},
	{"fetch from another device", pageWith("fetch('http://192.168.250.77/led?on').catch(function () {});"),
		[]told{{"index.html", "fetch(", "page.other-device", "192.168.250.77 is not this board", "Leave the host out"}}},
	{"fetch from the internet", pageWith("fetch('https://api.invalid/weather').catch(function () {});"),
		[]told{{"index.html", "fetch(", "page.internet", "api.invalid", ""}}},
	{"fetch that the program refuses", pageWith("fetch('/refused');"),
		[]told{{"index.html", "fetch(", "page.answer", "400 Bad Request: “the value is missing”", ""}}},
	{"XMLHttpRequest in a button", map[string]string{"index.html": "<!DOCTYPE html>\n<button id=b onclick=\"go('/on')\">On</button>\n<script>\nfunction go(u) {\n  var x = new XMLHttpRequest();\n  x.open('GET', u);\n  x.send();\n}\nb.click();\n</script>"},
		[]told{{"index.html", "x.send", "page.no-route", "/on", "board.OnRequest(\"/on\""}}},
	{"XMLHttpRequest that waits", pageWith("var x = new XMLHttpRequest();\nx.open('GET', '/sync', false);\nx.send();"),
		[]told{{"index.html", "x.send", "page.no-route", "/sync", "board.OnRequest"}}},
	{"a handler in an attribute", map[string]string{"index.html": "<!DOCTYPE html>\n<p>\n<button id=b\n  onclick=\"fetch('/toggle')\">On</button>\n<script>b.click()</script>"},
		[]told{{"index.html", "fetch(", "page.no-route", "/toggle", "board.OnRequest"}}},
	{"EventSource", pageWith("var es = new EventSource('/events');"),
		[]told{{"index.html", "new EventSource", "page.no-route", "/events", "WebSocket"}}},
	{"EventSource at a page", pageWith("var es = new EventSource('/plain');"),
		[]told{{"index.html", "new EventSource", "page.no-route", "no stream of events", "onmessage"}}},
	{"sendBeacon", pageWith("navigator.sendBeacon('/bye', 'x');"),
		[]told{{"index.html", "sendBeacon", "page.no-route", "/bye (POST)", "board.OnRequest"}}},
	{"a form", map[string]string{"index.html": "<!DOCTYPE html>\n<iframe name=out></iframe>\n<form id=f target=out action=\"/save\" method=\"post\"><input name=\"v\"></form>\n<script>f.submit()</script>"},
		[]told{{"index.html", "action=", "page.no-route", "A form of the page is sent to /save", "board.OnRequest(\"/save\""}}},
	{"a form that asks", map[string]string{"index.html": "<!DOCTYPE html>\n<iframe name=out></iframe>\n<form id=f target=out action=\"/set\"><input name=\"v\" value=1></form>\n<script>f.submit()</script>"},
		[]told{{"index.html", "action=", "page.no-route", "/set?v=1", "board.OnRequest(\"/set\""}}},
	{"a link", map[string]string{"index.html": "<!DOCTYPE html>\n<iframe name=out></iframe>\n<a id=a target=out href=\"/switch?state=off\">Off</a>\n<script>a.click()</script>"},
		[]told{{"index.html", "href=", "page.no-route", "/switch?state=off", "board.OnRequest(\"/switch\""}}},
	{"a picture that switches", pageWith("var i = new Image();\ni.src = '/picture?on';"),
		[]told{{"index.html", "i.src", "page.no-route", "/picture?on", "board.OnRequest(\"/picture\""}}},
	{"a missing picture", map[string]string{"index.html": "<!DOCTYPE html>\n<p>x\n<img alt=x\n src=\"img/lamp.png\">"},
		[]told{{"index.html", "src=", "page.missing-file", "lamp.png", "capitals"}}},
	{"a missing script and style", map[string]string{"index.html": "<!DOCTYPE html>\n<link rel=stylesheet href=none.css>\n<script src='./none.js'></script>"},
		[]told{{"index.html", "none.css", "page.missing-file", "none.css", "capitals"}, {"index.html", "none.js", "page.missing-file", "none.js", "capitals"}}},
	{"a background in a style sheet", map[string]string{"index.html": "<!DOCTYPE html>\n<link rel=stylesheet href=look.css>\n<p>x", "look.css": "p {\n  background: url(\"sky.png\")\n}"},
		[]told{{"look.css", "sky.png", "page.missing-file", "sky.png", "capitals"}}},
	{"a library on the internet", map[string]string{"index.html": "<!DOCTYPE html>\n<canvas id=c></canvas>\n<script src=\"https://cdn.invalid/chart.js\"></script>\n<script>\nnew Chart(c, {});\n</script>"},
		[]told{{"index.html", "cdn.invalid", "page.internet", "chart.js lies on the internet (cdn.invalid)", "www/"}, {"index.html", "new Chart", "page.error", "Chart is not defined", ""}}},
	{"a font that a style sheet imports", map[string]string{"index.html": "<!DOCTYPE html>\n<link rel=stylesheet href=look.css>\n<p>red", "look.css": "@import url(\"https://fonts.invalid/one.css\");\np { color: red }"},
		[]told{{"look.css", "fonts.invalid", "page.internet", "one.css lies on the internet (fonts.invalid)", "www/"}}},
	{"a font that a page imports", map[string]string{"index.html": "<!DOCTYPE html>\n<style>\n@import \"https://fonts.invalid/two.css\";\np { color: red }\n</style>\n<p>red"},
		[]told{{"index.html", "fonts.invalid", "page.internet", "two.css lies on the internet", "www/"}}},
	{"Socket.IO", map[string]string{"index.html": "<!DOCTYPE html>\n<script src=\"/socket.io/socket.io.js\"></script>"},
		[]told{{"index.html", "socket.io.js", "page.no-route", "/socket.io/socket.io.js", "plain WebSocket"}}},
	{"a module", map[string]string{"index.html": "<!DOCTYPE html>\n<script type=module src=app.js></script>", "app.js": "const base = '';\nexport async function get() {\n  const r = await fetch(base + '/module');\n  return r.text();\n}\nget();"},
		[]told{{"app.js", "fetch(", "page.no-route", "/module", "board.OnRequest"}}},
	{"a library that calls", map[string]string{"index.html": "<!DOCTYPE html>\n<script src=jquery.min.js></script>\n<script>\n$.get('/jq');\n</script>", "jquery.min.js": "var $={get:function(u){return fetch(u)}};"},
		[]told{{"index.html", "$.get", "page.no-route", "/jq", "board.OnRequest"}}},
	{"a worker", map[string]string{"index.html": "<!DOCTYPE html>\n<script>\nnew Worker('work.js');\n</script>", "work.js": "'use strict';\nvar ws = new WebSocket('ws://' + location.hostname + '/working');\n"},
		[]told{{"work.js", "new WebSocket", "page.no-route", "/working", "OnSocket"}}},
	{"a message that is no JSON", pageWith("var ws = new WebSocket('ws://' + location.host + '/ws');\nws.onopen = function () { ws.send('x'); };\nws.addEventListener('message', function (e) {\n  s.textContent = JSON.parse(e.data).led;\n});"),
		[]told{{"index.html", "JSON.parse", "page.error", "not valid JSON", ""}}},
	{"a rejection", pageWith("async function start() {\n  await null;\n  s.missing.text = 1;\n}\nstart();"),
		[]told{{"index.html", "s.missing", "page.rejection", "Cannot set properties of undefined", ""}}},
	{"Latin-1 and no head", map[string]string{"index.html": "<p>Gr\xfc\xdfe\n<script>\nfetch('/latin');\n</script>"},
		[]told{{"index.html", "fetch(", "page.no-route", "/latin", "board.OnRequest"}}},
	{"a byte order mark and a script before all", map[string]string{"index.html": "\ufeff<script>\nfetch('/bom');\n</script><html><head></head></html>"},
		[]told{{"index.html", "fetch(", "page.no-route", "/bom", "board.OnRequest"}}},
	{"XHTML", map[string]string{"index.xhtml": "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>x</title></head><body>\n<script>\nfetch('/xhtml');\n</script></body></html>"},
		[]told{{"index.xhtml", "fetch(", "page.no-route", "/xhtml", "board.OnRequest"}}},
	{"document.write", map[string]string{"index.html": "<!DOCTYPE html>\n<script>\ndocument.write('<img src=\"/written.png\">');\n</script>"},
		[]told{{"index.html", "written.png", "page.missing-file", "written.png", "capitals"}}},
	{"a policy of the page's own", map[string]string{"index.html": "<!DOCTYPE html>\n<meta http-equiv=Content-Security-Policy content=\"default-src 'self' 'unsafe-inline'\">\n<script>\nfetch('/policy');\n</script>"},
		[]told{{"index.html", "fetch(", "page.no-route", "/policy", "board.OnRequest"}}},

	// Encodings. The page says itself whether it is shown right.
	{"UTF-16, little end first", map[string]string{"index.html": utf16Page(binary.LittleEndian)},
		[]told{{"index.html", utf16Text(binary.LittleEndian, "fetch("), "page.no-route", "/wide-UTF-16LE-true", "board.OnRequest"}}},
	{"UTF-16, big end first", map[string]string{"index.html": utf16Page(binary.BigEndian)},
		[]told{{"index.html", utf16Text(binary.BigEndian, "fetch("), "page.no-route", "/wide-UTF-16BE-true", "board.OnRequest"}}},
	{"UTF-16 without a mark", map[string]string{"index.html": utf16Text(binary.LittleEndian, "<!DOCTYPE html>\n<p>x")},
		[]told{{"index.html", "<", "page.encoding", "UTF-16 without a mark", "Save it as UTF-8"}}},
	{"Shift_JIS", map[string]string{"index.html": "<!DOCTYPE html>\n<meta charset=shift_jis>\n<p id=s>\x83\x89\x83\x93\x83v</p>\n<script>\nfetch('/sjis-' + document.characterSet + '-' + (s.textContent === '\\u30e9\\u30f3\\u30d7'));\n</script>"},
		[]told{{"index.html", "fetch(", "page.no-route", "/sjis-Shift_JIS-true", "board.OnRequest"}}},
	{"windows-1251", map[string]string{"index.html": "<!DOCTYPE html>\n<meta http-equiv=Content-Type content=\"text/html; charset=windows-1251\">\n<p id=s>\xcb\xe0\xec\xef\xe0</p>\n<script>\nfetch('/cyr-' + document.characterSet + '-' + (s.textContent === '\\u041b\\u0430\\u043c\\u043f\\u0430'));\n</script>"},
		[]told{{"index.html", "fetch(", "page.no-route", "/cyr-windows-1251-true", "board.OnRequest"}}},
	{"an encoding that nobody knows", map[string]string{"index.html": "<!DOCTYPE html>\n<title>x</title>\n<meta charset=\"cp437\">\n<p>\x81"},
		[]told{{"index.html", "cp437", "page.encoding", "“cp437”, which browsers do not know", "Save it as UTF-8"}}},

	// Scripts that come from no file.
	{"a worker made of a blob", pageWith("var u = URL.createObjectURL(new Blob([\"'use strict';\\nfetch('http://192.168.4.1/blobbed');\\nthrow new Error('kaputt')\"]));\nvar w = new Worker(u);\nURL.revokeObjectURL(u);"),
		[]told{{"index.html", "new Worker", "page.no-route", "/blobbed", "board.OnRequest"}, {"index.html", "new Worker", "page.error", "kaputt (line 3 of a script", ""}}},
	{"a module worker made of a blob", pageWith("var u = URL.createObjectURL(new Blob([\"new WebSocket('ws://192.168.4.1/modular');export {}\"], { type: 'text/javascript' }));\nvar w = new Worker(u, { type: 'module' });"),
		[]told{{"index.html", "new Worker", "page.no-route", "/modular", "OnSocket"}}},
	{"a worker of a data: address", pageWith("var w = new Worker(\"data:text/javascript,postMessage(1);throw new Error('in data')\");"),
		[]told{{"index.html", "new Worker", "page.error", "in data", ""}}},
	{"a module that is imported later", map[string]string{"index.html": "<!DOCTYPE html>\n<script>\nimport('./late.js');\n</script>", "late.js": "const path = '/late';\nfetch(path);\nexport {};"},
		[]told{{"late.js", "fetch(", "page.no-route", "/late", "board.OnRequest"}}},
	{"a module of a data: address", pageWith("import('data:text/javascript,fetch(\"http://192.168.4.1/data-module\")');"),
		[]told{{"index.html", "", "page.no-route", "/data-module", "board.OnRequest"}}},
	{"a frame made of srcdoc", map[string]string{"index.html": "<!DOCTYPE html>\n<iframe srcdoc=\"<!DOCTYPE html><script>parent.n = (parent.n || 0) + 1; fetch('/insrc-' + parent.n + document.compatMode); missing.call();</script>\"></iframe>"},
		[]told{{"index.html", "", "page.no-route", "/insrc-1CSS1Compat", "board.OnRequest"}, {"index.html", "", "page.error", "missing is not defined", ""}}},
	{"a frame that a script makes of srcdoc", pageWith("var f = document.createElement('iframe');\nf.srcdoc = '<script>fetch(\"/set\")<\\/script>';\ndocument.body.appendChild(f);"),
		[]told{{"index.html", "/set", "page.no-route", "/set", "board.OnRequest"}}},

	// Nothing is wrong with these.
	{"a shared worker made of a blob", pageWith("var u = URL.createObjectURL(new Blob([\"var n = 0; onconnect = function (e) { e.ports[0].postMessage(++n); };\"]));\nnew SharedWorker(u).port.onmessage = function (e) { if (e.data !== 1) throw new Error('first'); new SharedWorker(u).port.onmessage = function (e) { if (e.data !== 2) throw new Error('second'); }; };"), nil},
	{"a frame with a sandbox", map[string]string{"index.html": "<!DOCTYPE html>\n<iframe sandbox=allow-scripts srcdoc=\"<script>document.title = 1</script>\"></iframe>"}, nil},
	{"the tutorial's socket", pageWith("var ws = new WebSocket('ws://' + location.hostname);\nws.onopen = function () { ws.send('Hello'); };"), nil},
	{"the board's own address", pageWith("fetch('http://192.168.4.1/plain');\nnew WebSocket('ws://192.168.4.1/ws');\nvar x = new XMLHttpRequest(); x.open('GET', 'http://192.168.4.1/plain'); x.send();"), nil},
	{"a socket that is closed", pageWith("var ws = new WebSocket('ws://' + location.host + '/ws');\nws.onopen = function () { ws.close(); };"), nil},
	{"a call that is given up", pageWith("var a = new AbortController();\nfetch('/plain', { signal: a.signal }).catch(function () {});\na.abort();\nvar x = new XMLHttpRequest(); x.open('GET', '/plain'); x.send(); x.abort();"), nil},
	{"all kinds of files", map[string]string{"index.html": "<!DOCTYPE html>\n<link rel=icon href='data:,'><link rel=stylesheet href=a.css>\n<script src=a.js></script><script type=module src=m.js></script><img src='data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs='><iframe src=other.html></iframe>",
		"a.css": "@import \"b.css\"; p { color: red }", "b.css": "p { margin: 0 }", "a.js": "fetch('/plain').then(function (r) { return r.text(); });", "m.js": "import { x } from './n.js'; x();", "n.js": "export function x() {}", "other.html": "<p>x"}, nil},
}

// utf16Text is a text in UTF-16, without a mark.
func utf16Text(order binary.ByteOrder, text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, 0, 0)
		order.PutUint16(b[len(b)-2:], u)
	}
	return string(b)
}

// utf16Page says whether it is shown as it was written.
func utf16Page(order binary.ByteOrder) string {
	return utf16Text(order, "\ufeff<!DOCTYPE html>\n<!-- Ω -->\n<html><head><title>x</title></head><body><p id=s>Grüße, Ω 😀</p>\n<script>\nfetch('/wide-' + document.characterSet + '-' + (s.textContent === 'Gr\\u00fc\\u00dfe, \\u03a9 \\ud83d\\ude00'));\n</script>")
}

// ownPages are the templates' and the tutorial's pages, which have nothing wrong in them.
func ownPages(t *testing.T) (pages []foreignPage) {
	files, err := filepath.Glob("../../firmware-templates/*/www/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal("no pages of templates: ", err)
	}
	tutorial, _ := filepath.Glob("../../../shared/tutorial/*.html") // beside the project, where there is one
	for _, file := range append(files, tutorial...) {
		beside := map[string]string{}
		all, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*.*"))
		for _, name := range all {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if name == file {
				beside["index.html"] = string(text)
			} else if path.Ext(name) != ".html" {
				beside[filepath.Base(name)] = string(text)
			}
		}
		pages = append(pages, foreignPage{name: file, files: beside})
	}
	return pages
}

// foreignBoard serves pages below /0/, /1/, …; it has a WebSocket at / and /ws, which takes 256 bytes.
func foreignBoard(t *testing.T, pages []foreignPage) Dialer {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	mime.AddExtensionType(".xhtml", "application/xhtml+xml")
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		var name string
		switch {
		case websocket.IsWebSocketUpgrade(r) && (r.URL.Path == "/" || r.URL.Path == "/ws"):
			c, err := up.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer c.Close()
			for {
				kind, m, err := c.ReadMessage()
				if err != nil {
					return
				}
				if len(m) > 256 {
					c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1009, "256 bytes at most"))
					continue
				}
				c.WriteMessage(kind, append([]byte("Reply for "), m...))
			}
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html")
			for i, page := range pages {
				for name := range page.files {
					if strings.HasPrefix(name, "index.") {
						fmt.Fprintf(w, "<p>%s<iframe src=\"/%d/%s\"></iframe>\n", html.EscapeString(page.name), i, name)
					}
				}
			}
		case r.URL.Path == "/plain":
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "plain")
		case r.URL.Path == "/refused":
			http.Error(w, "the value is missing", 400)
		case r.Method != "GET" && r.Method != "HEAD":
			http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		default:
			if _, err := fmt.Sscanf(strings.ReplaceAll(r.URL.Path, "/", " "), "%d %s", &n, &name); err != nil || n >= len(pages) || pages[n].files[name] == "" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", strings.TrimSuffix(mime.TypeByExtension(path.Ext(name)), "; charset=utf-8"))
			io.WriteString(w, pages[n].files[name])
		}
	})
}

func sourceOf(pages []foreignPage) func(string) (string, bool) {
	return func(file string) (string, bool) {
		var n int
		var name string
		if _, err := fmt.Sscanf(strings.ReplaceAll(file, "/", " "), "www %d %s", &n, &name); err != nil {
			return "", false
		}
		text, ok := pages[n].files[name]
		return text, ok
	}
}

// Pages that were made for other boards: what does not work is told at its line, once; what works is not.
func TestBrowserForeignPages(t *testing.T) {
	pages := append(slices.Clip(foreignPages), ownPages(t)...)
	p, s := start(t, foreignBoard(t, pages), func(c *Config) {
		c.Hosts = []string{"192.168.4.1"}
		c.Source = sourceOf(pages)
		c.MaxSockets = 64
	})
	browser(t, p.URL())
	of := func(i int) (mine []api.Diagnostic) {
		for _, m := range s.problems {
			if strings.HasPrefix(m.Path, fmt.Sprintf("www/%d/", i)) {
				mine = append(mine, m)
			}
		}
		return mine
	}
	complete := func() bool {
		for i, page := range pages {
			for _, want := range page.told {
				if !slices.ContainsFunc(of(i), func(m api.Diagnostic) bool { return m.Code == want.code && strings.Contains(m.Text, want.text) }) {
					return false
				}
			}
		}
		return true
	}
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		s.mu.Lock()
		done := complete()
		s.mu.Unlock()
		if done {
			break
		}
	}
	time.Sleep(time.Second) // for what should not come
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, page := range pages {
		t.Run(page.name, func(t *testing.T) {
			got := of(i)
			for _, want := range page.told {
				file := fmt.Sprintf("www/%d/%s", i, want.file)
				source := page.files[want.file]
				line := 1 + strings.Count(source[:strings.Index(source, want.at)], "\n")
				if want.at == "" {
					line = 0 // nobody knows
				}
				k := slices.IndexFunc(got, func(m api.Diagnostic) bool {
					return m.Code == want.code && m.Path == file && strings.Contains(m.Text, want.text)
				})
				if k < 0 {
					t.Errorf("want %+v\ngot  %+v", want, got)
					continue
				}
				m := got[k]
				if m.Line != line || !strings.Contains(m.Text, want.text) || !strings.Contains(m.Help, want.help) || m.Source != "page" {
					t.Errorf("want line %d, %+v\ngot  %+v", line, want, m)
				}
				got = slices.DeleteFunc(slices.Clone(got), func(o api.Diagnostic) bool { return o.Code == m.Code && o.Text == m.Text && o.Line == m.Line })
			}
			if len(got) > 0 {
				t.Errorf("not wanted: %+v", got)
			}
		})
	}
	for _, m := range s.problems {
		if !strings.HasPrefix(m.Path, "www/") || strings.Contains(m.Path, ".studio") {
			t.Errorf("at no file: %+v", m)
		}
	}
	for what, said := range map[string]string{
		"port 81 is not led to the board":                 "Reply for port 81 is open",
		"it is not told that a data: worker is unwatched": "Studio cannot watch this worker, because its script comes from a data: address",
		"it is not told that a frame is unwatched":        "Studio cannot watch a frame of this page, because its sandbox",
	} {
		if !slices.ContainsFunc(s.messages, func(m api.Message) bool { return strings.Contains(m.Data, said) }) {
			t.Error(what)
		}
	}
	// A loop that goes on is told with a number, not again and again.
	var again []api.Diagnostic
	for _, m := range s.problems {
		if strings.Contains(m.Text, "/again") {
			again = append(again, m)
		}
	}
	times := 0
	for _, m := range again {
		times += m.Count
	}
	if len(again) < 2 || len(again) > 60 || times < len(again) || again[0].Count != 1 {
		t.Errorf("the loop: %d reports, %+v", len(again), again[:min(len(again), 3)])
	}
}
