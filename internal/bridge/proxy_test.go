package bridge

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/problem"
)

const navigation = "text/html,application/xhtml+xml"

// seen collects what is emitted.
type seen struct {
	mu       sync.Mutex
	messages []api.Message
	problems []api.Diagnostic
	loaded   []string
	states   []api.Socket
	changed  chan struct{}
}

func newSeen() *seen { return &seen{changed: make(chan struct{}, 1)} }

func (s *seen) note(f func()) {
	s.mu.Lock()
	f()
	s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
}
func (s *seen) emit(m api.Message) { s.note(func() { s.messages = append(s.messages, m) }) }
func (s *seen) problem(_ string, p api.Diagnostic) {
	s.note(func() { s.problems = append(s.problems, p) })
}
func (s *seen) load(path string)   { s.note(func() { s.loaded = append(s.loaded, path) }) }
func (s *seen) state(m api.Socket) { s.note(func() { s.states = append(s.states, m) }) }

// all is a copy of the messages so far.
func (s *seen) all() []api.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// until waits for something to be true of what was seen.
func (s *seen) until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		s.mu.Lock()
		done := ok()
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-s.changed:
		case <-deadline:
			s.mu.Lock()
			defer s.mu.Unlock()
			t.Fatalf("never seen: %s\nmessages: %.3000s\nstates: %.2000s\nproblems: %.2000s", what, fmt.Sprintf("%+v", s.messages), fmt.Sprintf("%+v", s.states), fmt.Sprintf("%+v", s.problems))
		}
	}
}

// message waits for a message of a kind whose text contains part.
func (s *seen) message(t testing.TB, kind, part string) api.Message {
	t.Helper()
	var found api.Message
	s.until(t, kind+" "+part, func() bool {
		i := slices.IndexFunc(s.messages, func(m api.Message) bool { return m.Kind == kind && strings.Contains(m.Data, part) })
		if i >= 0 {
			found = s.messages[i]
		}
		return i >= 0
	})
	return found
}

func dialer(addr string) Dialer {
	return func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", addr)
	}
}

// start runs a proxy for a board.
func start(t testing.TB, dial Dialer, change func(*Config)) (*Proxy, *seen) {
	t.Helper()
	s := newSeen()
	c := Config{Dial: dial, Emit: s.emit, Problem: s.problem, Loaded: s.load}
	if change != nil {
		change(&c)
	}
	p := NewProxy(c)
	if err := p.Listen(0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p, s
}

// serve runs a board that is an HTTP handler.
func serve(t testing.TB, h http.HandlerFunc) Dialer {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return dialer(server.Listener.Addr().String())
}

// raw runs a board that answers each connection by itself.
func raw(t testing.TB, answer func(net.Conn, *bufio.Reader)) Dialer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				answer(c, bufio.NewReader(c))
			})
		}
	})
	return dialer(l.Addr().String())
}

// says answers one request with fixed bytes and closes.
func says(t testing.TB, answer string) Dialer {
	return raw(t, func(c net.Conn, r *bufio.Reader) {
		if readHeadOf(r) != "" {
			io.WriteString(c, answer)
		}
	})
}

func readHeadOf(r *bufio.Reader) string {
	head, err := readHead(r)
	if err != nil {
		return ""
	}
	return string(head)
}

var plainClient = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ask sends a request to the proxy; headers are name, value, name, value, …
func ask(t testing.TB, p *Proxy, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	res, text, err := tryAsk(p, method, path, body, headers...)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return res, text
}

func tryAsk(p *Proxy, method, path, body string, headers ...string) (*http.Response, string, error) {
	r, err := http.NewRequest(method, strings.TrimSuffix(p.URL(), "/")+path, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		} else {
			r.Header.Add(headers[i], headers[i+1])
		}
	}
	res, err := plainClient.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res, string(text), err
}

const page = "<!DOCTYPE html>\n<html><head><meta charset=utf-8><title>LED</title></head><body>x</body></html>"

var pageInjected = strings.Replace(page, "<title>", scriptTag+"<title>", 1)

