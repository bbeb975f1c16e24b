package bridge

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// listen answers each connection to a listener of its own, and gives its address.
func listen(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); answer(c) }()
		}
	}()
	return l.Addr().String()
}

// answerWith says the same to whoever asks; %s in it is the right Sec-WebSocket-Accept.
func answerWith(t *testing.T, text string) string {
	return listen(t, func(c net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, acceptKey(r.Header.Get("Sec-WebSocket-Key")))
		}
		io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n"))
		io.Copy(io.Discard, c)
	})
}

// Each way in which a handshake goes wrong is told in words of its own, with what to do, and can be looked at.
func TestBrokenHandshakes(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	tlsOnly := listen(t, func(c net.Conn) { // OpenSSL's answer to HTTP: a fatal alert, protocol version
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "\x15\x03\x01\x00\x02\x02\x46")
	})
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	const upgrade, connection, accept = "Upgrade: websocket\n", "Connection: Upgrade\n", "Sec-WebSocket-Accept: %s\n"
	said := map[string]string{}
	for _, test := range []struct {
		name, url            string
		code, variant, words string
		answer               string // what can be seen of the answer
	}{
		{"no Upgrade", "ws://" + answerWith(t, "HTTP/1.1 101 x\n"+connection+accept+"\n"), "socket.refused", "no-upgrade", "its header Upgrade", "HTTP/1.1 101"},
		{"another Upgrade", "ws://" + answerWith(t, "HTTP/1.1 101 x\nUpgrade: h2c\n"+connection+accept+"\n"), "socket.refused", "no-upgrade", "its header Upgrade", "h2c"},
		{"no Connection", "ws://" + answerWith(t, "HTTP/1.1 101 x\n"+upgrade+accept+"\n"), "socket.refused", "no-upgrade", "its header Connection", "101"},
		{"no Accept", "ws://" + answerWith(t, "HTTP/1.1 101 x\n"+upgrade+connection+"\n"), "socket.refused", "no-upgrade", "its header Sec-WebSocket-Accept", "101"},
		{"wrong Accept", "ws://" + answerWith(t, "HTTP/1.1 101 x\n"+upgrade+connection+"Sec-WebSocket-Accept: abc=\n\n"), "socket.refused", "rules", "Accept is abc=, but for this key it has to be ", "abc="},
		{"400", "ws://" + answerWith(t, "HTTP/1.1 400 Bad Request\nContent-Length: 7\n\nno path"), "socket.refused", "request", "the server refused it with 400 Bad Request: no path", "400"},
		{"wrong version", "ws://" + answerWith(t, "HTTP/1.1 400 Bad Request\nSec-WebSocket-Version: 7, 8\nContent-Length: 0\n\n"), "socket.refused", "version", "400", "7, 8"},
		{"426", "ws://" + answerWith(t, "HTTP/1.1 426 Upgrade Required\nSec-WebSocket-Version: 8\nContent-Length: 0\n\n"), "socket.refused", "version", "426 Upgrade Required", "426"},
		{"401", "ws://" + answerWith(t, "HTTP/1.1 401 Unauthorized\nContent-Length: 0\n\n"), "socket.refused", "accept", "401 Unauthorized", "401"},
		{"403", "ws://" + answerWith(t, "HTTP/1.1 403 Forbidden\nContent-Length: 0\n\n"), "socket.refused", "accept", "403 Forbidden", "403"},
		{"404", "ws://" + answerWith(t, "HTTP/1.1 404 Not Found\nContent-Length: 0\n\n") + "/x", "socket.refused", "not-there", "/x: the server refused it with 404 Not Found", "404"},
		{"a page", "ws://" + answerWith(t, "HTTP/1.1 200 OK\nContent-Length: 4\n\n<h1>"), "socket.refused", "page", "200 OK: <h1>", "200"},
		{"too many", "ws://" + answerWith(t, "HTTP/1.1 503 Service Unavailable\nContent-Length: 0\n\n"), "socket.refused", "full", "503", "503"},
		{"500", "ws://" + answerWith(t, "HTTP/1.1 500 Internal Server Error\nContent-Length: 5\n\npanic"), "socket.refused", "failed", "500 Internal Server Error: panic", "500"},
		{"redirect", "ws://" + answerWith(t, "HTTP/1.1 302 Found\nLocation: https://else.example/\nContent-Length: 0\n\n"), "socket.refused", "redirect", "to \"https://else.example/\"", "Location"},
		{"TLS to a plain port", "wss://" + answerWith(t, "HTTP/1.1 404 Not Found\n\n"), "socket.refused", "plain", "does not speak TLS", ""},
		{"plain to a TLS port", "ws://" + tlsOnly, "socket.refused", "tls", "speaks TLS", ""},
		{"plain to a web server's TLS port", "ws://" + secure.Listener.Addr().String(), "socket.refused", "tls", "speaks TLS", "400"},
		{"a certificate that nobody trusts", "wss://" + secure.Listener.Addr().String(), "server.nobody", "certificate", "certificate of 127.0.0.1", ""},
		{"no HTTP", "ws://" + listen(t, func(c net.Conn) { io.WriteString(c, "220 mail.example ESMTP\r\n"); io.Copy(io.Discard, c) }), "socket.refused", "no-http", "The server answered", "220 mail"},
		{"no HTTP, then gone", "ws://" + listen(t, func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)); io.WriteString(c, "hi") }), "socket.refused", "no-http", "not HTTP", "hi"},
		{"silence", "ws://" + listen(t, func(c net.Conn) { io.Copy(io.Discard, c) }), "socket.timeout", "server", "was not answered in time", ""},
		{"closed at once", "ws://" + listen(t, func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)) }), "socket.refused", "closed", "closed the connection without answering", ""},
		{"broken off", "ws://" + listen(t, func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)); io.WriteString(c, "HTTP/1.1 101 Swi") }), "socket.refused", "closed", "without answering", "101 Swi"},
		{"nobody listens", "ws://" + free.Addr().String(), "server.nobody", "", free.Addr().String(), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, s := newTestConsole(t, nil, func(c *ConsoleConfig) {
				if test.name == "silence" {
					c.DialTimeout = 200 * time.Millisecond
				}
			})
			err := c.Connect(t.Context(), Target{URL: test.url})
			wantCode(t, err, test.code, test.words)
			m := s.message(t, "error", test.words)
			if !strings.HasPrefix(test.url, "wss") && test.variant != "" {
				if m.Handshake == nil || !strings.HasPrefix(m.Handshake.Request, "GET /") || !strings.Contains(m.Handshake.Answer, test.answer) {
					t.Errorf("%+v", m.Handshake)
				}
			}
			if p := problem.Of(err); p.Variant != test.variant {
				t.Errorf("told as %s/%s: %s", p.Code, p.Variant, p.Text)
			}
		})
		said[test.code+"/"+test.variant] = test.name
	}
	if len(said) < 15 {
		t.Errorf("%d different explanations", len(said))
	}
}

