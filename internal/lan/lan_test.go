package lan

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/api"
	"studioide/internal/bridge"
)

// memory keeps a certificate without a disk.
type memory struct {
	mu   sync.Mutex
	pem  []byte
	made int
}

func (m *memory) LANCertificate() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pem, nil
}

func (m *memory) KeepLANCertificate(pem []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pem, m.made = pem, m.made+1
	return nil
}

var loopback = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}

// site is a Server in front of a board that knows no TLS: its page says "board", its socket says what it is told.
type site struct {
	t      *testing.T
	s      *Server
	host   string
	secure *tls.Config
	pages  atomic.Int64 // requests that came to the board's page
	board  atomic.Pointer[http.Header]
	ahead  atomic.Int64 // of the clock
	states chan api.LAN
}

func open(t *testing.T) *site {
	t.Helper()
	v := &site{t: t, states: make(chan api.LAN, 1000)}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	board := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.board.Store(&r.Header)
		if !websocket.IsWebSocketUpgrade(r) {
			http.SetCookie(w, &http.Cookie{Name: "__Host-studio-1", Value: "of the board", Path: "/", Secure: true})
			fmt.Fprint(w, "board ", r.URL.Path)
			return
		}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, b, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, b) != nil {
				return
			}
		}
	}))
	t.Cleanup(board.Close)
	proxy := bridge.NewProxy(bridge.Config{Dial: func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", board.Listener.Addr().String())
	}})
	if err := proxy.Listen(0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	s, err := Start(Config{Options: Options{Addresses: loopback}, Store: &memory{},
		Page: func(w http.ResponseWriter, r *http.Request, origin string) {
			v.pages.Add(1)
			proxy.ServeOutside(w, r, origin)
		},
		Changed: func() { v.states <- v.s.State() },
		now:     func() time.Time { return time.Now().Add(time.Duration(v.ahead.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.cert.Leaf)
	v.s, v.host, v.secure = s, s.listening[0].String(), &tls.Config{RootCAs: pool} // names and times are checked as browsers do
	return v
}

// raw sends a request as it is written, on a connection of its own; head are lines.
func (v *site) raw(line string, head ...string) *http.Response {
	v.t.Helper()
	c, err := tls.Dial("tcp", v.host, v.secure)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(time.Minute))
	if !slices.ContainsFunc(head, func(h string) bool { return strings.HasPrefix(h, "Host:") }) {
		head = append([]string{"Host: " + v.host}, head...)
	}
	text, body, _ := strings.Cut(strings.Join(head, "\r\n"), "\r\n\r\n")
	if body != "" {
		text += fmt.Sprintf("\r\nContent-Length: %d", len(body))
	}
	io.WriteString(c, line+" HTTP/1.1\r\n"+text+"\r\n\r\n"+body)
	method, _, _ := strings.Cut(line, " ")
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		v.t.Fatalf("%s %v: %v", line, head, err)
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		b, _ := io.ReadAll(res.Body)
		res.Body = io.NopCloser(strings.NewReader(string(b)))
		c.Close()
	}
	return res
}

func text(res *http.Response) string {
	b, _ := io.ReadAll(res.Body)
	return string(b)
}

// typed is what the form sends.
func (v *site) typed(code string, head ...string) *http.Response {
	v.t.Helper()
	if head == nil {
		head = []string{"Origin: https://" + v.host}
	}
	return v.raw("POST "+codePath, append(head, "Content-Type: application/x-www-form-urlencoded\r\n\r\ncode="+url.QueryEscape(code))...)
}

// enter types the code and gives the Cookie header of the device.
func (v *site) enter() string {
	v.t.Helper()
	res := v.typed(v.s.State().Code)
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		v.t.Fatalf("the code is answered with %s %v %s", res.Status, res.Header, text(res))
	}
	c := res.Cookies()[0]
	return "Cookie: " + c.Name + "=" + c.Value
}

// wrongCode has a digit that is not the code's.
func (v *site) wrongCode() string {
	code := []byte(v.s.State().Code)
	code[0] = '0' + (code[0]-'0'+1)%10
	return string(code)
}

var upgrade = []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}