func TestPageGetsScript(t *testing.T) {
	p, s := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("ETag", `"abc"`)
		w.Header().Set("Cache-Control", "max-age=315360000")
		w.Header().Set("Expires", "Thu, 31 Dec 2037 23:55:55 GMT")
		if r.Header.Get("If-None-Match") == `"abc"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if r.URL.Path == "/404" {
			w.WriteHeader(http.StatusNotFound)
		}
		if r.Header.Get("Range") != "" {
			w.WriteHeader(http.StatusPartialContent)
		}
		io.WriteString(w, page)
	}), nil)

	res, body := ask(t, p, "GET", "/led.html", "", "Accept", navigation)
	if body != pageInjected {
		t.Errorf("page: %q", body)
	}
	if res.ContentLength != int64(len(pageInjected)) {
		t.Errorf("Content-Length %d, want %d", res.ContentLength, len(pageInjected))
	}
	if got := res.Header.Get("ETag"); got != `"abc+studio"` || res.Header.Get("Vary") != "Sec-Fetch-Dest" {
		t.Errorf("ETag %s, Vary %s", got, res.Header.Get("Vary"))
	}
	if got := res.Header.Get("Cache-Control"); got != "no-cache" || res.Header.Get("Expires") != "" {
		t.Errorf("Cache-Control %q, Expires %q", got, res.Header.Get("Expires"))
	}
	if !slices.Equal(s.loaded, []string{"www/led.html"}) {
		t.Errorf("loaded %q", s.loaded)
	}
	res, body = ask(t, p, "HEAD", "/led.html", "", "Accept", navigation)
	if body != "" || res.ContentLength != int64(len(pageInjected)) || res.Header.Get("ETag") != `"abc+studio"` {
		t.Errorf("HEAD: %q, length %d, ETag %s", body, res.ContentLength, res.Header.Get("ETag"))
	}
	// Unchanged: the browser's copy with the script is still good, one without is not.
	res, _ = ask(t, p, "GET", "/led.html", "", "Accept", navigation, "If-None-Match", `"abc+studio"`)
	if res.StatusCode != 304 || res.Header.Get("ETag") != `"abc+studio"` {
		t.Errorf("same: %d, ETag %s", res.StatusCode, res.Header.Get("ETag"))
	}
	res, body = ask(t, p, "GET", "/led.html", "", "Accept", navigation, "If-None-Match", `"abc"`)
	if res.StatusCode != 200 || body != pageInjected {
		t.Errorf("copy without script: %d", res.StatusCode)
	}
	// A script that fetches the file gets the board's bytes.
	res, body = ask(t, p, "GET", "/led.html", "", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin",
		"Accept", navigation, "If-None-Match", `"abc+studio"`)
	if res.StatusCode != 200 || body != page || res.Header.Get("ETag") != `"abc"` {
		t.Errorf("fetch: %d %q %s", res.StatusCode, body, res.Header.Get("ETag"))
	}
	res, body = ask(t, p, "GET", "/led.html", "", "Accept", navigation, "Range", "bytes=0-9", "If-Range", `"abc"`)
	if res.StatusCode != 200 || body != pageInjected {
		t.Errorf("part of a page: %d %q", res.StatusCode, body)
	}
	res, _ = ask(t, p, "GET", "/led.html", "", "If-None-Match", `"abc"`)
	if res.StatusCode != 304 || res.Header.Get("ETag") != `"abc"` {
		t.Errorf("fetch of the same: %d", res.StatusCode)
	}
	res, body = ask(t, p, "GET", "/404", "", "Accept", navigation)
	if res.StatusCode != 404 || body != page {
		t.Errorf("404: %d %q", res.StatusCode, body)
	}
}

func TestWhatGetsNoScript(t *testing.T) {
	for name, head := range map[string]string{
		"plain text":      "200 OK\r\nContent-Type: text/plain",
		"packed, no type": "200 OK\r\nContent-Encoding: gzip",
		"brotli":          "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br",
		"error":           "500 Oops\r\nContent-Type: text/html",
		"partial":         "206 Partial Content\r\nContent-Type: text/html\r\nContent-Range: bytes 0-97/98",
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := start(t, says(t, "HTTP/1.1 "+head+"\r\nConnection: close\r\n\r\n"+page), nil)
			_, body := ask(t, p, "GET", "/", "", "Accept", navigation)
			if body != page {
				t.Errorf("got %q", body)
			}
		})
	}
}

// A page in UTF-16 gets the script in UTF-16, behind its mark.
func TestWideScript(t *testing.T) {
	text := "\xFF\xFE<\x00p\x00>\x00"
	p, _ := start(t, says(t, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(text), text)), nil)
	res, body := ask(t, p, "GET", "/", "", "Accept", navigation)
	if !strings.HasPrefix(body, "\xFF\xFE<\x00s\x00c\x00") || !strings.HasSuffix(body, text[2:]) || res.ContentLength >= 0 && res.ContentLength != int64(len(body)) {
		t.Errorf("got %q, length %d", body, res.ContentLength)
	}
}

// An answer without a type that is no page stays what it is.
func TestNoTypeNoPage(t *testing.T) {
	for _, text := range []string{"hello <html>", "", "x", "\x89PNG\r\n\x1a\n"} {
		p, _ := start(t, says(t, "HTTP/1.0 200 OK\r\n\r\n"+text), nil)
		if _, body := ask(t, p, "GET", "/", "", "Accept", navigation); body != text {
			t.Errorf("%q became %q", text, body)
		}
	}
}

func TestNoServiceWorkers(t *testing.T) {
	p, s := start(t, nil, nil)
	res, _ := ask(t, p, "GET", "/sw.js", "", "Service-Worker", "script", "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != 403 {
		t.Errorf("%d", res.StatusCode)
	}
	s.message(t, "error", "service worker")
}

// Every way in which a board may frame its answer.
func TestAnswerFraming(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, page)
	z.Close()
	half := len(page) / 2
	for name, answer := range map[string]string{
		"length":         fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(page), page),
		"until close":    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + page,
		"HTTP/1.0":       "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + page,
		"bare newlines":  "HTTP/1.1 200 OK\nContent-Type: TEXT/HTML\nConnection: close\n\n" + page,
		"no reason":      "HTTP/1.1 200\r\nContent-Type: text/html;charset=\"utf-8\"\r\n\r\n" + page,
		"chunked":        fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", half, page[:half], len(page)-half, page[half:]),
		"gzip, unasked":  fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", packed.Len(), packed.String()),
		"no type":        "HTTP/1.0 200 OK\r\n\r\n" + page,
		"MicroWebSrv":    fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: MicroWebSrv by JC`zic\r\nCache-Control: public, max-age=315360000\r\nLast-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(page), page),
		"100 goes first": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + page,
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := start(t, says(t, answer), nil)
			res, body := ask(t, p, "GET", "/", "", "Accept", navigation)
			if body != pageInjected || res.StatusCode != 200 {
				t.Errorf("%d %q", res.StatusCode, body)
			}
			if res.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("Cache-Control: %s", res.Header.Get("Cache-Control"))
			}
		})
	}
}