// What a head says that is for the other side alone is neither kept nor shown, and no head is kept without an end.
func TestHandshakeIsBlankedAndBounded(t *testing.T) {
	request := "GET /ws?x=1 HTTP/1.1\r\nHost: b\r\nCookie: id=s3cret\r\nauthorization:  Basic s3cret\r\nX-Api-Key: s3cret\r\nX-Auth-Token: s3cret\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	answer := "HTTP/1.1 101 Switching Protocols\r\nSet-Cookie: a=s3cret\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	h := newHandshake([]byte(request), []byte(answer))
	want := api.Handshake{Key: "dGhlIHNhbXBsZSBub25jZQ==", Sum: "b37a4f2cc0624f1690f64606cf385945b2bec4ea", // RFC 6455, section 1.3
		Accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Got: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}
	if h.Key != want.Key || h.Sum != want.Sum || h.Accept != want.Accept || h.Got != want.Got {
		t.Errorf("%+v", h)
	}
	if both := h.Request + h.Answer; strings.Contains(both, "s3cret") || strings.Count(both, blanked) != 5 || !strings.Contains(both, "Host: b\r\n") {
		t.Error(both)
	}
	h = newHandshake([]byte("GET / HTTP/1.1\r\n"+strings.Repeat("X: y\r\n", 20_000)), []byte("\x15\x03\x01\xff"))
	if len(h.Request) > keptHead+10 || !strings.HasSuffix(h.Request, "\r\n…") || h.Answer != "\x15\x03\x01\uFFFD" {
		t.Errorf("%d bytes, %q", len(h.Request), h.Answer)
	}
}

// A page's handshake can be looked at like Studio's own, also one that the board refuses, and how it ended.
func TestHandshakesOfPages(t *testing.T) {
	p, s := start(t, echo(t), nil)
	c, _, err := dialPage(t, p, "/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.WriteMessage(1, []byte("close"))
	c.ReadMessage()
	c.Close()
	how := s.message(t, "open", "/ws").Handshake
	if how == nil || how.Got != how.Accept || how.Got != acceptKey(how.Key) || !strings.Contains(how.Request, "GET /ws HTTP/1.1") {
		t.Errorf("%+v", how)
	}
	if m := s.message(t, "sent", "close"); len(m.Head) != 6 || m.Head[1] != 0x85 {
		t.Errorf("% x", m.Head)
	}
	m := s.message(t, "close", "as you wish")
	if len(m.Closing) == 0 || m.Closing[0].By != "board" || m.Closing[0].Code != 4001 || m.Closing[0].Reason != "as you wish" {
		t.Errorf("%+v", m.Closing)
	}
	q, s := start(t, says(t, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"), nil)
	if _, _, err := dialPage(t, q, "/x", nil); err == nil {
		t.Fatal("no error")
	}
	if how := s.message(t, "error", "404").Handshake; how == nil || !strings.HasPrefix(how.Answer, "HTTP/1.1 404") || how.Key == "" {
		t.Errorf("%+v", how)
	}
}
