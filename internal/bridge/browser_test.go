package bridge

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/test/foreign"
)

// browser opens a page in a headless Chromium for the rest of the test.
func browser(t *testing.T, address string) {
	t.Helper()
	if testing.Short() {
		t.Skip("short: no browser")
	}
	program := foreign.Browser()
	if program == "" {
		t.Skip("NO BROWSER: Chromium is not installed, so page.js is not tested in one")
	}
	dir, err := os.MkdirTemp("", "bridge-browser")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
		"--disable-background-networking", "--disable-dev-shm-usage", "--user-data-dir="+dir, address)
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		endGroup(cmd)
		cmd.Wait()
		for range 20 { // its helpers may still write
			if os.RemoveAll(dir) == nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
}

// site is a board with pages and an echoing WebSocket on every path.
func site(t *testing.T, pages map[string]string, result func(string)) Dialer {
	up := websocket.Upgrader{Subprotocols: []string{"b"}, CheckOrigin: func(*http.Request) bool { return true }}
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
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
				c.WriteMessage(kind, append([]byte("Reply for "), m...))
			}
		}
		if r.URL.Path == "/result" {
			b, _ := io.ReadAll(r.Body)
			result(string(b))
			return
		}
		text, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
		} else {
			w.Header().Set("Content-Type", "text/html")
		}
		io.WriteString(w, text)
	})
}

const webSocketPage = `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>x</title></head><body><script>
var out = { title: document.title, mode: document.compatMode, charset: document.characterSet };
function opened(make) {
	return new Promise(function (done) {
		var ws;
		try { ws = make(); } catch (e) { done(e.name + ": " + e.message); return; }
		ws.onopen = function () { ws.send("x"); };
		ws.onmessage = function (e) { ws.close(); done(ws.url.replace(location.host, "HOST") + " " + e.data + " " + ws.protocol); };
		ws.onerror = function () { done("error " + ws.url); };
	});
}
function thrown(f) { try { f(); return "nothing"; } catch (e) { return e.name + ": " + e.message; } }
class Mine extends WebSocket { hello() { return "hello"; } }
Promise.all([
	opened(function () { return new WebSocket("ws://" + location.hostname); }),
	opened(function () { return new WebSocket("ws://localhost/ws?a=b", "b"); }),
	opened(function () { return new WebSocket("wss://localhost", ["a", "b"]); }),
	opened(function () { return new WebSocket("ws://LOCALHOST:80/x"); }),
	opened(function () { return new WebSocket("ws://192.168.4.1/ws"); }),
	opened(function () { return new WebSocket("ws://Board.local"); }),
	opened(function () { return new WebSocket(new URL("ws://localhost/url")); }),
	opened(function () { return new WebSocket("ws://" + location.host + "/plain"); }),
	opened(function () { return new Mine("ws://localhost/mine"); }),
	opened(function () { return new WebSocket("/relative"); })
]).then(function (all) {
	out.sockets = all;
	var x = new XMLHttpRequest(), own = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
	out.native = [fetch, WebSocket, EventSource, XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send, WebSocket.prototype.send, Navigator.prototype.sendBeacon, own.set, console.log]
		.map(function (f) { return /\[native code\]/.test(Function.prototype.toString.call(f)); }).concat([fetch.name, fetch.length, x.open.name, x.open.length, x instanceof XMLHttpRequest,
		EventSource.OPEN, new EventSource("/") instanceof EventSource, fetch("/", { method: "HEAD" }) instanceof Promise, own.enumerable, own.set.name, Object.keys(WebSocket.prototype).indexOf("send") >= 0,
		Object.keys(XMLHttpRequest.prototype).indexOf("open") >= 0, console.log.name]);
	var ws = new WebSocket("ws://localhost"), mine = new Mine("ws://localhost");
	out.same = [ws instanceof WebSocket, mine instanceof Mine, mine instanceof WebSocket, mine.hello(), ws.constructor === WebSocket,
		WebSocket.OPEN, WebSocket.CLOSED, ws.CONNECTING, WebSocket.prototype.send === Object.getPrototypeOf(ws).send, WebSocket.name, WebSocket.length,
		Object.prototype.toString.call(ws), typeof WebSocket, Object.keys(window).indexOf("WebSocket")];
	out.thrown = [thrown(function () { new WebSocket(); }), thrown(function () { WebSocket("ws://x"); }), thrown(function () { new WebSocket("ftp://localhost"); }),
		thrown(function () { new WebSocket("ws://[bad"); }), thrown(function () { new WebSocket("ws://localhost", ["a", "a"]); }),
		thrown(function () { new WebSocket(Symbol("x")); }), thrown(function () { new WebSocket({ toString() { throw new Error("mine"); } }); })];
	fetch("/result", { method: "POST", body: JSON.stringify(out) });
});
</script></body></html>`