func TestFailuresAreExplained(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	for _, test := range []struct {
		name   string
		dial   Dialer
		status int
		code   string
	}{
		{"not there", func(context.Context) (net.Conn, error) { return nil, errors.New("refused") }, 503, "board.unreachable"},
		{"not there, explained", func(context.Context) (net.Conn, error) {
			return nil, &problem.Problem{Code: "x.y", Text: "Unplugged.", Help: "Plug in."}
		}, 503, "x.y"},
		{"dial hangs", func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }, 503, "board.unreachable"},
		{"no answer", raw(t, func(c net.Conn, r *bufio.Reader) { io.Copy(io.Discard, r) }), 504, "board.timeout"},
		{"closes", raw(t, func(c net.Conn, r *bufio.Reader) { readHeadOf(r) }), 502, "board.broken-answer"},
		{"no HTTP", says(t, "Hello!\r\n\r\n"), 502, "board.bad-answer"},
		{"huge head", says(t, head+"X: "+strings.Repeat("x", 100<<10)+"\r\n\r\n"), 502, "board.bad-answer"},
		{"two lengths", says(t, head+"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 502, "board.broken-answer"},
		{"switches by itself", says(t, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), 502, "board.broken-answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, s := start(t, test.dial, func(c *Config) {
				if test.name == "dial hangs" || test.name == "no answer" {
					c.DialTimeout, c.AnswerTimeout = 200*time.Millisecond, 200*time.Millisecond
				}
			})
			res, body := ask(t, p, "GET", "/", "", "Accept", navigation)
			if res.StatusCode != test.status || !strings.Contains(body, `data-code="`+test.code+`"`) {
				t.Errorf("%d %s", res.StatusCode, body)
			}
			if again := strings.Contains(body, upPath); again != (test.status != 502) {
				t.Errorf("reloads itself: %v", again)
			}
			if res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", res.Header.Get("Cache-Control"))
			}
			if m := s.message(t, "error", "GET /: "); m.Code != test.status {
				t.Errorf("told %+v", m)
			}
			// A script gets words, not a page.
			res, body = ask(t, p, "GET", "/x", "")
			if res.StatusCode != test.status || strings.Contains(body, "<") {
				t.Errorf("for a script: %d %q", res.StatusCode, body)
			}
		})
	}
}

