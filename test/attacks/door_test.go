package attacks

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"studioide/internal/server"
)

// hosts are names under which a page of elsewhere may reach this address, once its own name was made to lead here.
func hosts(port string) (list []string) {
	for _, name := range []string{
		"evil.example", "EVIL.EXAMPLE", "evil.example.", "127.0.0.1.evil.example", "127-0-0-1.evil.example", "localhost.evil.example", "evil.localhost", "studio.localhost",
		"localhost.", "LOCALHOST.", "localhost.localdomain", "127.0.0.1.", "127.1", "127.0.1", "127.0.0.01", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001",
		"127.0.0.2", "127.255.255.254", "0.0.0.0", "0", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[::1%lo]", "[0000::0001]", "::1", "[::127.0.0.1]", "[fe80::1]",
		"169.254.169.254", "10.0.0.1", "192.168.4.1", "user@127.0.0.1", "127.0.0.1@evil.example", "127.0.0.1%00.evil.example", "127.0.0.1/evil.example", "127.0.0.1#evil.example", "127.0.0.1?evil.example",
		"①②⑦.0.0.1", "127。0。0。1", "xn--localhost-", "local host", "127.0.0.1,evil.example", "evil.example,127.0.0.1", "*", "null", "http://127.0.0.1", "//127.0.0.1",
	} {
		list = append(list, name, name+":"+port)
	}
	return append(list, "127.0.0.1", "localhost", "127.0.0.1:", "127.0.0.1:80", "127.0.0.1:0", "127.0.0.1:0"+port, "127.0.0.1:+"+port, "127.0.0.1:"+port+":"+port, "127.0.0.1:"+port+" ", "127.0.0.1 :"+port,
		"127.0.0.1:"+port+"@evil.example", "127.0.0.1:"+port+".evil.example", "127.0.0.1:"+port+"\t", "127.0.0.1:1"+port, "\"127.0.0.1:"+port+"\"", ":"+port, "")
}