// The page's WebSocket behaves as the browser's own, except for the port.
func TestBrowserWebSocket(t *testing.T) {
	result := make(chan string, 1)
	p, s := start(t, site(t, map[string]string{"/": webSocketPage}, func(r string) { result <- r }), func(c *Config) {
		c.Hosts = []string{"192.168.4.1", "board.local"}
	})
	browser(t, p.URL())
	var text string
	select {
	case text = <-result:
	case <-time.After(60 * time.Second):
		t.Fatalf("no result; messages: %.3000s", fmt.Sprintf("%+v", s.all()))
	}
	var got struct {
		Title, Mode, Charset  string
		Sockets, Same, Thrown []any
		Native                []any
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	compare := func(what string, got, want []any) {
		t.Helper()
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
				return
			}
		}
	}
	if got.Mode != "CSS1Compat" || got.Charset != "UTF-8" {
		t.Errorf("mode %s, charset %s", got.Mode, got.Charset)
	}
	compare("sockets", got.Sockets, []any{"ws://HOST/ Reply for x ", "ws://HOST/ws?a=b Reply for x b", "ws://HOST/ Reply for x b", "ws://HOST/x Reply for x ",
		"ws://HOST/ws Reply for x ", "ws://HOST/ Reply for x ", "ws://HOST/url Reply for x ", "ws://HOST/plain Reply for x ", "ws://HOST/mine Reply for x ",
		"ws://HOST/relative Reply for x "})
	compare("same", got.Same, []any{true, true, true, "hello", true, 1., 3., 0., true, "WebSocket", 1., "[object WebSocket]", "function", -1.})
	compare("native", got.Native, []any{true, true, true, true, true, true, true, true, true, "fetch", 1., "open", 2., true, 1., true, true, true, "set src", true, true, "log"})
	native := []string{"TypeError: Failed to construct 'WebSocket': 1 argument required", "TypeError: Failed to construct 'WebSocket': Please use the 'new' operator",
		"SyntaxError: Failed to construct 'WebSocket'", "SyntaxError: Failed to construct 'WebSocket'", "SyntaxError: Failed to construct 'WebSocket'",
		"TypeError: Failed to construct 'WebSocket': Cannot convert a Symbol", "Error: mine"}
	for i, want := range native {
		if i >= len(got.Thrown) || !strings.Contains(strings.ReplaceAll(fmt.Sprint(got.Thrown[i]), "TypeError: Cannot", "TypeError: Failed to construct 'WebSocket': Cannot"), want) {
			t.Errorf("thrown %d: %v, want %s", i, got.Thrown, want)
		}
	}
	s.until(t, "sockets watched", func() bool {
		n := 0
		for _, m := range s.messages {
			if m.Kind == "received" {
				n++
			}
		}
		return n >= 10
	})
}

const reportPage = `<!DOCTYPE html><html><head><title>x</title><script>console.log("same line")</script></head>
<body><img src="/missing.png"><script src="/other.js"></script><script src="/broken.js"></script>
<script>
var loop = { name: "loop" }; loop.self = loop;
class Led { constructor() { this.on = true; } get secret() { throw new Error("getter called"); } }
console.log("hello", 1, -0, null, undefined, true, 10n, Symbol("s"), [1, "two", [3]], { a: { b: { c: { d: { e: 1 } } } } }, loop, new Led(), function f() {}, document.body);
console.info("%s is %d%%, %o %c.", "LED", 50.7, { x: 1 }, "color: red");
console.warn(new Map([["k", 1]]), new Set([2]), new Date(0), /re/g, new Uint8Array([1, 2]), { get g() { throw 1; } });
console.error(new RangeError("too far"));
console.debug("x".repeat(10000));
console.log(Object.defineProperty({}, "constructor", { get: function () { throw 1; } }), new Proxy({}, { ownKeys: function () { throw 1; } }));
Promise.reject(new TypeError("no LED"));
Promise.reject("just text");
setTimeout(function () {
	undefinedFunction();
}, 0);
</script>
</body></html>`