// Without the code there is the page that asks for it, whatever is asked for: nothing of the board, nothing of Studio.
func TestWithoutTheCode(t *testing.T) {
	v := open(t)
	cookie := v.enter()
	name, value, _ := strings.Cut(strings.TrimPrefix(cookie, "Cookie: "), "=")
	heads := map[string][]string{
		"nothing": nil, "a socket": append([]string{"Origin: https://" + v.host}, upgrade...), "no value": {"Cookie: " + name + "="},
		"another value": {"Cookie: " + name + "=" + strings.Repeat("A", len(value))}, "a part": {"Cookie: " + name + "=" + value[1:]},
		"more": {"Cookie: " + name + "=" + value + "A"}, "another name": {"Cookie: studio-8080=" + value}, "a header": {"Authorization: Bearer " + value},
		"the code as a cookie": {"Cookie: " + name + "=" + v.s.State().Code},
	}
	paths := []string{"/", "/led.html", "/ws", "/.studio/page.js", "/.studio/report", "/.studio/up", "/.studio/", "/api/state", "/api/events", "/api/files/main.go", "//api/state",
		"/..%2fapi/state", "/%2e%2e/api/state", "/api/state?code=" + v.s.State().Code, codePath, codePath + "/", codePath + "?code=" + v.s.State().Code, "https://" + v.host + "/api/state", "*", "/favicon.ico"}
	asked := 0
	for _, how := range slices.Sorted(maps.Keys(heads)) {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			for _, path := range paths {
				if path == "*" && method != "OPTIONS" || method == "POST" && path == codePath || how != "nothing" && method != "GET" && method != "POST" {
					continue
				}
				asked++
				res := v.raw(method+" "+path, heads[how]...)
				body := text(res)
				want := http.StatusUnauthorized
				if method == "POST" && strings.HasPrefix(path, codePath+"?") {
					want = http.StatusForbidden // names no origin
					if how == "a socket" {
						want = http.StatusUnauthorized // a wrong try: the code is in the body or nowhere
					}
				}
				if res.StatusCode != want || method != "HEAD" && !strings.Contains(body, `name="code"`) || strings.Contains(body, "board") || len(res.Cookies()) > 0 {
					t.Errorf("%s %s with %s: %s %s", method, path, how, res.Status, body)
				}
				if res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
					t.Errorf("%s %s with %s: %v", method, path, how, res.Header)
				}
			}
		}
	}
	if asked < 448 {
		t.Errorf("only %d requests were tried", asked)
	}
	if n := v.pages.Load(); n != 0 {
		t.Errorf("%d requests came to the board's page", n)
	}
	if res := v.raw("GET /led.html", cookie); text(res) != "board /led.html" {
		t.Errorf("with the cookie: %s", res.Status)
	}
}

// The code is let in, with spaces as people read it, and gives a cookie that no script, no other site and no plain HTTP sees.
func TestCodeGivesACookie(t *testing.T) {
	v := open(t)
	code := v.s.State().Code
	res := v.typed(" " + code[:3] + " " + code[3:] + "\n")
	c := res.Header.Get("Set-Cookie")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" || res.Header.Get("Clear-Site-Data") != `"storage"` ||
		!strings.HasPrefix(c, "__Host-studio-") || !strings.HasSuffix(c, "; Path=/; HttpOnly; Secure; SameSite=Strict") || len(c) < 32+len("__Host-studio-=; Path=/; HttpOnly; Secure; SameSite=Strict") {
		t.Errorf("the code is answered with %s %v", res.Status, res.Header)
	}
	for path, want := range map[string]string{"/led.html": "/led.html", "/a%20b%3Fc/?x=1#y": "/a%20b%3Fc/", "//evil.example/": "/", "https://evil.example/": "/", "/\\evil.example": "/", "\\\\evil.example": "/", "led.html": "/",
		"javascript:alert(1)": "/", "/\t/evil.example": "/", "/%2fevil.example": "/%2fevil.example", "": "/", "https:evil.example": "/", "///evil.example": "/"} {
		res := v.raw("POST "+codePath, "Origin: https://"+v.host, "Content-Type: application/x-www-form-urlencoded\r\n\r\n"+url.Values{"code": {v.s.State().Code}, "to": {path}}.Encode())
		if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != want {
			t.Errorf("the way to %q leads to %q, want %q (%s)", path, got, want, res.Status)
		}
	}
	if body := text(v.raw("GET /led.html%22%3E%3Cscript%3E")); !strings.Contains(body, `name="to" value="/led.html%22%3E%3Cscript%3E"`) || strings.Contains(body, "<script") {
		t.Errorf("the page that asks for the code is %s", body)
	}
	if a, b := v.enter(), v.enter(); a == b {
		t.Error("two devices have the same cookie")
	}
	for _, head := range [][]string{{"Origin: https://evil.example"}, {"Origin: http://" + v.host}, {"Origin: null"}, {"X: y"}, {"Origin: https://" + v.host, "Origin: https://evil.example"}} {
		if res := v.typed(v.s.State().Code, head...); res.StatusCode != http.StatusForbidden || len(res.Cookies()) > 0 {
			t.Errorf("typed by %v: %s", head, res.Status)
		}
	}
	if n := v.s.State().Wrong; n != 0 {
		t.Errorf("pages of others have used up %d tries", n)
	}
	v.s.NewCode()
	if again := v.s.State().Code; again == code || len(again) != codeDigits {
		t.Errorf("after %s comes %s", code, again)
	}
	if res := v.typed(code); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the code before: %s", res.Status)
	}
	seen := map[string]bool{}
	for range 50 {
		seen[newLock().code] = true
	}
	if len(seen) < 45 {
		t.Errorf("50 codes are %d different ones", len(seen))
	}
}