func TestAnswerBreaksOff(t *testing.T) {
	for name, test := range map[string]struct{ answer, told string }{
		"length":  {"Content-Length: 1000\r\n\r\n" + page, fmt.Sprintf("broke off after %d of 1000 bytes", len(page))},
		"chunked": {"Transfer-Encoding: chunked\r\n\r\n5\r\n<p>he", "broke off after 5 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			p, s := start(t, says(t, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"+test.answer), nil)
			if _, body, err := tryAsk(p, "GET", "/", "", "Accept", navigation); err == nil {
				t.Errorf("the browser takes %q for whole", body)
			}
			s.message(t, "error", test.told)
		})
	}
	t.Run("stops", func(t *testing.T) {
		p, s := start(t, raw(t, func(c net.Conn, r *bufio.Reader) {
			readHeadOf(r)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
			io.Copy(io.Discard, r)
		}), func(c *Config) { c.IdleTimeout = 100 * time.Millisecond })
		if _, _, err := tryAsk(p, "GET", "/", ""); err == nil {
			t.Error("no error")
		}
		s.message(t, "error", "stopped after 3 of 10 bytes")
	})
}

// The page opens by itself as soon as the board is there.
func TestUp(t *testing.T) {
	var gate gatedDialer
	board := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	now := time.Now()
	var mu sync.Mutex
	gate.dial = board
	p, _ := start(t, gate.Dial, func(c *Config) { c.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now } })
	if res, _ := ask(t, p, "GET", upPath, ""); res.StatusCode != 503 {
		t.Errorf("absent: %d", res.StatusCode)
	}
	gate.open.Store(true)
	if res, _ := ask(t, p, "GET", upPath, ""); res.StatusCode != 503 {
		t.Errorf("asked the board again at once: %d", res.StatusCode)
	}
	mu.Lock()
	now = now.Add(upMemory)
	mu.Unlock()
	if res, _ := ask(t, p, "GET", upPath, ""); res.StatusCode != 204 {
		t.Errorf("there: %d", res.StatusCode)
	}
}

func TestHostIsChecked(t *testing.T) {
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) }), nil)
	port := fmt.Sprint(p.Port())
	for host, ok := range map[string]bool{
		"localhost:" + port: true, "LOCALHOST:" + port: true, "127.0.0.1:" + port: true, "[::1]:" + port: true,
		"localhost": false, "localhost:1": false, "evil.example:" + port: false, "localhost.:" + port: false,
		"127.0.0.1.evil.example:" + port: false, "0.0.0.0:" + port: false, "::1:" + port: false, "localhost:0" + port: false,
	} {
		res, body := ask(t, p, "GET", "/", "", "Host", host)
		if ok && (res.StatusCode != 200 || body != host) || !ok && res.StatusCode != http.StatusMisdirectedRequest && res.StatusCode != 400 {
			t.Errorf("Host %s: %d %q", host, res.StatusCode, body)
		}
	}
	// Without a Host header, and in absolute form with another one.
	for _, request := range []string{"GET / HTTP/1.0\r\n\r\n", "GET http://evil.example/ HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n"} {
		if got := exchange(t, p, request); !strings.Contains(got, " 421 ") {
			t.Errorf("%q: %q", request, got)
		}
	}
}