// A page whose name leads to this address reads and changes nothing, although it has the browser's cookie with it.
func TestRebinding(t *testing.T) {
	s := shared
	secretTitle := "LED over WebSocket" // stands in every snapshot
	judge := func(what string, a answer) {
		t.Helper()
		tried("rebinding")
		switch {
		case a.Status == http.StatusTemporaryRedirect && strings.HasPrefix(a.Header.Get("Location"), s.base+"/"): // to where the page has no cookie of ours to misuse
		case a.Status >= 400 || a.Status == 0:
		default:
			t.Errorf("%s = %d", what, a.Status)
		}
		if strings.Contains(a.Body, secretTitle) || a.Header.Get("Set-Cookie") != "" || a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s gives away %.200s %v", what, a.Body, a.Header)
		}
	}
	for i, host := range hosts(s.port()) {
		if host == s.host || strings.TrimRight(host, " \t") == s.host { // white space around a value is no part of it
			continue
		}
		origin := "http://" + host
		kinds := []string{
			request("GET /api/state", "", "Host: "+host, "Cookie: "+s.cookie),
			request("POST /api/console/clear", "{}", "Host: "+host, "Cookie: "+s.cookie, "Origin: "+origin),
			request("GET /api/events", "", "Host: "+host, "Cookie: "+s.cookie, "Origin: "+origin, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="),
			request("GET /", "", "Host: "+host, "Cookie: "+s.cookie),
		}
		for j, r := range kinds {
			if i%4 == j || j < 2 { // each form twice, the others in turn
				judge("Host "+host+": "+strings.SplitN(r, "\r\n", 2)[0], s.raw(t, r))
			}
		}
	}
	// The target says another host than the header; two headers; one that is folded; headers of proxies.
	own := "Host: " + s.host
	for _, r := range []string{
		request("GET http://evil.example/api/state", "", own, "Cookie: "+s.cookie),
		request("GET http://evil.example:"+s.port()+"/api/state", "", own, "Cookie: "+s.cookie),
		request("GET http://localhost:"+s.port()+"/api/state", "", own, "Cookie: "+s.cookie),
		request("GET //evil.example/api/state", "", "Host: evil.example", "Cookie: "+s.cookie),
		request("GET /api/state", "", own, "Host: evil.example", "Cookie: "+s.cookie),
		request("GET /api/state", "", "Host: evil.example", own, "Cookie: "+s.cookie),
		request("GET /api/state", "", "Host : "+s.host, "Cookie: "+s.cookie),
		request("GET /api/state", "", "Host:\r\n "+s.host, "X: y", "Host: evil.example", "Cookie: "+s.cookie),
		request("GET /api/state", "", "Cookie: "+s.cookie),
		"GET /api/state HTTP/1.0\r\nCookie: " + s.cookie + "\r\n\r\n",
		"GET /api/state HTTP/1.0\r\nHost: evil.example\r\nCookie: " + s.cookie + "\r\n\r\n",
		"GET /api/state\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
		request("GET /api/state", "", "Host: evil.example", "Cookie: "+s.cookie, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
		request("CONNECT "+s.host, "", "Host: evil.example", "Cookie: "+s.cookie),
		request("CONNECT evil.example:80", "", own, "Cookie: "+s.cookie),
		request("OPTIONS *", "", "Host: evil.example", "Cookie: "+s.cookie),
	} {
		judge(strings.SplitN(r, "\r\n", 2)[0], s.raw(t, r))
	}
	for _, h := range []string{"X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Forwarded-Server", "X-HTTP-Host-Override", "Forwarded", "X-Real-Ip", "X-Original-URL", "X-Rewrite-URL"} {
		for _, value := range []string{s.host, "host=" + s.host, "127.0.0.1", "/api/state"} {
			judge(h+": "+value, s.raw(t, request("GET /api/state", "", "Host: evil.example", "Cookie: "+s.cookie, h+": "+value)))
			judge(h+" beside none: "+value, s.raw(t, request("GET /api/state", "", own, h+": "+value)))
		}
	}
	s.alive(t)
}

// routes are those of the program's router: what is added there is attacked here without a word.
func routes(t testing.TB) (list [][2]string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, r := range server.New(ln, server.Config{Guard: server.NewGuard(ln.Addr(), "", nil), Page: http.NotFoundHandler()}).Routes() {
		method, path, _ := strings.Cut(r, " ")
		for name, value := range map[string]string{":name": "LED-over-WebSocket", ":id": "1", ":seq": "1", "*": "www/led.html"} {
			path = strings.Replace(path, name, value, 1)
		}
		list = append(list, [2]string{method, path})
	}
	if len(list) < 50 {
		t.Fatalf("the router has only %d routes", len(list))
	}
	return list
}

// Another page uses the browser's cookie: a form, a fetch, a picture, a socket, a beacon, with every claim about where it comes from.
func TestCrossSite(t *testing.T) {
	s := shared
	port := s.port()
	origins := []string{"http://evil.example", "https://evil.example", "null", "http://localhost:" + port, "http://127.0.0.1", "https://" + s.host, "http://127.0.0.1:" + port + ".evil.example",
		"http://127.0.0.1:" + port + "@evil.example", "http://evil.example@" + s.host, "http://" + s.host + "/", "http://[::1]:" + port, "http://127.0.0.1:1" + port, "file://", "ws://" + s.host, s.host,
		"http://" + s.host + " http://evil.example", "http://evil.example http://" + s.host, "http://" + s.host + ",http://evil.example", "chrome-extension://aaaa", "HTTP://evil.example", "http://127.0.0.1:" + port + "\\@evil.example", "http://" + s.host + "#", "http://" + s.host + "?"}
	types := []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "text/plain; charset=application/json", ""}
	before := files(t, filepath.Join(s.home, "projects"))
	shut := func(what string, a answer) {
		t.Helper()
		tried("cross-site")
		if a.Status != http.StatusForbidden && a.Status != http.StatusNotFound && a.Status != http.StatusBadRequest && a.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s = %d %.200s", what, a.Status, a.Body)
		}
		if strings.Contains(a.Body, "LED over WebSocket") || a.Header.Get("Access-Control-Allow-Origin") != "" || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s gives away %.200s %v", what, a.Body, a.Header)
		}
	}
	have := []string{"Host: " + s.host, "Cookie: " + s.cookie}
	with := func(more ...string) []string { return append(append([]string{}, have...), more...) }
	n := 0
	for _, r := range routes(t) {
		method, path := r[0], r[1]
		line := method + " " + path
		if method == "GET" || method == "HEAD" {
			if !strings.HasPrefix(path, "/api/") {
				continue // the page itself: links lead to it, as is meant
			}
			for _, site := range []string{"cross-site", "same-site"} {
				for _, mode := range []string{"no-cors", "cors", "navigate", "websocket"} {
					shut(line+" "+site+" "+mode, s.raw(t, request(line, "", with("Sec-Fetch-Site: "+site, "Sec-Fetch-Mode: "+mode)...)))
				}
			}
			origin := origins[n%len(origins)]
			shut(line+" from "+origin, s.raw(t, request(line, "", with("Origin: "+origin)...)))
			shut(line+" as a socket from "+origin, s.raw(t, request(line, "", with("Origin: "+origin, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")...)))
			shut(line+" as a socket from nowhere", s.raw(t, request(line, "", with("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")...)))
			n++
			continue
		}
		shut(line+" from nowhere", s.raw(t, request(line, "{}", have...)))
		shut(line+" of a form", s.raw(t, request(line, "{}", with("Referer: "+s.base+"/", "Sec-Fetch-Site: cross-site", "Content-Type: text/plain")...)))
		shut(line+" said to be of our own site", s.raw(t, request(line, "{}", with("Origin: http://evil.example", "Sec-Fetch-Site: same-origin")...)))
		for range 4 { // each route from four of the origins, all of them in turn
			origin, kind := origins[n%len(origins)], types[n%len(types)]
			n++
			shut(line+" from "+origin+" "+kind, s.raw(t, request(line, "{}", with("Origin: "+origin, "Content-Type: "+kind, "X-HTTP-Method-Override: GET")...)))
		}
	}
	for _, origin := range origins { // and all of them at one that changes something
		for _, line := range []string{"POST /api/console/clear", "PUT /api/files/www/led.html", "DELETE /api/files/www/led.html", "PUT /api/settings", "POST /api/door/code"} {
			shut(line+" from "+origin, s.raw(t, request(line, "{}", with("Origin: "+origin, "If-Match: *")...)))
		}
		shut("the event socket from "+origin, s.raw(t, request("GET /api/events", "", with("Origin: "+origin, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")...)))
	}
	for _, override := range []string{"X-HTTP-Method: DELETE", "X-Method-Override: DELETE", "X-HTTP-Method-Override: DELETE"} { // a plain GET stays one
		tried("cross-site")
		s.raw(t, request("GET /api/files/www/led.html", "", with(override)...))
		s.raw(t, request("GET /api/files/www/led.html?_method=DELETE", "", with(override)...))
	}
	same(t, "projects after other pages' tries", before, files(t, filepath.Join(s.home, "projects")))
	s.alive(t)
}

// newCode is an address that lets one browser in, as its path and query.
func (s *studio) newCode(t testing.TB) string {
	t.Helper()
	a := s.in(t, "POST", "/api/door/code", "{}")
	var v struct{ URL string }
	if json.Unmarshal([]byte(a.Body), &v) != nil || v.URL == "" {
		t.Fatalf("no code: %d %s", a.Status, a.Body)
	}
	u, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

// Values that are guessed, used up, changed, brought along or taken from elsewhere let nobody in.
func TestCookiesAndCodes(t *testing.T) {
	s := shared
	out := func(what string, a answer) {
		t.Helper()
		tried("cookies and codes")
		if a.Status < 400 && a.Status != 0 || a.Header.Get("Set-Cookie") != "" || strings.Contains(a.Body, "LED over WebSocket") {
			t.Errorf("%s = %d %v %.200s", what, a.Status, a.Header, a.Body)
		}
	}
	state := func(header ...string) answer {
		return s.raw(t, request("GET /api/state", "", append([]string{"Host: " + s.host}, header...)...))
	}
	name, value, _ := strings.Cut(s.cookie, "=")
	code := s.newCode(t)
	bare := strings.TrimPrefix(code, "/?code=")
	for _, v := range []string{"", " ", "0", "true", "null", "undefined", "*", value[:len(value)-1], value + "A", value[1:], strings.ToLower(value) + "x", strings.ToUpper(value) + "x", `"` + value[1:] + `"`, url.QueryEscape("\x00" + value),
		value[:len(value)-1] + "%41", strings.Repeat("A", len(value)), strings.Repeat("A", 1<<16), s.token, bare, base64.StdEncoding.EncodeToString([]byte(value)), hex.EncodeToString([]byte(value)), "../" + value, value + "/../" + "x", "' OR '1'='1", "{\"$ne\":1}"} {
		out("the cookie "+v, state("Cookie: "+name+"="+v))
	}
	for _, n := range []string{"studio", "studio-", "studio-0", "studio-" + s.port() + "0", "Studio-" + s.port(), "STUDIO-" + s.port(), "__Host-" + name, "__Secure-" + name, "token", "session", "code", name + "[]", name + "%00", " x" + name, "page-1." + name} {
		out("a cookie named "+n, state("Cookie: "+n+"="+value))
	}
	for _, h := range []string{"Authorization: Bearer", "Authorization: Bearer ", "Authorization: Bearer x", "Authorization: Bearer " + value, "Authorization: Bearer " + bare, "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("x:"+s.token)), "Authorization: " + s.token,
		"Authorization: bearer  " + s.token, "Authorization: Bearer " + s.token + "x", "Authorization: Bearer " + s.token[1:], "Authorization: Bearer " + strings.ToUpper(s.token) + "x", "Authorization: Token " + s.token, "X-Api-Key: " + s.token, "X-Auth-Token: " + s.token, "Proxy-Authorization: Bearer " + s.token, "X-Studio-Token: " + s.token} {
		out(h, state(h))
	}
	for range 64 {
		var b [24]byte
		rand.Read(b[:])
		guess := base64.RawURLEncoding.EncodeToString(b[:])
		out("a guessed cookie", state("Cookie: "+name+"="+guess))
		out("a guessed code", s.raw(t, request("GET /?code="+guess, "", "Host: "+s.host)))
	}
	for _, p := range []string{"/api/state" + code[1:], "/index.html" + code[1:], "/?Code=" + bare, "/?code[]=" + bare, "/?code=" + bare + "x", "/?code=" + bare[1:], "/?code=%00" + bare, "/?code=&x=" + bare, "/?x#code=" + bare, "/door.js" + code[1:] + "x/../", "//?code=x" + bare, "/?code=" + s.token, "/?code=" + value, "/?token=" + s.token, "/?session=" + value} {
		a := s.raw(t, request("GET "+p, "", "Host: "+s.host))
		tried("cookies and codes")
		if a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s lets in", p)
		}
	}
	for _, method := range []string{"HEAD", "POST", "PUT", "OPTIONS", "DELETE", "get", "GETX"} {
		out(method+" of a code", s.raw(t, request(method+" "+code, "", "Host: "+s.host, "Origin: "+s.base)))
	}
	// Fixation: whoever puts a value of his own into the browser has not got the session's.
	for _, planted := range []string{"planted", value[:len(value)-2] + "AA"} {
		tried("cookies and codes")
		a := s.raw(t, request("GET "+s.newCode(t), "", "Host: "+s.host, "Cookie: "+name+"="+planted))
		if a.Header.Get("Set-Cookie") == "" || strings.Contains(a.Header.Get("Set-Cookie"), planted) {
			t.Errorf("a planted value: %d %v", a.Status, a.Header)
		}
		out("the planted value after that", state("Cookie: "+name+"="+planted))
	}
	// Nobody in the middle of two who come at once: one is let in.
	code = s.newCode(t)
	var in atomic.Int64
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			tried("cookies and codes")
			if a := s.raw(t, request("GET "+code, "", "Host: "+s.host)); a.Header.Get("Set-Cookie") != "" {
				in.Add(1)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Errorf("one code let in %d of 24", in.Load())
	}
	out("a code that was used", s.raw(t, request("GET "+code, "", "Host: "+s.host)))
	out("a code that was used, by a picture", s.raw(t, request("GET "+code, "", "Host: "+s.host, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image")))

	// The way in by a key: of nobody, for another address, twice, over another question.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	sign := func(text string) []byte {
		sum := sha256.Sum256([]byte(text))
		r, v, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return append(r.FillBytes(make([]byte, 32)), v.FillBytes(make([]byte, 32))...)
	}
	nonce := func() string {
		var v struct{ Nonce string }
		a := s.raw(t, request("POST /api/door/challenge", "{}", "Host: "+s.host, "Origin: "+s.base))
		if json.Unmarshal([]byte(a.Body), &v) != nil || v.Nonce == "" {
			t.Fatalf("no question: %d %s", a.Status, a.Body)
		}
		return v.Nonce
	}
	resume := func(key []byte, nonce string, signature []byte) answer {
		body, err := json.Marshal(map[string]any{"key": key, "nonce": nonce, "signature": signature})
		if err != nil {
			t.Fatal(err)
		}
		return s.raw(t, request("POST /api/door/resume", string(body), "Host: "+s.host, "Origin: "+s.base))
	}
	text := func(nonce string) string { return "studio resume\n" + s.host + "\n" + nonce }
	q := nonce()
	out("a key that nobody knows", resume(raw, q, sign(text(q))))
	body, err := json.Marshal(map[string]any{"key": raw})
	if err != nil {
		t.Fatal(err)
	}
	out("a stranger has his key remembered", s.raw(t, request("PUT /api/door/key", string(body), "Host: "+s.host, "Origin: "+s.base)))
	if a := s.in(t, "PUT", "/api/door/key", string(body)); a.Status != 204 {
		t.Fatalf("the key is not taken: %d %s", a.Status, a.Body)
	}
	q = nonce()
	if a := resume(raw, q, sign(text(q))); a.Status != 204 {
		t.Fatalf("a known key is not let in: %d %s", a.Status, a.Body)
	}
	out("the same answer again", resume(raw, q, sign(text(q))))
	for what, signed := range map[string]func(string) []byte{
		"no signature":          func(string) []byte { return nil },
		"zeros":                 func(string) []byte { return make([]byte, 64) },
		"another address":       func(q string) []byte { return sign("studio resume\nlocalhost:1\n" + q) },
		"another question":      func(string) []byte { return sign(text("AAAA")) },
		"the question alone":    sign,
		"another purpose":       func(q string) []byte { return sign("studio proof\n" + s.host + "\n" + q) },
		"one byte more":         func(q string) []byte { return append(sign(text(q)), 0) },
		"one byte less":         func(q string) []byte { return sign(text(q))[:63] },
		"r and s changed about": func(q string) []byte { b := sign(text(q)); return append(append([]byte{}, b[32:]...), b[:32]...) },
	} {
		q := nonce()
		out(what, resume(raw, q, signed(q)))
	}
	for _, q := range []string{"", "AAAA", strings.Repeat("A", 1<<16), "\x00"} {
		out("a question that nobody asked", resume(raw, q, sign(text(q))))
	}
	for _, q := range []string{"", "short", strings.Repeat("a", 201), "0123456789abcdef%0a", "0123456789abcdef%0d" + s.host} {
		out("a proof for "+q, s.raw(t, request("GET /api/door/proof?nonce="+q, "", "Host: "+s.host)))
	}
	s.alive(t)
}