// A device that is wrong too often waits a minute, and does not learn meanwhile whether it is right.
func TestWrongCodesOfADevice(t *testing.T) {
	v := open(t)
	for i := range wrongOfOne {
		if res := v.typed(v.wrongCode()); res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) > 0 {
			t.Fatalf("wrong try %d: %s", i+1, res.Status)
		}
	}
	if res := v.typed(v.s.State().Code); res.StatusCode != http.StatusTooManyRequests || len(res.Cookies()) > 0 {
		t.Errorf("the right code, too soon: %s", res.Status)
	}
	if n := v.s.State().Wrong; n != wrongOfOne {
		t.Errorf("%d wrong tries are told, want %d", n, wrongOfOne)
	}
	v.ahead.Add(int64(wrongWait))
	v.enter()
}

// All devices together have so many tries; then nobody comes in until the user asks for another code. Who is in stays.
func TestWrongCodesOfAll(t *testing.T) {
	now := time.Unix(1e9, 0)
	l := newLock()
	bad := "x"
	from := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{192, 168, 1, byte(i)}) }
	for i := range wrongOfAll - 1 {
		if got := l.open(bad, from(i), now); got != wrong {
			t.Fatalf("try %d: %v", i+1, got)
		}
	}
	if got := l.open(l.code, from(100), now); got != right {
		t.Errorf("the right code before the last wrong one: %v", got)
	}
	if got := l.open(bad, from(101), now); got != shut || !l.isShut() {
		t.Errorf("the last wrong one: %v", got)
	}
	for _, later := range []time.Duration{0, wrongWait, 24 * time.Hour} {
		if got := l.open(l.code, from(100), now.Add(later)); got != shut {
			t.Errorf("the right code %v after the last wrong one: %v", later, got)
		}
	}
	// However long somebody guesses, and with however many addresses of his, it stays so many tries.
	l, tries := newLock(), 0
	for i := range 100000 {
		a := netip.AddrFrom16([16]byte{0xfd, 15: byte(i), 14: byte(i >> 8), 7: byte(i % 7)})
		if l.open(bad, a, now.Add(time.Duration(i)*time.Second)) == wrong {
			tries++
		}
	}
	if tries >= wrongOfAll {
		t.Errorf("%d tries in all", tries)
	}
	// A flat of addresses of one device is one device.
	l = newLock()
	for i := range wrongOfOne {
		l.open(bad, netip.AddrFrom16([16]byte{0xfd, 15: byte(i)}), now)
	}
	if got := l.open(l.code, netip.AddrFrom16([16]byte{0xfd, 15: 77}), now); got != tooSoon {
		t.Errorf("another address of the same device: %v", got)
	}
	if len(l.tries) != 1 {
		t.Errorf("%d devices are remembered", len(l.tries))
	}

	v := open(t)
	cookie := v.enter()
	v.s.mu.Lock()
	v.s.lock.wrong = wrongOfAll - 1
	v.s.mu.Unlock()
	v.typed(v.wrongCode())
	if s := v.s.State(); s.Code != "" {
		t.Errorf("after too many wrong codes %q is shown", s.Code)
	}
	if res := v.raw("GET /", cookie); res.StatusCode != http.StatusOK {
		t.Errorf("who was in: %s", res.Status)
	}
	v.s.NewCode()
	v.enter()
}

