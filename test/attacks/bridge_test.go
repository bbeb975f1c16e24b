package attacks

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"studioide/internal/bridge"
)

// recordingBoard takes requests as a board does, one after the other of each connection, keeps their bytes, and answers as it is told.
type recordingBoard struct {
	ln     net.Listener
	mu     sync.Mutex
	got    bytes.Buffer
	lines  []string // first lines of requests
	answer string   // to each request; "": a page
}

func newBoard(t *testing.T) *recordingBoard {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	b := &recordingBoard{ln: ln}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go b.talk(c)
		}
	}()
	return b
}

func (b *recordingBoard) talk(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(io.TeeReader(c, writer(func(p []byte) { b.mu.Lock(); b.got.Write(p); b.mu.Unlock() })))
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, r.Body)
		b.mu.Lock()
		b.lines = append(b.lines, r.Method+" "+r.RequestURI)
		says := b.answer
		b.mu.Unlock()
		if says == "" {
			says = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p>x"
		}
		if _, err := io.WriteString(c, says); err != nil || strings.Contains(says, "Connection: close") {
			return
		}
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

// take is what came since, and the requests in it.
func (b *recordingBoard) take() (got string, lines []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	got, lines = b.got.String(), b.lines
	b.got.Reset()
	b.lines = nil
	return got, lines
}

func (b *recordingBoard) says(answer string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = answer
}