// exchange sends raw bytes and returns the answer, as it comes.
func exchange(t testing.TB, p *Proxy, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(c, request)
	var got bytes.Buffer
	answer, err := http.ReadResponse(bufio.NewReader(io.TeeReader(c, &got)), nil)
	if err == nil {
		io.Copy(io.Discard, answer.Body) // who keeps the connection is not waited for
	}
	return got.String()
}

func TestForeignPagesAreRefused(t *testing.T) {
	p, s := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }), nil)
	own := strings.TrimSuffix(p.URL(), "/")
	for _, test := range []struct {
		what, method string
		headers      []string
		status       int
	}{
		{"a program", "POST", nil, 200},
		{"own page", "POST", []string{"Origin", own}, 200},
		{"own form without referrer", "POST", []string{"Origin", "null", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate"}, 200},
		{"foreign form", "POST", []string{"Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"foreign form without origin", "POST", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"foreign form, old browser", "POST", []string{"Origin", "http://evil.example"}, 403},
		{"sandboxed form, old browser", "POST", []string{"Origin", "null"}, 403},
		{"foreign image", "GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"other board's page", "GET", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"foreign fetch", "GET", []string{"Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"preview or link", "GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 200},
		{"typed", "GET", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200},
	} {
		if res, body := ask(t, p, test.method, "/led?on", "x", test.headers...); res.StatusCode != test.status {
			t.Errorf("%s: %d %s", test.what, res.StatusCode, body)
		}
	}
	s.message(t, "error", "Only the board's own pages may.")
}

// Pages never share a host name with Studio, whose cookie they would get.
func TestCookiesAndHostNames(t *testing.T) {
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "studio=evil; Path=/")
		w.Header().Add("Set-Cookie", "theme=dark")
		w.Header().Add("Strict-Transport-Security", "max-age=9")
		fmt.Fprintf(w, "%q", r.Header["Cookie"])
	}), nil)
	res, body := ask(t, p, "GET", "/", "", "Cookie", "a=b; studio=secret; c=d", "Cookie", "Studio=x")
	if body != `["a=b; c=d"]` {
		t.Errorf("the board got %s", body)
	}
	if got := res.Header["Set-Cookie"]; !slices.Equal(got, []string{"theme=dark"}) {
		t.Errorf("the browser got %q", got)
	}
	if res.Header.Get("Strict-Transport-Security") != "" {
		t.Error("a board may not decide for all of localhost")
	}
	if _, body = ask(t, p, "GET", "/", "", "Cookie", "studio=secret"); body != `[]` {
		t.Errorf("the board got %s", body)
	}
	res, _ = ask(t, p, "GET", "/a%2Fb?c", "", "Host", fmt.Sprintf("127.0.0.1:%d", p.Port()), "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "none")
	if got := res.Header.Get("Location"); res.StatusCode != 307 || got != p.URL()+"a%2Fb?c" {
		t.Errorf("%d %s", res.StatusCode, got)
	}
}

func TestRequestReachesBoard(t *testing.T) {
	var got string
	p, _ := start(t, raw(t, func(c net.Conn, r *bufio.Reader) {
		got = readHeadOf(r)
		io.WriteString(c, "HTTP/1.1 204 No Content\r\nConnection: X-Hop\r\nX-Hop: 1\r\nLocation: http://192.168.4.1/a?b\r\n\r\n")
	}), func(c *Config) { c.Hosts = []string{"192.168.4.1"} })
	res, _ := ask(t, p, "GET", "//x/a%2Fb;c/../d?e=%zz;f", "", "Connection", "X-Secret", "X-Secret", "1", "Te", "trailers", "Upgrade", "h2c",
		"Accept-Encoding", "gzip, br", "If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT", "Sec-Ch-Ua", "x", "X-Forwarded-For", "1.2.3.4",
		"Expect", "100-continue", "X-Mine", "yes", "Sec-Fetch-Site", "same-origin")
	want := "GET //x/a%2Fb;c/../d?e=%zz;f HTTP/1.1\r\nHost: localhost:" + fmt.Sprint(p.Port()) +
		"\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: identity\r\nX-Mine: yes\r\n\r\n"
	if got != want {
		t.Errorf("the board got\n%s\nwant\n%s", got, want)
	}
	if res.Header.Get("X-Hop") != "" {
		t.Error("a hop-by-hop header came through")
	}
	if to := res.Header.Get("Location"); to != "/a?b" {
		t.Errorf("Location %s", to)
	}
}

func TestBodies(t *testing.T) {
	type request struct {
		length int64
		te     []string
		body   string
	}
	seenRequest := make(chan request, 1)
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		seenRequest <- request{r.ContentLength, r.TransferEncoding, string(b)}
		io.WriteString(w, "ok")
	}), nil)
	// Chunked becomes plain for a board, and smuggling attempts end here.
	got := exchange(t, p, fmt.Sprintf("POST /up HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", p.Port()))
	if r := <-seenRequest; r.length != 3 || r.te != nil || r.body != "abc" || !strings.Contains(got, "200 OK") {
		t.Errorf("%+v %q", r, got)
	}
	for _, head := range []string{
		"Content-Length: 3\r\nContent-Length: 4", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: xchunked",
		"Content-Length: -1", "X\x00Y: 1", "X Y: 1", "X: a\rb",
	} {
		got := exchange(t, p, fmt.Sprintf("POST / HTTP/1.1\r\nHost: localhost:%d\r\n%s\r\n\r\nabcd", p.Port(), head))
		if !strings.HasPrefix(got, "HTTP/1.1 400") && !strings.HasPrefix(got, "HTTP/1.1 501") {
			t.Errorf("%q: %q", head, got)
		}
	}
	select {
	case r := <-seenRequest:
		t.Errorf("the board got %+v", r)
	default:
	}
	got = exchange(t, p, fmt.Sprintf("GET / HTTP/1.1\r\nHost: localhost:%d\r\nX: %s\r\n\r\n", p.Port(), strings.Repeat("x", 1<<20+8<<10)))
	if !strings.HasPrefix(got, "HTTP/1.1 431") {
		t.Errorf("huge head: %.80q", got)
	}
}