// Host is one of the addresses that the user is shown; whoever comes by another name learns nothing, cookie or not.
func TestHosts(t *testing.T) {
	v := open(t)
	cookie := v.enter()
	_, port, _ := net.SplitHostPort(v.host)
	before := v.pages.Load()
	for _, host := range []string{"evil.example", "evil.example:" + port, "127.0.0.1", "localhost:" + port, "127.0.0.1.nip.example:" + port, v.host + ".", v.host + "@evil.example",
		"evil.example@" + v.host, "[::1]:" + port, "127.1:" + port, "127.0.0.1:1" + port, "0.0.0.0:" + port, "192.168.1.5:" + port, "2130706433:" + port} {
		for _, line := range []string{"GET /", "POST " + codePath, "GET /ws"} {
			if res := v.raw(line, "Host: "+host, cookie, "Origin: https://"+host); res.StatusCode != http.StatusMisdirectedRequest && res.StatusCode != http.StatusBadRequest || strings.Contains(text(res), "code") || len(res.Cookies()) > 0 {
				t.Errorf("%s of %s: %s", line, host, res.Status)
			}
		}
	}
	if v.pages.Load() != before {
		t.Error("one of them came to the board's page")
	}
}

// Origin of sockets and of what changes something is the address by which the page was opened.
func TestOrigins(t *testing.T) {
	v := open(t)
	cookie := v.enter()
	for _, c := range []struct {
		head []string
		in   bool
	}{
		{[]string{"Origin: https://" + v.host}, true}, {nil, true}, // a program that has the cookie
		{[]string{"Origin: http://" + v.host}, false}, {[]string{"Origin: https://evil.example"}, false}, {[]string{"Origin: null"}, false}, {[]string{"Origin: https://" + v.host + ".evil.example"}, false},
		{[]string{"Origin: http://localhost:" + strings.Split(v.host, ":")[1]}, false}, {[]string{"Origin: https://" + v.host, "Origin: https://evil.example"}, false},
	} {
		res := v.raw("GET /ws", slices.Concat([]string{cookie}, upgrade, c.head)...)
		if in := res.StatusCode == http.StatusSwitchingProtocols; in != c.in || !in && res.StatusCode != http.StatusForbidden {
			t.Errorf("a socket of %v: %s", c.head, res.Status)
		}
		if len(c.head) == 1 {
			res := v.raw("POST /on", append([]string{cookie}, c.head...)...)
			if in := res.StatusCode == http.StatusOK; in != c.in || !in && res.StatusCode != http.StatusForbidden {
				t.Errorf("a POST of %v: %s", c.head, res.Status)
			}
		}
	}
	for _, site := range []string{"cross-site", "same-site"} { // an image, of another site or of another port of this computer
		if res := v.raw("GET /on", cookie, "Sec-Fetch-Site: "+site, "Sec-Fetch-Mode: no-cors"); res.StatusCode != http.StatusForbidden {
			t.Errorf("a GET of a page that is %s: %s", site, res.Status)
		}
	}
}

// The way in stays between browser and Studio: the board does not see it, and cannot set one.
func TestCookiesStay(t *testing.T) {
	v := open(t)
	cookie := v.enter()
	res := v.raw("GET /", cookie+"; theme=dark; __HOST-studio-9=x", "Cookie: more=1")
	if got := v.board.Load().Values("Cookie"); len(got) != 1 || got[0] != "theme=dark; more=1" {
		t.Errorf("the board sees the cookies %q", got)
	}
	if len(res.Cookies()) != 0 {
		t.Errorf("the board has set %v", res.Cookies())
	}
	v.raw("GET /ws", slices.Concat([]string{cookie, "Origin: https://" + v.host}, upgrade)...)
	if got := v.board.Load().Values("Cookie"); len(got) != 0 {
		t.Errorf("in a handshake the board sees the cookies %q", got)
	}
}

// dial opens a WebSocket as the page of a device does.
func (v *site) dial(cookie string) *websocket.Conn {
	v.t.Helper()
	name, value, _ := strings.Cut(cookie, ": ")
	c, res, err := (&websocket.Dialer{TLSClientConfig: v.secure}).Dial("wss://"+v.host+"/ws", http.Header{name: {value}, "Origin": {"https://" + v.host}})
	if err != nil {
		v.t.Fatal(res, err)
	}
	v.t.Cleanup(func() { c.Close() })
	return c
}