// The board's address is no way to anything else, and nothing that is hidden in a request or an answer gets through.
func TestBridge(t *testing.T) {
	var elsewhere atomic.Int64 // requests at what is not the board
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer inner.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY"} {
		t.Setenv(name, inner.URL)
	}
	other := strings.TrimPrefix(inner.URL, "http://")
	board := newBoard(t)
	p := bridge.NewProxy(bridge.Config{Owner: "abc", Framers: []string{"http://127.0.0.1:1"}, AnswerTimeout: 2 * time.Second, Dial: func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", board.ln.Addr().String())
	}})
	if err := p.Listen(0); err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	port := strconv.Itoa(p.Port())
	at := "127.0.0.1:" + port
	own := "Host: localhost:" + port
	if a := rawAt(t, at, request("GET /led.html", "", own)); a.Status != 200 {
		t.Fatalf("the board's page = %d %s", a.Status, a.Body)
	}
	board.take()

	// Nothing of these reaches the board.
	shut := func(what, r string) {
		t.Helper()
		tried("bridge")
		a := rawAt(t, at, r)
		if got, lines := board.take(); len(lines) > 0 || a.Status >= 200 && a.Status < 300 || a.Status == http.StatusSwitchingProtocols {
			t.Errorf("%s = %d, and the board was asked %q", what, a.Status, got)
		}
	}
	for _, host := range hosts(port) {
		if trimmed := strings.TrimRight(host, " \t"); trimmed == at || trimmed == "localhost:"+port {
			continue
		}
		shut("Host "+host, request("GET /led.html", "", "Host: "+host))
	}
	for _, r := range []string{
		request("GET http://evil.example/led.html", "", own), request("GET http://"+other+"/", "", own), request("GET http://169.254.169.254/latest/meta-data", "", own), request("CONNECT "+other, "", own), request("CONNECT "+other, "", "Host: "+other),
		request("GET /led.html", "", own, "Host: evil.example"), request("GET /led.html", "", "Host: evil.example", own), request("GET /led.html", ""), "GET /led.html HTTP/1.0\r\n\r\n", request("GET /led.html", "", "Host : localhost:"+port),
		"GET /led.html HTTP/1.1\r\n" + own + "\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "POST / HTTP/1.1\r\n" + own + "\r\nContent-Length: 0x5\r\n\r\nhello", "POST / HTTP/1.1\r\n" + own + "\r\nContent-Length: +5\r\n\r\nhello", "POST / HTTP/1.1\r\n" + own + "\r\nContent-Length: 5, 5\r\n\r\nhello",
		"POST / HTTP/1.1\r\n" + own + "\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "POST / HTTP/1.1\r\n" + own + "\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "POST / HTTP/1.1\r\n" + own + "\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "POST / HTTP/1.1\r\n" + own + "\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"GET /\x00 HTTP/1.1\r\n" + own + "\r\n\r\n", "GET / HTTP/1.1\r\n" + own + "\r\nX: a\x00b\r\n\r\n", "GET / HTTP/1.1\r\n" + own + "\r\nX y: z\r\n\r\n", "G\x01T / HTTP/1.1\r\n" + own + "\r\n\r\n", "GET  / HTTP/1.1\r\n" + own + "\r\n\r\n", "GET / HTTP/9.9\r\n" + own + "\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	} {
		if strings.HasPrefix(r, "POST / HTTP/1.1\r\n"+own+"\r\nContent-Length: 5, 5") {
			tried("bridge")
			rawAt(t, at, r) // equal lengths may be taken as one
			board.take()
			continue
		}
		shut(strings.SplitN(r, "\r\n", 2)[0]+" …"+r[max(0, len(r)-60):], r)
	}
	for _, site := range []string{"cross-site", "same-site"} {
		for _, mode := range []string{"no-cors", "cors", "websocket", "same-origin", ""} {
			shut("a page of another origin: "+site+" "+mode, request("GET /switch?on", "", own, "Sec-Fetch-Site: "+site, "Sec-Fetch-Mode: "+mode))
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			shut(method+" of a form of another origin", request(method+" /switch", "x=1", own, "Sec-Fetch-Site: "+site, "Sec-Fetch-Mode: navigate"))
		}
	}
	for _, origin := range []string{"http://evil.example", "null", "https://localhost:" + port, "http://localhost", "http://localhost:" + port + ".evil.example", "http://localhost:" + port + "@evil.example", "http://localhost:1" + port, "http://localhost.evil.example:" + port, "http://localhost:" + port + "/", "http://127.0.0.2:" + port, "file://", "http://localhost:" + port + "#", "http://localhost:" + port + "?"} {
		shut("POST from "+origin, request("POST /switch", "x=1", own, "Origin: "+origin))
		shut("GET from "+origin, request("GET /switch", "", own, "Origin: "+origin))
		shut("a socket from "+origin, request("GET /ws", "", own, "Origin: "+origin, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="))
	}

	// These may pass, as one request, to the board alone.
	one := func(what, r string, never ...string) {
		t.Helper()
		tried("bridge")
		rawAt(t, at, r)
		got, lines := board.take()
		if slices.Contains(lines, "GET /smuggled") {
			t.Errorf("%s became %d requests: %q", what, len(lines), got)
		}
		for _, n := range append(never, "\r\nX-Injected:") {
			if strings.Contains(got, n) {
				t.Errorf("%s: the board got %q of %q", what, n, got)
			}
		}
	}
	for _, path := range []string{"//" + other + "/", "/@" + other + "/", "/%0d%0aX-Injected:%201", "/%0d%0a%0d%0aGET%20/smuggled%20HTTP/1.1%0d%0a%0d%0a", "/x%20HTTP/1.1%0d%0aX-Injected:%201", "/?q=%0d%0aX-Injected:%201", "/?http://" + other + "/", "/;@" + other, `/\` + other, "/..//" + other, "/%2e%2e/%2e%2e/etc/passwd", "/%5c%5c" + other, "/#" + other, "/x?url=http://" + other, "/%00", "/" + strings.Repeat("a", 3000)} {
		one(path, request("GET "+path, "", own))
	}
	smuggled := "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	for what, r := range map[string]string{
		"length and pieces":         "POST / HTTP/1.1\r\n" + own + "\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n" + smuggled,
		"pieces and length":         "POST / HTTP/1.1\r\n" + own + "\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\nConnection: close\r\n\r\n0\r\n\r\n" + smuggled,
		"a body of a GET":           "GET / HTTP/1.1\r\n" + own + "\r\nContent-Length: " + strconv.Itoa(len(smuggled)) + "\r\nConnection: close\r\n\r\n" + smuggled,
		"a request in pieces":       "POST / HTTP/1.1\r\n" + own + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + fmt.Sprintf("%x", len(smuggled)) + "\r\n" + smuggled + "\r\n0\r\n\r\n",
		"a trailer":                 "POST / HTTP/1.1\r\n" + own + "\r\nTransfer-Encoding: chunked\r\nTrailer: Host\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\nHost: evil.example\r\nX-Injected: 1\r\n\r\n",
		"an extension of a piece":   "POST / HTTP/1.1\r\n" + own + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1;a=\"\r\nx\r\n0\r\n\r\n" + smuggled,
		"h2c":                       request("GET /", "", own, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
		"an upgrade to nothing":     request("GET /", "", own, "Connection: Upgrade", "Upgrade: TLS/1.0"),
		"a socket without a key":    request("GET /ws", "", own, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13") + smuggled,
		"a socket of another age":   request("GET /ws", "", own, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 7", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==") + smuggled,
		"a socket that is refused":  request("GET /ws", "", own, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==") + smuggled,
		"a socket with a body":      "GET /ws HTTP/1.1\r\n" + own + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nContent-Length: " + strconv.Itoa(len(smuggled)) + "\r\n\r\n" + smuggled,
		"headers that name headers": request("GET /", "", own, "Connection: close, Host, Cookie", "Cookie: page-abc.a=1"),
		"Expect":                    request("POST /", "x", own, "Expect: 100-continue"),
	} {
		one(what, r, "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\nGET", "Upgrade: h2c", "HTTP2-Settings", "TLS/1.0")
	}
	for _, h := range []string{"Cookie: studio-" + port + "=secret", "Cookie: Studio-1=secret", "Cookie: a=1; studio-2=secret", "Cookie: page-other.x=secret", "X-Forwarded-Host: secret", "X-Forwarded-For: secret", "Forwarded: secret", "Referer: x\r\nX-Forwarded-Proto: secret"} {
		one("a page with "+h, request("GET /", "", own, "Origin: http://localhost:"+port, "Sec-Fetch-Site: same-origin", h), "secret")
	}

	// What the board answers does nothing here, and little in the browser.
	back := func(what, says string, judge func(answer) bool) {
		t.Helper()
		tried("bridge")
		board.says(says)
		a := rawAt(t, at, request("GET /", "", own, "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"))
		board.take()
		if !judge(a) {
			t.Errorf("%s: the browser gets %d %v %.200q", what, a.Status, a.Header, a.Body)
		}
	}
	page := func(header string) string {
		return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + header + "\r\nContent-Length: 4\r\nConnection: close\r\n\r\n<p>x"
	}
	for _, to := range []string{inner.URL + "/", "//" + other + "/", "http://169.254.169.254/", "file:///etc/passwd", "http://127.0.0.1:" + port + "@" + other, "javascript:alert(1)", "http://evil.example\\@localhost", "\thttp://evil.example"} {
		back("a redirect to "+to, "HTTP/1.1 302 Found\r\nLocation: "+to+"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", func(a answer) bool { return a.Status == 302 || a.Status == 502 }) // the browser's affair: the board's page may lead anywhere
	}
	lacks := func(name string) func(answer) bool {
		return func(a answer) bool { return a.Header.Get(name) == "" }
	}
	for _, h := range []string{"Strict-Transport-Security: max-age=99", "Clear-Site-Data: \"*\"", "Alt-Svc: h2=\"evil.example:1\""} {
		back(h, page(h), lacks(strings.SplitN(h, ":", 2)[0]))
	}
	back("a page that anybody may frame", page("X: y"), func(a answer) bool {
		return a.Header.Get("Content-Security-Policy") == "frame-ancestors 'self' http://127.0.0.1:1"
	})
	for _, cookie := range []string{"studio-" + port + "=x", "STUDIO-1=x; Path=/", " studio-1=x", "studio-1 =x", "studio=x", "a=1; Domain=localhost", "a=1; Domain=.localhost; Path=/", "a=1; domain =localhost", "__Host-studio=1"} {
		back("Set-Cookie: "+cookie, page("Set-Cookie: "+cookie), func(a answer) bool {
			v := a.Header.Get("Set-Cookie")
			return (v == "" || strings.HasPrefix(v, "page-abc.")) && !strings.Contains(strings.ToLower(v), "domain")
		})
	}
	for what, says := range map[string]string{
		"a switch of protocols":    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + "HTTP/1.1 200 OK\r\n\r\n",
		"two lengths":              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\n<p>x.....",
		"no number":                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
		"a negative length":        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"an unknown coding":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"a broken header":          "HTTP/1.1 200 OK\r\nX y: z\r\nnonsense\r\n\r\n",
		"a header without end":     "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 200<<10) + "\r\n\r\n",
		"another protocol":         "SSH-2.0-x\r\n\r\n",
		"NUL in a header":          "HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
		"a status that is none":    "HTTP/1.1 999999 X\r\nContent-Length: 0\r\n\r\n",
		"a status that says words": "HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n",
	} {
		back(what, says, func(a answer) bool { return a.Status >= 500 || a.Status == 0 })
	}
	for what, says := range map[string]string{
		"length and pieces": "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>x\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled",
		"a second answer":   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n<p>xHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled",
		"a split answer":    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX: y\r\n\tHTTP/1.1 200 smuggled\r\nContent-Length: 4\r\n\r\n<p>x",
	} {
		back(what, says, func(a answer) bool { return !strings.Contains(a.Body, "smuggled") })
		board.says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnext") // and the next request gets its own answer
		time.Sleep(5 * time.Millisecond)
		if a := rawAt(t, at, request("GET /next", "", own)); strings.Contains(a.Body, "smuggled") {
			t.Errorf("%s: the next request gets %q", what, a.Body)
		}
		board.take()
	}

	// A page that unpacks to 256 MB passes through in pieces.
	tried("bridge")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 256 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	board.says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: " + strconv.Itoa(packed.Len()) + "\r\nConnection: close\r\n\r\n" + packed.String())
	r, err := http.NewRequest("GET", "http://"+at+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "localhost:" + port
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Accept-Encoding", "identity")
	res, err := (&http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	var highest uint64
	var total int64
	buffer := make([]byte, 1<<20)
	for n := 0; ; n++ {
		k, err := res.Body.Read(buffer)
		total += int64(k)
		if n%512 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			highest = max(highest, m.HeapAlloc)
		}
		if err != nil {
			break
		}
	}
	res.Body.Close()
	if total < 256<<20 || highest > 128<<20 {
		t.Errorf("a page that unpacks to 256 MB: %d MB came, and took up to %d MB of memory", total>>20, highest>>20)
	}
	if n := elsewhere.Load(); n > 0 {
		t.Errorf("%d requests went to another server of this computer", n)
	}
}