// No more connections than the board can take, first come, first served.
func TestConnectionsAreLimited(t *testing.T) {
	var mu sync.Mutex
	open, most := 0, 0
	release := make(chan struct{})
	entered := make(chan string, 20)
	board := serve(t, func(w http.ResponseWriter, r *http.Request) { entered <- r.URL.Path; <-release })
	dial := func(ctx context.Context) (net.Conn, error) {
		c, err := board(ctx)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		open++
		most = max(most, open)
		return &countedConn{Conn: c, closed: func() { mu.Lock(); open--; mu.Unlock() }}, nil
	}
	p, _ := start(t, dial, func(c *Config) { c.MaxConns = 2; c.QueueTimeout = 300 * time.Millisecond })
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() { tryAsk(p, "GET", fmt.Sprint("/", i), "") })
	}
	<-entered
	<-entered
	res, body := ask(t, p, "GET", "/late", "", "Accept", navigation)
	if res.StatusCode != 503 || !strings.Contains(body, "board.too-many-connections") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if res, _ := ask(t, p, "GET", upPath, ""); res.StatusCode != 204 {
		t.Errorf("a busy board is there, but: %d", res.StatusCode)
	}
	close(release)
	wg.Wait()
	p.Close()
	for now := 1; now > 0; runtime.Gosched() {
		mu.Lock()
		now = open
		mu.Unlock()
	}
	p, _ = start(t, dial, func(c *Config) { c.MaxConns = 2; c.QueueTimeout = time.Minute }) // a busy computer does not count
	for i := range 20 {
		wg.Go(func() {
			if res, _, err := tryAsk(p, "GET", fmt.Sprint("/", i), ""); err != nil || res.StatusCode != 200 {
				t.Errorf("%v %v", res, err)
			}
		})
	}
	wg.Wait()
	if most > 2 {
		t.Errorf("%d connections at a time", most)
	}
}

