package board

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/devfs"
)

// ways are a program's server by TCP, and by streams of the device link alone.
func ways(p *program) map[string]func(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	return map[string]func(ctx context.Context, network, address string) (net.Conn, error){
		"network": func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "tcp", p.address) },
		"cable": func(ctx context.Context, _, _ string) (c net.Conn, err error) {
			for range 100 { // a place that is being freed may still be taken
				if c, err = p.conn.Dial(ctx); err == nil {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			return c, err
		},
	}
}

func TestOwnRoutes(t *testing.T) { ownRoutes(t, start(t, "routes", false)) }

func ownRoutes(t *testing.T, p *program) {
	if _, err := p.files.Write(t.Context(), "/www/index.html", []byte("<title>start</title>"), nil); err != nil {
		t.Fatal(err)
	}
	for name, dial := range ways(p) {
		t.Run(name, func(t *testing.T) {
			transport := &http.Transport{DialContext: dial}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			do := func(method, path, kind, body string) (int, string) {
				t.Helper()
				r, err := http.NewRequest(method, "http://board"+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if kind != "" {
					r.Header.Set("Content-Type", kind)
				}
				answer, err := client.Do(r)
				if err != nil {
					t.Fatalf("%s %s: %v", method, path, err)
				}
				defer answer.Body.Close()
				text, err := io.ReadAll(answer.Body)
				if err != nil {
					t.Fatal(err)
				}
				return answer.StatusCode, string(text)
			}
			var form bytes.Buffer
			w := multipart.NewWriter(&form)
			w.WriteField("state", "blau & grün")
			w.Close()
			for _, c := range []struct {
				method, path, kind, body string
				status                   int
				want                     string
			}{
				{"GET", "/led?state=on", "", "", 200, `{"state":"on"}`},
				{"GET", "/led", "", "", 200, `{"state":"on"}`},
				{"POST", "/led", "application/x-www-form-urlencoded", url.Values{"state": {"a&b=ü"}}.Encode(), 200, `{"state":"a&b=ü"}`},
				{"PUT", "/led", "application/json", `{"state":"from \"JSON\""}`, 200, `{"state":"from \"JSON\""}`},
				{"POST", "/led", w.FormDataContentType(), form.String(), 200, `{"state":"blau & grün"}`},
				{"HEAD", "/led", "", "", 200, ""},
				{"OPTIONS", "/led", "", "", 204, ""},
				{"POST", "/save", "application/x-www-form-urlencoded", "v=saved", 200, "<title>start</title>"}, // after the redirect
				{"GET", "/led", "", "", 200, `{"state":"saved"}`},
				{"GET", "/save", "", "", 405, "This program answers other methods here: look at its board.OnRequest.\n"},
				{"GET", "/on", "", "", 404, "There is no www/on on this board, and its program has no board.OnRequest(\"/on\", …)\n"},
				{"POST", "/on", "", "x", 405, "Nothing here answers POST /on: files can only be read. To answer it, write in main.go: board.OnRequest(\"/on\", …)\n"},
				{"POST", "/led", "", strings.Repeat("x", 2000), 413, "The request's body has 2000 bytes; this program takes 1024. For more: board.Configure(board.Limits{MaxRequest: 2000})\n"},
				{"GET", "/led?" + strings.Repeat("x", 2000), "", "", 414, "The request's query has 2000 bytes; this program takes 1024. For more: board.Configure(board.Limits{MaxRequest: 2000})\n"},
				{"GET", "/" + strings.Repeat("x", 2000), "", "", 414, "The address is too long: a path may have 256 bytes, and 4096 together with its query. Send more with POST.\n"},
				{"GET", "/long", "", "", 200, strings.Repeat("long ", 40000)},
			} {
				if status, text := do(c.method, c.path, c.kind, c.body); status != c.status || text != c.want {
					t.Errorf("%s %.50s: %d %.200q", c.method, c.path, status, text)
				}
			}
		})
	}
}

func TestOwnSockets(t *testing.T) { ownSockets(t, start(t, "routes", false)) }

func ownSockets(t *testing.T, p *program) {
	for name, dial := range ways(p) {
		t.Run(name, func(t *testing.T) {
			open := func(path string, protocols ...string) *websocket.Conn {
				t.Helper()
				d := websocket.Dialer{NetDialContext: dial, Subprotocols: protocols}
				c, _, err := d.Dial("ws://board"+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { c.Close() })
				c.SetReadDeadline(time.Now().Add(time.Minute))
				return c
			}
			read := func(c *websocket.Conn, want string) {
				t.Helper()
				if _, text, err := c.ReadMessage(); err != nil || string(text) != want {
					t.Errorf("%q %v, want %q", text, err, want)
				}
			}
			plain, one, two := open("/ws"), open("/chat", "other", "arduino"), open("/chat?room=2", "v1")
			if one.Subprotocol() != "arduino" || two.Subprotocol() != "v1" || plain.Subprotocol() != "" {
				t.Error(one.Subprotocol(), two.Subprotocol())
			}
			one.WriteMessage(websocket.TextMessage, []byte("hello"))
			read(one, "arduino: hello")
			read(two, "arduino: hello")
			plain.WriteMessage(websocket.TextMessage, []byte("x"))
			read(plain, "x")
			d := websocket.Dialer{NetDialContext: dial}
			_, answer, err := d.Dial("ws://board/none", nil)
			if err == nil || answer == nil || answer.StatusCode != 404 {
				t.Fatal(err)
			}
			if text, _ := io.ReadAll(answer.Body); !strings.Contains(string(text), `board.OnSocket("/none", …)`) {
				t.Errorf("%s", text)
			}
		})
	}
}

// Clients that are unlike browsers get their whole answers.
func TestPlainClients(t *testing.T) { plainClients(t, start(t, "routes", false)) }

func plainClients(t *testing.T, p *program) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("let packed = true"))
	z.Close()
	if _, err := devfs.Push(t.Context(), p.files, []devfs.Local{
		{Path: "/www/big.bin", Content: big}, {Path: "/www/index.htm", Content: []byte("<title>start</title>")},
		{Path: "/www/app.js.gz", Content: packed.Bytes()}, {Path: "/www/latin1.html", Content: []byte("Z\xfcrich")},
		{Path: "/www/folder/index.html", Content: []byte("folder")},
	}, devfs.Options{}); err != nil {
		t.Fatal(err)
	}
	for name, dial := range ways(p) {
		t.Run(name, func(t *testing.T) {
			// Half-closed after the request, as with nc -N.
			for _, in := range []string{"GET /big.bin HTTP/1.0\r\n\r\n", "GET /big.bin HTTP/1.1\r\nHost: b\r\n\r\n",
				"GET / HTTP/1.1\r\nHost: b\r\n\r\nGET /big.bin HTTP/1.1\r\nHost: b\r\n\r\n"} {
				c, err := dial(t.Context(), "tcp", "board")
				if err != nil {
					t.Fatal(err)
				}
				c.SetDeadline(time.Now().Add(time.Minute))
				io.WriteString(c, in)
				c.(interface{ CloseWrite() error }).CloseWrite()
				out, err := io.ReadAll(c)
				if err != nil || !bytes.HasSuffix(out, big) {
					t.Errorf("%q: %d bytes, %v", in, len(out), err)
				}
				c.Close()
			}
			transport := &http.Transport{DialContext: dial}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			// net/http asks for gzip and unpacks it by itself.
			if answer, text := fetch(t, client, "http://board/app.js"); string(text) != "let packed = true" || !answer.Uncompressed || answer.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
				t.Errorf("%q %v", text, answer.Header)
			}
			if _, text := fetch(t, client, "http://board/"); string(text) != "<title>start</title>" {
				t.Errorf("%q", text)
			}
			if answer, text := fetch(t, client, "http://board/folder?x=1&y=2"); string(text) != "folder" || answer.Request.URL.String() != "http://board/folder/?x=1&y=2" {
				t.Errorf("%q at %s", text, answer.Request.URL)
			}
			if answer, text := fetch(t, client, "http://board/big.bin", "Range", "bytes=-16"); answer.StatusCode != 206 || string(text) != "0123456789abcdef" {
				t.Errorf("%d %q", answer.StatusCode, text)
			}
			if answer, _ := fetch(t, client, "http://board/latin1.html"); answer.Header.Get("Content-Type") != "text/html" {
				t.Error(answer.Header)
			}
			long := strings.Repeat(`"0123456789abcdef0123456789abcdef", `, 200)
			if answer, text := fetch(t, client, "http://board/", "If-None-Match", long); answer.StatusCode != 200 || len(text) == 0 {
				t.Errorf("%d %q", answer.StatusCode, text)
			}
			if answer, text := fetch(t, client, "http://board/", "If-None-Match", long+long); answer.StatusCode != 431 || !strings.Contains(string(text), "8192 bytes") {
				t.Errorf("%d %q", answer.StatusCode, text)
			}
			r, _ := http.NewRequest("POST", "http://board/led", strings.NewReader("state=waited"))
			r.Header.Set("Expect", "100-continue")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if text, _ := io.ReadAll(answer.Body); string(text) != `{"state":"waited"}` {
				t.Errorf("%d %s", answer.StatusCode, fmt.Sprint(string(text)))
			}
		})
	}
}
