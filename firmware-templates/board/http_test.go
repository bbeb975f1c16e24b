package board

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strings"
	"studio/board/web"
	"testing"
	"time"
)

// ask puts a request together: headers are lines without their ends.
func ask(line string, headers ...string) string {
	return line + "\r\n" + strings.Join(append(headers, "", ""), "\r\n")
}

var webFiles = map[string]string{
	"/www/index.html":         "<title>hello</title>",
	"/www/style.css":          "body{}",
	"/www/big.bin":            strings.Repeat("0123456789abcdef", 3000),
	"/www/empty.txt":          "",
	"/www/sub/index.html":     "<title>sub</title>",
	"/www/a b é.txt":          "odd name",
	"/www/x%20y.txt":          "percent",
	"/secret.txt":             "not below /www",
	"/www/old/index.htm":      "old",
	"/www/app.js":             "plain app",
	"/www/app.js.gz":          "packed app",
	"/www/only/index.html.gz": "packed page",
	"/www/utf8.html":          "<title>Z\u00fcrich</title>",
	"/www/latin1.html":        "<title>Z\xfcrich</title>",
	"/www/latin1.txt":         strings.Repeat("plain ", 5000) + "\xe9",
	"/www/cut.css":            "/* Z\xc3",
	"/www/\u00e9t\u00e9.txt":  "summer",
	"/www/Zu\u0308rich.txt":   "city",
}

func etag(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("\"%x\"", sum[:16])
}

type httpCase struct {
	name   string
	in     string
	status int
	body   string   // "": not looked at, "-": none
	header []string // lines that are in the answer
	close  bool     // the connection ends
}