// Over wss the page talks to a board that knows no TLS. The end cuts everything off at once, and the user is told who is there.
func TestSocketsAndTheEnd(t *testing.T) {
	v := open(t)
	cookie := v.enter()
	c := v.dial(cookie)
	for _, m := range []string{"LEDon", strings.Repeat("ä", 40000), ""} {
		if err := c.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
			t.Fatal(err)
		}
		if _, b, err := c.ReadMessage(); err != nil || string(b) != m {
			t.Fatalf("%.20q comes back as %.20q, %v", m, b, err)
		}
	}
	connected := func(n int) {
		t.Helper()
		for timer := time.After(time.Minute); ; {
			select {
			case s := <-v.states:
				if len(s.Devices) == 1 && s.Devices[0].Connected == (n > 0) {
					return
				}
			case <-timer:
				t.Fatalf("never told that %d are connected: %+v", n, v.s.State())
			}
		}
	}
	connected(1)
	c.Close()
	connected(0)
	c = v.dial(cookie)
	waits, err := tls.Dial("tcp", v.host, v.secure) // a browser that keeps its connection
	if err != nil {
		t.Fatal(err)
	}
	defer waits.Close()
	v.s.Close()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	if _, _, err := c.ReadMessage(); err == nil || errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		t.Errorf("after the end the socket: %v", err)
	}
	waits.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := waits.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("after the end the connection: %v", err)
	}
	if _, err := net.Dial("tcp", v.host); err == nil {
		t.Error("after the end somebody still listens")
	}
	v.s.Close() // once more is no mistake
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// Who has typed the address without https:// is sent there, by the addresses that are shown only.
func TestPlainHTTP(t *testing.T) {
	v := open(t)
	for host, want := range map[string]string{v.host: "https://" + v.host + "/", "evil.example": ""} {
		c, err := net.Dial("tcp", v.host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprintf(c, "GET /x HTTP/1.1\r\nHost: %s\r\n\r\n", host)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.Header.Get("Location") != want || (res.StatusCode == http.StatusTemporaryRedirect) != (want != "") {
			t.Errorf("plain HTTP to %s: %v, %v", host, res, err)
		}
	}
}

// pipes is a listener at which so many connections wait, all from one address.
type pipes struct {
	net.Listener
	left int
	last net.Conn // the other end of the last one
}

func (p *pipes) Accept() (net.Conn, error) {
	if p.left == 0 {
		return nil, net.ErrClosed
	}
	p.left--
	a, b := net.Pipe()
	p.last = b
	return a, nil
}

// One address cannot take all connections away from the others.
func TestConnectionsAreBounded(t *testing.T) {
	l := &listener{conns: &conns{open: map[*conn]struct{}{}, of: map[netip.Addr]int{}}, left: func(*device) {}}
	in := &pipes{left: mostConnsOfOne}
	l.Listener = in
	var list []net.Conn
	for range mostConnsOfOne {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	in.left = 1
	if c, err := l.Accept(); err == nil {
		t.Errorf("one more is accepted: %v", c)
	} else if _, err := in.last.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("one more is not hung up: %v", err)
	}
	other := &conn{from: netip.MustParseAddr("192.168.1.7")}
	if !l.conns.add(other) {
		t.Error("another device finds no place")
	}
	l.conns.remove(other)
	list[0].Close()
	list[0].Close() // counts once
	in.left = 2
	if _, err := l.Accept(); err != nil {
		t.Error("after one has gone no other one is accepted")
	}
	if _, err := l.Accept(); err == nil {
		t.Error("after one has gone two are accepted")
	}
	l.conns.end()
	in.left = 1
	if _, err := l.Accept(); err == nil || len(l.conns.open) > 0 {
		t.Errorf("after the end: %v, %d open", err, len(l.conns.open))
	}
}

func TestDevices(t *testing.T) {
	var d devices
	now := time.Unix(1e9, 0)
	first, in := d.add("", netip.Addr{}, now)
	in.open = 1
	second, _ := d.add("", netip.Addr{}, now)
	for range mostDevices {
		now = now.Add(time.Second)
		if _, in := d.add("", netip.Addr{}, now); in == nil {
			t.Fatal("a device is not let in although others have gone")
		}
	}
	if len(d) != mostDevices || d.find(first) == nil || d.find(second) != nil {
		t.Errorf("%d devices; the one that is connected is known: %v, the oldest other one: %v", len(d), d.find(first) != nil, d.find(second) != nil)
	}
	for _, one := range d {
		one.open = 1
	}
	if value, in := d.add("", netip.Addr{}, now); value != "" || in != nil {
		t.Error("one more is let in than there may be")
	}
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36":              "Android, Chrome",
		"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "iPad, Safari",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0":          "Windows, Edge",
		"Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0":                                                         "Linux, Firefox", "<b>curl</b>": "", "": "",
	} {
		if got := kindOf(agent); got != want {
			t.Errorf("%s is called %q, want %q", agent, got, want)
		}
	}
}