type countedConn struct {
	net.Conn
	once   sync.Once
	closed func()
}

func (c *countedConn) Close() error { c.once.Do(c.closed); return c.Conn.Close() }

// Both loopback addresses answer, on the port that was asked for if it is free.
func TestListen(t *testing.T) {
	board := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	p, _ := start(t, board, nil)
	if hasIPv6() {
		c, err := net.Dial("tcp", fmt.Sprintf("[::1]:%d", p.Port()))
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	if err := p.Listen(0); err == nil {
		t.Error("listens twice")
	}
	q := NewProxy(Config{Dial: board})
	if err := q.Listen(p.Port()); err != nil || q.Port() == p.Port() {
		t.Errorf("port %d while it is in use: %d, %v", p.Port(), q.Port(), err)
	}
	port := q.Port()
	q.Close()
	q = NewProxy(Config{Dial: board})
	if err := q.Listen(port); err != nil || q.Port() != port {
		t.Errorf("port %d again: %d, %v", port, q.Port(), err)
	}
	q.Close()
	if err := q.Listen(0); !errors.Is(err, errClosed) {
		t.Errorf("Listen after Close: %v", err)
	}
}

// An answer without end arrives piece by piece.
func TestStreams(t *testing.T) {
	next := make(chan string)
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(200)
		http.NewResponseController(w).Flush()
		for text := range next {
			io.WriteString(w, text)
			http.NewResponseController(w).Flush()
		}
	}), func(c *Config) { c.IdleTimeout = 10 * time.Millisecond })
	res, err := http.Get(p.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	time.Sleep(30 * time.Millisecond) // longer than IdleTimeout, which is not for event streams
	for _, text := range []string{"data: 1\n\n", "data: 2\n\n"} {
		next <- text
		got := make([]byte, len(text))
		if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != text {
			t.Fatalf("%q %v", got, err)
		}
	}
	close(next)
}

// Close ends everything, whatever is under way.
func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	func() {
		hang := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-hang }))
		defer server.Close()
		defer close(hang)
		p := NewProxy(Config{Dial: dialer(server.Listener.Addr().String())})
		if err := p.Listen(0); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 8 { // 4 hang at the board, 4 wait for a connection
			wg.Go(func() {
				if _, _, err := tryAsk(p, "GET", "/", ""); err == nil {
					t.Error("answered")
				}
			})
		}
		for len(p.slots) < 4 {
			runtime.Gosched()
		}
		p.Close()
		wg.Wait()
	}()
	noLeaks(t, before)
}

// noLeaks waits for goroutines to end.
func noLeaks(t *testing.T, before int) {
	t.Helper()
	plainClient.CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
	deadline := time.Now().Add(time.Minute)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			stack := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d now:\n%s", before, runtime.NumGoroutine(), stack[:runtime.Stack(stack, true)])
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// gatedDialer fails until it is opened.
type gatedDialer struct {
	dial Dialer
	open atomic.Bool
}

func (g *gatedDialer) Dial(ctx context.Context) (net.Conn, error) {
	if !g.open.Load() {
		return nil, errors.New("no")
	}
	return g.dial(ctx)
}

// A body that does not come holds neither the proxy nor the board.
func TestSlowBody(t *testing.T) {
	defer func(old time.Duration) { bodyStall = old }(bodyStall)
	bodyStall = 200 * time.Millisecond
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }), nil)
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(c, "POST /x HTTP/1.1\r\nHost: %s\r\nContent-Length: 100\r\n\r\nsome", strings.TrimSuffix(strings.TrimPrefix(p.URL(), "http://"), "/"))
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Errorf("the connection goes on: %v", err)
	}
}