// What happens in the page is told with the file and line of the board's file.
func TestBrowserReports(t *testing.T) {
	p, s := start(t, site(t, map[string]string{
		"/led.html":  reportPage,
		"/other.js":  "// other\n  throw new Error('in another file');\n",
		"/broken.js": "var a = ;\n",
	}, nil), func(c *Config) {
		c.Source = func(path string) (string, bool) { return reportPage, path == "www/led.html" }
	})
	browser(t, p.URL()+"led.html")
	lineOf := func(part string) int { return 1 + strings.Count(reportPage[:strings.Index(reportPage, part)], "\n") }
	for _, want := range []struct {
		level, text, path string
		line, column      int
	}{
		{"log", "same line", "www/led.html", 1, strings.Index(reportPage, "console.log") + len("console.") + 1},
		{"log", `hello 1 -0 null undefined true 10n Symbol(s) [1, "two", [3]] {a: {b: {c: {d: {…}}}}} {name: "loop", self: (circular)} Led {on: true} function f <body>`,
			"www/led.html", lineOf(`"hello"`), 9},
		{"info", `LED is 50%, {x: 1} .`, "www/led.html", lineOf("console.info"), 9},
		{"warn", `Map {"k" => 1} Set {2} 1970-01-01T00:00:00.000Z /re/g Uint8Array [1, 2] {g: (getter)}`, "www/led.html", lineOf("console.warn"), 9},
		{"error", "RangeError: too far", "www/led.html", lineOf("console.error"), 9},
		{"log", "xxxxx…", "www/led.html", lineOf("console.debug"), 9},
		{"log", "(a value that cannot be shown) (a value that cannot be shown)", "www/led.html", lineOf("console.log(Object.define"), 9},
		{"error", "Not handled: TypeError: no LED", "www/led.html", lineOf("no LED"), 16},
		{"error", "Not handled: just text", "www/led.html", 0, 0},
		{"error", "Uncaught ReferenceError: undefinedFunction is not defined", "www/led.html", lineOf("undefinedFunction"), 2},
		{"error", "Uncaught Error: in another file", "www/other.js", 2, 3},
		{"error", "Uncaught SyntaxError: Unexpected token ';'", "www/broken.js", 1, 9},
		{"error", "could not load /missing.png", "www/led.html", 2, 17},
	} {
		m := s.message(t, "log", want.text)
		if m.Level != want.level || m.Path != want.path || m.Line != want.line || m.Column != want.column || m.From != "page" {
			t.Errorf("want %+v\ngot  %+v", want, m)
		}
	}
	s.until(t, "problems", func() bool { return len(s.problems) >= 6 })
	codes := map[string]int{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, pr := range s.problems {
		codes[pr.Code]++
		if pr.Source != "page" || pr.Help == "" || pr.Text == "" {
			t.Errorf("%+v", pr)
		}
	}
	if codes["page.error"] != 3 || codes["page.rejection"] != 2 || codes["page.missing-file"] != 1 {
		t.Errorf("problems %v", codes)
	}
}

// A page that prints in an endless loop is heard, and bounded.
func TestBrowserFlood(t *testing.T) {
	p, s := start(t, site(t, map[string]string{"/": `<script>
		var i = 0;
		setInterval(function () { for (var n = 0; n < 5000; n++) console.log("line", i++); }, 5);
		setTimeout(function () { while (true) console.log("stuck", i++); }, 1500);
	</script>`}, nil), nil)
	begin := time.Now()
	browser(t, p.URL())
	s.message(t, "log", "line 0")
	s.message(t, "log", "left out")
	s.message(t, "log", "stuck")
	time.Sleep(500 * time.Millisecond)
	s.mu.Lock()
	n := len(s.messages)
	s.mu.Unlock()
	if most := reportBurst + int(time.Since(begin).Seconds()+1)*reportRate; n > most {
		t.Errorf("%d messages", n)
	}
	t.Logf("%d messages in %v", n, time.Since(begin))
}

// The page of a board that is absent opens by itself when the board is there.
func TestBrowserWaitsForBoard(t *testing.T) {
	result := make(chan string, 1)
	board := site(t, map[string]string{"/": "<script>fetch('/result', {method: 'POST', body: 'here'})</script>"}, func(r string) { result <- r })
	var gate gatedDialer
	gate.dial = board
	p, s := start(t, gate.Dial, nil)
	browser(t, p.URL())
	s.message(t, "error", "cannot be reached")
	gate.open.Store(true)
	select {
	case <-result:
	case <-time.After(time.Minute):
		t.Fatal("the page has not come back")
	}
}

// The tutorial's pages run byte for byte as they are.
func TestBrowserTutorial(t *testing.T) {
	dir := os.Getenv("STUDIO_TUTORIAL")
	if dir == "" {
		dir = "../../../shared/tutorial"
	}
	for _, name := range []string{"led.html", "wstest.html"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Skip("the tutorial's pages are not here: ", err)
			}
			p, s := start(t, site(t, map[string]string{"/" + name: string(text)}, nil), nil)
			browser(t, p.URL()+name)
			if m := s.message(t, "received", "Reply for Hello world :)"); m.Millis < 0 || m.From != "page" {
				t.Errorf("%+v", m)
			}
			if name == "wstest.html" { // closes after 5 s
				var m api.Message
				s.until(t, "close", func() bool { m = s.messages[len(s.messages)-1]; return m.Kind == "close" })
				if m.Code != 1005 && m.Code != 1000 {
					t.Errorf("%+v", m)
				}
			}
			s.mu.Lock()
			if len(s.problems) > 0 {
				t.Errorf("%+v", s.problems)
			}
			s.mu.Unlock()
			for _, m := range s.all() {
				if m.Kind == "error" || m.Level == "error" && !strings.Contains(m.Data, "/favicon.ico") {
					t.Errorf("%+v", m)
				}
			}
		})
	}
}