func httpCases() []httpCase {
	host := "Host: board"
	index := webFiles["/www/index.html"]
	return []httpCase{
		{"the first page", ask("GET / HTTP/1.1", host), 200, index, []string{"Content-Type: text/html; charset=utf-8", "Cache-Control: no-cache", "ETag: " + etag(index), "Content-Length: 20"}, false},
		{"by its name", ask("GET /index.html HTTP/1.1", host), 200, index, nil, false},
		{"with a query", ask("GET /index.html?v=1&x=%zz HTTP/1.1", host), 200, index, nil, false},
		{"style", ask("GET /style.css HTTP/1.1", host), 200, "body{}", []string{"Content-Type: text/css; charset=utf-8"}, false},
		{"long file", ask("GET /big.bin HTTP/1.1", host), 200, webFiles["/www/big.bin"], []string{"Content-Type: application/octet-stream"}, false},
		{"empty file", ask("GET /empty.txt HTTP/1.1", host), 200, "-", []string{"Content-Length: 0"}, false},
		{"folder", ask("GET /sub/ HTTP/1.1", host), 200, webFiles["/www/sub/index.html"], nil, false},
		{"folder without slash", ask("GET /sub HTTP/1.1", host), 302, "-", []string{"Location: /sub/"}, false},
		{"escaped name", ask("GET /a%20b%20%C3%A9.txt HTTP/1.1", host), 200, "odd name", nil, false},
		{"lower-case escapes", ask("GET /a%20b%20%c3%a9.txt HTTP/1.1", host), 200, "odd name", nil, false},
		{"decoded once only", ask("GET /x%2520y.txt HTTP/1.1", host), 200, "percent", nil, false},
		{"absolute form", ask("GET http://board/style.css HTTP/1.1", host), 200, "body{}", nil, false},
		{"absolute form of the root", ask("GET http://board HTTP/1.1", host), 200, index, nil, false},
		{"HTTP/1.0", ask("GET / HTTP/1.0"), 200, index, []string{"Connection: close"}, true},
		{"HTTP/1.0 that stays", ask("GET / HTTP/1.0", "Connection: keep-alive"), 200, index, []string{"Connection: keep-alive"}, false},
		{"close", ask("GET / HTTP/1.1", host, "Connection: close"), 200, index, []string{"Connection: close"}, true},
		{"close in a list", ask("GET / HTTP/1.1", host, "Connection: foo , CLOSE"), 200, index, nil, true},
		{"LF alone", strings.ReplaceAll(ask("GET / HTTP/1.1", host), "\r", ""), 200, index, nil, false},
		{"empty lines before", "\r\n\n" + ask("GET / HTTP/1.1", host), 200, index, nil, false},
		{"many headers", ask("GET / HTTP/1.1", host, "User-Agent: "+letters(300), "Accept: */*", "Cookie: "+letters(4000), "X-"+letters(60)+": y"), 200, index, nil, false},
		{"header of UTF-8", ask("GET / HTTP/1.1", host, "X-Name: Zoë"), 200, index, nil, false},
		{"unchanged", ask("GET / HTTP/1.1", host, "If-None-Match: "+etag(index)), 304, "-", []string{"ETag: " + etag(index), "Cache-Control: no-cache"}, false},
		{"unchanged, weak", ask("GET / HTTP/1.1", host, "If-None-Match: W/"+etag(index)), 304, "-", nil, false},
		{"unchanged, one of several", ask("GET / HTTP/1.1", host, `If-None-Match: "abc", `+etag(index)), 304, "-", nil, false},
		{"unchanged, any", ask("GET / HTTP/1.1", host, "If-None-Match: *"), 304, "-", nil, false},
		{"changed", ask("GET / HTTP/1.1", host, `If-None-Match: "00112233445566778899aabbccddeeff"`), 200, index, nil, false},
		{"unchanged, at the end of a long list", ask("GET / HTTP/1.1", host, "If-None-Match: "+strings.Repeat(`"abc", W/"`+letters(32)+`" , `, 100)+etag(index)), 304, "-", nil, false},
		{"unchanged, on the second line", ask("GET / HTTP/1.1", host, `If-None-Match: "abc"`, "If-None-Match: "+etag(index)), 304, "-", nil, false},
		{"changed, more tags of ours than are kept", ask("GET / HTTP/1.1", host, "If-None-Match: "+strings.Repeat(etag("other")+", ", 6)+etag(index)), 200, index, nil, false},
		{"changed, the tag is a part of another", ask("GET / HTTP/1.1", host, `If-None-Match: "0`+etag(index)[1:]+`, "`+etag(index)[2:]+`, `+etag(index)[:33]+`0"`), 200, index, nil, false},
		{"changed, list without end", ask("GET / HTTP/1.1", host, "If-None-Match: "+etag(index)[:33]), 200, index, nil, false},
		{"HEAD", ask("HEAD / HTTP/1.1", host), 200, "-", []string{"Content-Length: 20", "ETag: " + etag(index)}, false},
		{"HEAD of nothing", ask("HEAD /no HTTP/1.1", host), 404, "-", nil, false},
		{"GET with a body", ask("GET / HTTP/1.1", host, "Content-Length: 3") + "abc", 200, index, nil, false},
		{"not there", ask("GET /no.html HTTP/1.1", host), 404, "There is no www/no.html on this board, and its program has no board.OnRequest(\"/no.html\", …)\n", []string{"Content-Type: text/plain; charset=utf-8"}, false},
		{"not there, for somebody who looks", ask("GET /no.html HTTP/1.1", host, "Accept: text/html,application/xhtml+xml;q=0.9"), 404, "", []string{"Content-Type: text/html; charset=utf-8"}, false},
		{"not there, of odd letters", ask("GET /%3Cb%3E%26%22/x HTTP/1.1", host), 404, "There is no www/%3cb%3e%26%22/x on this board, and its program has no board.OnRequest(\"/%3cb%3e%26%22/x\", …)\n", nil, false},
		{"folder with a query", ask("GET /sub?x=1&y=%20 HTTP/1.1", host), 302, "-", []string{"Location: /sub/?x=1&y=%20"}, false},
		{"folder with an empty query", ask("GET /sub? HTTP/1.1", host), 302, "-", []string{"Location: /sub/?"}, false},
		{"folder with a query, with its slash", ask("GET /sub/?x=1 HTTP/1.1", host), 200, webFiles["/www/sub/index.html"], nil, false},
		{"folder with a query that does not fit", ask("GET /sub?"+letters(300)+" HTTP/1.1", host), 414, "", nil, true},
		{"folder behind two slashes", ask("GET //sub HTTP/1.1", host), 302, "-", []string{"Location: /sub/"}, false},
		{"index.htm", ask("GET /old/ HTTP/1.1", host), 200, "old", []string{"Content-Type: text/html; charset=utf-8"}, false},
		{"index.htm without slash", ask("GET /old HTTP/1.1", host), 302, "-", []string{"Location: /old/"}, false},
		{"packed, for who can unpack", ask("GET /app.js HTTP/1.1", host, "Accept-Encoding: br, GZIP;q=0.5"), 200, "packed app", []string{"Content-Encoding: gzip", "Vary: Accept-Encoding", "Content-Type: text/javascript; charset=utf-8", "ETag: " + etag("packed app")}, false},
		{"packed, for who cannot", ask("GET /app.js HTTP/1.1", host, "Accept-Encoding: br, gzip;q=0"), 200, "plain app", []string{"ETag: " + etag("plain app")}, false},
		{"packed, nothing is said", ask("GET /app.js HTTP/1.1", host), 200, "plain app", nil, false},
		{"packed, unchanged", ask("GET /app.js HTTP/1.1", host, "Accept-Encoding: gzip", "If-None-Match: "+etag("packed app")), 304, "-", []string{"Vary: Accept-Encoding"}, false},
		{"packed, the plain one is known", ask("GET /app.js HTTP/1.1", host, "Accept-Encoding: gzip", "If-None-Match: "+etag("plain app")), 200, "packed app", nil, false},
		{"packed only", ask("GET /only/ HTTP/1.1", host, "Accept-Encoding: gzip"), 200, "packed page", []string{"Content-Encoding: gzip", "Content-Type: text/html; charset=utf-8"}, false},
		{"packed only, for who has not asked", ask("GET /only/index.html HTTP/1.1", host), 200, "packed page", []string{"Content-Encoding: gzip"}, false},
		{"packed, by its own name", ask("GET /app.js.gz HTTP/1.1", host, "Accept-Encoding: gzip"), 200, "packed app", []string{"Content-Type: application/gzip"}, false},
		{"packed, a part", ask("GET /app.js HTTP/1.1", host, "Accept-Encoding: gzip", "Range: bytes=-3"), 206, "app", []string{"Content-Range: bytes 7-9/10", "Content-Encoding: gzip"}, false},
		{"UTF-8 says so", ask("GET /utf8.html HTTP/1.1", host), 200, webFiles["/www/utf8.html"], []string{"Content-Type: text/html; charset=utf-8"}, false},
		{"Latin-1 does not", ask("GET /latin1.html HTTP/1.1", host), 200, webFiles["/www/latin1.html"], []string{"Content-Type: text/html"}, false},
		{"Latin-1 at the end of a long file", ask("GET /latin1.txt HTTP/1.1", host), 200, webFiles["/www/latin1.txt"], []string{"Content-Type: text/plain"}, false},
		{"Latin-1, HEAD", ask("HEAD /latin1.html HTTP/1.1", host), 200, "-", []string{"Content-Type: text/html"}, false},
		{"half a character at the end", ask("GET /cut.css HTTP/1.1", host), 200, webFiles["/www/cut.css"], []string{"Content-Type: text/css"}, false},
		{"name with an accent of its own, as a Mac asks", ask("GET /e%CC%81te%CC%81.txt HTTP/1.1", host), 200, "summer", nil, false},
		{"name as a Mac has written it", ask("GET /Z%C3%BCrich.txt HTTP/1.1", host), 200, "city", nil, false},
		{"both as a Mac writes", ask("GET /Zu%CC%88rich.txt HTTP/1.1", host), 200, "city", nil, false},
		{"an accent too many", ask("GET /Zu%CC%88%CC%88rich.txt HTTP/1.1", host), 404, "", nil, false},
		{"part", ask("GET /big.bin HTTP/1.1", host, "Range: bytes=17-20"), 206, "1234", []string{"Content-Range: bytes 17-20/48000", "Content-Length: 4", "ETag: " + etag(webFiles["/www/big.bin"])}, false},
		{"part to the end", ask("GET /big.bin HTTP/1.1", host, "Range: bytes=47998-"), 206, "ef", []string{"Content-Range: bytes 47998-47999/48000"}, false},
		{"part beyond the end", ask("GET /big.bin HTTP/1.1", host, "Range: BYTES=47999-99999999999999"), 206, "f", []string{"Content-Range: bytes 47999-47999/48000"}, false},
		{"long part", ask("GET /big.bin HTTP/1.1", host, "Range: bytes=1-47999"), 206, webFiles["/www/big.bin"][1:], nil, false},
		{"last bytes", ask("GET /big.bin HTTP/1.1", host, "Range: bytes=-2"), 206, "ef", []string{"Content-Range: bytes 47998-47999/48000"}, false},
		{"more last bytes than there are", ask("GET /style.css HTTP/1.1", host, "Range: bytes=-900"), 206, "body{}", []string{"Content-Range: bytes 0-5/6"}, false},
		{"no such part", ask("GET /style.css HTTP/1.1", host, "Range: bytes=6-"), 416, "-", []string{"Content-Range: bytes */6", "Content-Length: 0"}, false},
		{"no such part, very large", ask("GET /style.css HTTP/1.1", host, "Range: bytes=99999999999999999999-"), 416, "-", nil, false},
		{"no bytes", ask("GET /style.css HTTP/1.1", host, "Range: bytes=-0"), 416, "-", nil, false},
		{"part of nothing", ask("GET /empty.txt HTTP/1.1", host, "Range: bytes=0-"), 416, "-", []string{"Content-Range: bytes */0"}, false},
		{"several parts", ask("GET /style.css HTTP/1.1", host, "Range: bytes=0-1,3-4"), 200, "body{}", []string{"Accept-Ranges: bytes"}, false},
		{"parts the wrong way round", ask("GET /style.css HTTP/1.1", host, "Range: bytes=4-1"), 200, "body{}", nil, false},
		{"parts of lines", ask("GET /style.css HTTP/1.1", host, "Range: lines=1-2"), 200, "body{}", nil, false},
		{"part of nonsense", ask("GET /style.css HTTP/1.1", host, "Range: bytes=a-b"), 200, "body{}", nil, false},
		{"part without numbers", ask("GET /style.css HTTP/1.1", host, "Range: bytes=-"), 200, "body{}", nil, false},
		{"part if it is this version", ask("GET /style.css HTTP/1.1", host, "Range: bytes=0-1", "If-Range: "+etag("body{}")), 206, "bo", nil, false},
		{"part, but of another version", ask("GET /style.css HTTP/1.1", host, "If-Range: "+etag("x"), "Range: bytes=0-1"), 200, "body{}", nil, false},
		{"part, of a weak version", ask("GET /style.css HTTP/1.1", host, "Range: bytes=0-1", "If-Range: W/"+etag("body{}")), 200, "body{}", nil, false},
		{"part, if since a date", ask("GET /style.css HTTP/1.1", host, "Range: bytes=0-1", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT"), 200, "body{}", nil, false},
		{"part, but unchanged", ask("GET /style.css HTTP/1.1", host, "Range: bytes=0-1", "If-None-Match: "+etag("body{}")), 304, "-", nil, false},
		{"HEAD of a part", ask("HEAD /style.css HTTP/1.1", host, "Range: bytes=0-1"), 200, "-", []string{"Content-Length: 6"}, false},
		{"body only if it is wanted", ask("GET / HTTP/1.1", host, "Content-Length: 3", "Expect: 100-continue"), 200, index, nil, true},
		{"POST where nothing is", ask("POST /save HTTP/1.1", host, "Content-Length: 3") + "a=b", 405, "Nothing here answers POST /save: files can only be read. To answer it, write in main.go: board.OnRequest(\"/save\", …)\n", nil, true},
		{"outside of the web root", ask("GET /secret.txt HTTP/1.1", host), 404, "", nil, false},
		{"long name", ask("GET /"+letters(240)+" HTTP/1.1", host), 404, "", nil, false},
		{"two slashes", ask("GET //index.html HTTP/1.1", host), 200, index, nil, false},
		{"many slashes, some escaped", ask("GET /%2f/sub/%2F/index.html HTTP/1.1", host), 200, webFiles["/www/sub/index.html"], nil, false},
		{"not UTF-8", ask("GET /%FF%FE HTTP/1.1", host), 404, "", nil, false},
		{"page as a folder", ask("GET /index.html/ HTTP/1.1", host), 404, "", nil, false},
		{"WebSocket on another path", ask("GET /no HTTP/1.1", host, "Connection: Upgrade", "Upgrade: websocket"), 404, "", nil, false},
		{"no WebSocket on /ws", ask("GET /ws HTTP/1.1", host), 426, "", []string{"Upgrade: websocket", "Sec-WebSocket-Version: 13"}, true},
		{"up", ask("GET /../secret.txt HTTP/1.1", host), 400, "", nil, true},
		{"up, escaped", ask("GET /%2e%2E/secret.txt HTTP/1.1", host), 400, "", nil, true},
		{"up, slash escaped", ask("GET /..%2fsecret.txt HTTP/1.1", host), 400, "", nil, true},
		{"up, at the end", ask("GET /sub/.. HTTP/1.1", host), 400, "", nil, true},
		{"dot", ask("GET /./index.html HTTP/1.1", host), 400, "", nil, true},
		{"backslash", ask("GET /..\\secret.txt HTTP/1.1", host), 400, "", nil, true},
		{"NUL", ask("GET /a%00b HTTP/1.1", host), 400, "", nil, true},
		{"bad escape", ask("GET /%zz HTTP/1.1", host), 400, "", nil, true},
		{"short escape", ask("GET /%2 HTTP/1.1", host), 400, "", nil, true},
		{"fragment", ask("GET /#a HTTP/1.1", host), 400, "", nil, true},
		{"no slash", ask("GET index.html HTTP/1.1", host), 400, "", nil, true},
		{"star", ask("GET * HTTP/1.1", host), 400, "", nil, true},
		{"no target", ask("GET  HTTP/1.1", host), 400, "", nil, true},
		{"no version", ask("GET /", host), 400, "", nil, true},
		{"odd version", ask("GET / HTTP/x.1", host), 400, "", nil, true},
		{"long version", ask("GET / HTTP/1.1000000", host), 400, "", nil, true},
		{"other protocol", ask("GET / SPDY/1.1", host), 400, "", nil, true},
		{"HTTP/2", ask("PRI / HTTP/2.0"), 505, "", nil, true},
		{"no Host", ask("GET / HTTP/1.1"), 400, "", nil, true},
		{"two Hosts", ask("GET / HTTP/1.1", host, host), 400, "", nil, true},
		{"blank before colon", ask("GET / HTTP/1.1", "Host : board"), 400, "", nil, true},
		{"folded header", ask("GET / HTTP/1.1", host, "X: a", " b"), 400, "", nil, true},
		{"no colon", ask("GET / HTTP/1.1", host, "nonsense"), 400, "", nil, true},
		{"no name", ask("GET / HTTP/1.1", host, ": x"), 400, "", nil, true},
		{"control character", ask("GET / HTTP/1.1", host, "X: a\x01b"), 400, "", nil, true},
		{"CR alone", ask("GET / HTTP/1.1", host, "X: a\rb"), 400, "", nil, true},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "", nil, true},
		{"method of odd bytes", ask("G(T / HTTP/1.1", host), 400, "", nil, true},
		{"length not a number", ask("GET / HTTP/1.1", host, "Content-Length: x"), 400, "", nil, true},
		{"negative length", ask("GET / HTTP/1.1", host, "Content-Length: -1"), 400, "", nil, true},
		{"endless length", ask("GET / HTTP/1.1", host, "Content-Length: "+strings.Repeat("9", 40)), 400, "", nil, true},
		{"two lengths", ask("GET / HTTP/1.1", host, "Content-Length: 1", "Content-Length: 2"), 400, "", nil, true},
		{"length and chunks", ask("GET / HTTP/1.1", host, "Content-Length: 1", "Transfer-Encoding: chunked"), 400, "", nil, true},
		{"chunks", ask("GET / HTTP/1.1", host, "Transfer-Encoding: chunked"), 501, "", nil, true},
		{"POST", ask("POST / HTTP/1.1", host, "Content-Length: 5") + "a=b&c", 405, "", []string{"Allow: GET, HEAD, OPTIONS"}, true},
		{"OPTIONS", ask("OPTIONS / HTTP/1.1", host), 204, "-", []string{"Allow: GET, HEAD, OPTIONS"}, false},
		{"DELETE", ask("DELETE /index.html HTTP/1.1", host), 405, "", nil, true},
		{"get", ask("get / HTTP/1.1", host), 405, "", nil, true},
		{"unknown method", ask("PROPFINDANDMORE / HTTP/1.1", host), 405, "", nil, true},
		{"path too long", ask("GET /"+letters(300)+" HTTP/1.1", host), 414, "", nil, true},
		{"query too long", ask("GET /?"+letters(5000)+" HTTP/1.1", host), 414, "", nil, true},
		{"headers too long", ask("GET / HTTP/1.1", host, "Cookie: "+letters(9000)), 431, "", nil, true},
		{"endless headers", "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 5000), 431, "", nil, true},
		{"endless method", strings.Repeat("A", 200), 400, "", nil, true},
	}
}

func TestHTTP(t *testing.T) {
	for _, c := range httpCases() {
		t.Run(c.name, func(t *testing.T) {
			for _, chunk := range []int{0, 1, 5} {
				s := testServer(t, Limits{}, webFiles)
				m := s.connect(t, c.in, chunk)
				out := s.talk(t, m, "")
				checkAnswer(t, c, out)
				if m.finished != c.close {
					t.Fatalf("finished is %v", m.finished)
				}
				if !c.close { // the connection works on
					if next := s.talk(t, m, ask("GET /style.css HTTP/1.1", "Host: b")); !strings.HasSuffix(next, "\r\n\r\nbody{}") {
						t.Fatalf("next answer: %s", next)
					}
				}
				s.Unlock()
				s.Lock()
			}
		})
	}
	t.Logf("%d cases", len(httpCases()))
}

func checkAnswer(t *testing.T, c httpCase, out string) {
	t.Helper()
	method := "GET"
	if strings.HasPrefix(c.in, "HEAD") {
		method = "HEAD"
	}
	r := bufio.NewReader(strings.NewReader(out))
	answer, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%v: %q", err, out)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != c.status {
		t.Fatalf("status %d, want %d, %v: %.300s", answer.StatusCode, c.status, err, out)
	}
	if c.body == "-" && len(body) > 0 || c.body != "-" && c.body != "" && string(body) != c.body {
		t.Fatalf("body %.100q, want %.100q", body, c.body)
	}
	if rest, _ := io.ReadAll(r); len(rest) > 0 {
		t.Fatalf("more than one answer: %.200q", rest)
	}
	for _, line := range c.header {
		if !strings.Contains(out, "\r\n"+line+"\r\n") {
			t.Fatalf("no %q in %.300s", line, out)
		}
	}
	if c.close != strings.Contains(out, "\r\nConnection: close\r\n") {
		t.Fatalf("Connection: close is missing or too much: %.300s", out)
	}
}

func TestSplitAtEveryByte(t *testing.T) {
	in := ask("GET /sub/ HTTP/1.1", "Host: board", "If-None-Match: "+etag("x"), "Connection: keep-alive")
	s := testServer(t, Limits{}, webFiles)
	want := s.talk(t, s.connect(t, in, 0), "")
	for i := 1; i < len(in); i++ {
		s := testServer(t, Limits{}, webFiles)
		m := s.connect(t, in[:i], 0)
		if out := s.talk(t, m, ""); out != "" {
			t.Fatalf("an answer after %d bytes: %s", i, out)
		}
		if out := s.talk(t, m, in[i:]); out != want {
			t.Fatalf("split at %d: %q", i, out)
		}
		s.Unlock()
		s.Lock()
	}
}

func TestPipelining(t *testing.T) {
	s := testServer(t, Limits{}, webFiles)
	var in, want string
	for i, path := range []string{"/style.css", "/big.bin", "/no", "/empty.txt", "/", "/sub/"} {
		in += ask("GET "+path+" HTTP/1.1", "Host: board", fmt.Sprintf("Content-Length: %d", i)) + letters(i)
		m := s.connect(t, ask("GET "+path+" HTTP/1.1", "Host: board"), 0)
		want += s.talk(t, m, "")
	}
	for _, chunk := range []int{0, 1, 333} {
		m := s.connect(t, in, chunk)
		m.room = 0
		var out strings.Builder
		for range 10000 { // the other side reads slowly
			m.room += 100
			out.WriteString(s.talk(t, m, ""))
		}
		if out.String() != want {
			t.Fatalf("in pieces of %d: %d bytes, want %d", chunk, out.Len(), len(want))
		}
	}
}

func TestOnlyPage(t *testing.T) {
	get := ask("GET / HTTP/1.1", "Host: board")
	s := testServer(t, Limits{}, map[string]string{"/www/led.html": "the page", "/www/a.js": "x", "/www/sub/other.html": "y"})
	if out := s.talk(t, s.connect(t, get, 0), ""); !strings.HasSuffix(out, "\r\n\r\nthe page") || !strings.Contains(out, "text/html") {
		t.Fatal(out)
	}
	putFile(t, s, "/www/second.html", "z")
	if out := s.talk(t, s.connect(t, get, 0), ""); !strings.HasPrefix(out, "HTTP/1.1 404 ") {
		t.Fatal(out)
	}
	putFile(t, s, "/www/index.html", "index")
	if out := s.talk(t, s.connect(t, get, 0), ""); !strings.HasSuffix(out, "\r\n\r\nindex") {
		t.Fatal(out)
	}
}

// What is being sent is the version that was asked for, to its end.
func TestReplacedWhileSending(t *testing.T) {
	s := testServer(t, Limits{}, webFiles)
	m := s.connect(t, ask("GET /big.bin HTTP/1.1", "Host: board"), 0)
	m.room = 1000
	s.settle(t)
	putFile(t, s, "/www/big.bin", strings.Repeat("new", 10000))
	m.room = -1
	if out := s.talk(t, m, ""); !strings.HasSuffix(out, "\r\n\r\n"+webFiles["/www/big.bin"]) {
		t.Fatal("mixed content")
	}
	if out := s.talk(t, m, ask("GET /big.bin HTTP/1.1", "Host: board")); !strings.HasSuffix(out, "newnew") {
		t.Fatal("old content")
	}
}

func TestSlowClients(t *testing.T) {
	s := testServer(t, Limits{}, webFiles)
	// A head that never ends.
	m := s.connect(t, "GET / HTTP/1.1\r\n", 0)
	for range 12 {
		s.pass(time.Second)
		m.in = append(m.in, "X: y\r\n"...)
		s.settle(t)
	}
	if !strings.HasPrefix(string(m.out), "HTTP/1.1 408 ") || !m.finished {
		t.Fatalf("after 12 seconds: %q", m.out)
	}
	s.pass(2 * time.Second)
	s.settle(t)
	if !m.closed {
		t.Fatal("still open")
	}
	// Nothing at all.
	m = s.connect(t, "", 0)
	s.settle(t)
	s.pass(31 * time.Second)
	s.settle(t)
	if !m.closed || len(m.out) > 0 {
		t.Fatalf("after 31 seconds of silence: closed %v, %q", m.closed, m.out)
	}
	// Does not read.
	m = s.connect(t, ask("GET /big.bin HTTP/1.1", "Host: board"), 0)
	m.room = 500
	s.settle(t)
	s.pass(4 * time.Second)
	s.settle(t)
	if m.closed {
		t.Fatal("closed too early")
	}
	s.pass(2 * time.Second)
	s.settle(t)
	if !m.closed {
		t.Fatal("a client that takes nothing is kept")
	}
}

// Who sends no more after his request waits for his answer, all of it.
func TestHalfClosed(t *testing.T) {
	big := webFiles["/www/big.bin"]
	for _, in := range []string{
		ask("GET /big.bin HTTP/1.1", "Host: board"),
		ask("GET /style.css HTTP/1.1", "Host: board") + ask("GET /big.bin HTTP/1.1", "Host: board"),
		ask("GET /big.bin HTTP/1.1", "Host: board", "Connection: close"),
		ask("GET /big.bin HTTP/1.0"),
		ask("GET /big.bin HTTP/1.1", "Host: board", "Content-Length: 9") + "abc",
	} {
		s := testServer(t, Limits{}, webFiles)
		m := s.connect(t, in, 0)
		m.eof, m.room = true, 0
		for range 1000 { // reads slowly
			m.room += 100
			s.settle(t)
			if m.closed && !m.finished {
				t.Fatal("broken off instead of ended")
			}
		}
		if !strings.HasSuffix(string(m.out), big) || !m.finished || !m.closed {
			t.Errorf("%d of %d bytes, finished %v, closed %v: %q", len(m.out), len(big), m.finished, m.closed, in)
		}
		s.Unlock()
		s.Lock()
	}
}

// Whatever an answer says in words fits into the smallest board's buffer, whole.
func TestWordsFit(t *testing.T) {
	for _, c := range append(httpCases(), httpCase{in: ask("GET /ws/"+letters(200)+" HTTP/1.1", "Host: b", "Upgrade: websocket")}, httpCase{in: ask("DELETE /"+letters(200)+" HTTP/1.1", "Host: b")}) {
		s := testServer(t, Limits{}, webFiles)
		m := s.connect(t, strings.Replace(c.in, "\r\n", "\r\nAccept: text/html\r\n", 1), 0)
		out := s.talk(t, m, "")
		if head, body, _ := strings.Cut(out, "\r\n\r\n"); strings.Contains(head, "ETag:") && len(head) > 508 || !strings.Contains(head, "ETag:") && len(head)+4+len(body) > 512 {
			t.Errorf("%.100q: %d bytes: %s", c.in, len(out), out)
		}
		if answer, err := http.ReadResponse(bufio.NewReader(strings.NewReader(out)), &http.Request{Method: strings.Fields(c.in + " x")[0]}); err == nil {
			if _, err := io.ReadAll(answer.Body); err != nil {
				t.Errorf("%.100q: %v: %s", c.in, err, out)
			}
		}
		s.Unlock()
		s.Lock()
	}
}

func TestFull(t *testing.T) {
	s := testServer(t, Limits{Sockets: 3, Clients: 1}, webFiles)
	ws := s.connect(t, handshake, 0)
	s.settle(t)
	second := s.connect(t, handshake, 0)
	if out := s.talk(t, second, ""); out != "" {
		t.Fatalf("second WebSocket, while the first may be about to go: %s", out)
	}
	s.pass(web.SlotTimeout*time.Millisecond + 10*time.Millisecond)
	if out := s.talk(t, second, ""); !strings.HasPrefix(out, "HTTP/1.1 503 ") || !strings.Contains(out, "Retry-After") ||
		!strings.HasSuffix(out, "\r\n\r\n1 of 1 pages are connected. Close one, or allow more: board.Configure(board.Limits{Clients: 2})\n") {
		t.Fatalf("second WebSocket: %s", out)
	}
	third := s.connect(t, "GET / HT", 0)
	s.settle(t)
	if s.web.AdoptLocked(&memory{}) {
		t.Fatal("a fourth connection was taken")
	}
	second.eof = true
	s.settle(t)
	fourth := s.connect(t, ask("GET / HTTP/1.1", "Host: b"), 0)
	s.settle(t)
	// Idle connections make way for new ones; a WebSocket and a request under way do not.
	s.pass(time.Second)
	fifth := s.connect(t, "", 0)
	if !fourth.closed || ws.closed || third.closed || fifth.closed {
		t.Fatal("the wrong connection made way")
	}
	if !strings.HasPrefix(web.BusyAnswer[strings.Index(web.BusyAnswer, "\r\n\r\n")+4:], "Service Unavailable\n") || !strings.Contains(web.BusyAnswer, fmt.Sprintf("Content-Length: %d\r\n", len("Service Unavailable\n"))) {
		t.Fatal(web.BusyAnswer)
	}
}
