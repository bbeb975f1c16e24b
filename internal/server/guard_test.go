package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"studioide/internal/home"
)

const programToken = "0123456789abcdef0123456789abcdef"

// memory remembers browsers without a disk.
type memory struct{ list []home.Browser }

func (m *memory) Browsers(now time.Time) []home.Browser { return m.list }

func (m *memory) Remember(b home.Browser) error { m.list = append(m.list, b); return nil }

// door is a guard at addr with rooms behind it that say "in".
type door struct {
	t     *testing.T
	guard *Guard
	now   time.Time
	http  http.Handler
}

func newDoor(t *testing.T, addr string, m Remembered) *door {
	t.Helper()
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{t: t, guard: NewGuard(tcp, programToken, m), now: time.Unix(1e9, 0)}
	d.guard.sessions.now = func() time.Time { return d.now }
	e := echo.New()
	e.HTTPErrorHandler = onError(func(string, ...any) {})
	e.Use(headers, d.guard.Middleware)
	d.guard.routes(e)
	e.Any("/*", func(c echo.Context) error { return c.String(http.StatusOK, "in") })
	d.http = e
	return d
}

// ask sends a request; header are pairs, an empty value leaves one out. Host and Cookie are headers as well.
func (d *door) ask(method, path, body string, header ...string) *http.Response {
	d.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = d.guard.host
	for i := 0; i < len(header); i += 2 {
		switch {
		case header[i] == "Host":
			r.Host = header[i+1]
		case header[i+1] != "":
			r.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	d.http.ServeHTTP(w, r)
	return w.Result()
}

// code is the path of an address that lets one browser in.
func (d *door) code() string {
	u, err := url.Parse(d.guard.CodeURL())
	if err != nil {
		d.t.Fatal(err)
	}
	return u.RequestURI()
}

// come is the cookie of a browser that came in by a code.
func (d *door) come() string {
	d.t.Helper()
	return cookieOf(d.t, d.ask("GET", d.code(), ""))
}

func cookieOf(t *testing.T, r *http.Response) string {
	t.Helper()
	all := r.Cookies()
	if len(all) == 0 {
		t.Fatalf("status %d and no cookie", r.StatusCode)
	}
	c := all[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Domain != "" || c.Path != "/" || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Errorf("the cookie %+v is not for this host and this session of the browser alone", c)
	}
	return c.Name + "=" + c.Value
}

func TestGuard(t *testing.T) {
	d := newDoor(t, "127.0.0.1:8080", &memory{})
	cookie := d.come()
	own := "http://127.0.0.1:8080"
	other := newDoor(t, "127.0.0.1:8080", &memory{}).come() // of another Studio, or of the one before
	bearer := "Bearer " + programToken
	for _, c := range []struct {
		name, method, path string
		header             []string
		want               int
	}{
		{"page", "GET", "/", []string{"Cookie", cookie}, 200},
		{"page, in a browser that says what it asks for", "GET", "/", []string{"Cookie", cookie, "Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200},
		{"page by a link", "GET", "/", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{"page without a cookie", "GET", "/", nil, 401},
		{"parts of the page without a cookie", "GET", "/assets/main.js", nil, 401},
		{"an empty cookie", "GET", "/", []string{"Cookie", "studio-8080="}, 401},
		{"a made-up cookie", "GET", "/", []string{"Cookie", "studio-8080=x"}, 401},
		{"the program's token as a cookie", "GET", "/", []string{"Cookie", "studio-8080=" + programToken}, 401},
		{"another Studio's cookie", "GET", "/", []string{"Cookie", other}, 401},
		{"another port's cookie", "GET", "/", []string{"Cookie", strings.Replace(cookie, "8080", "8081", 1)}, 401},
		{"API", "GET", "/api/state", []string{"Cookie", cookie}, 200},
		{"API without a cookie", "GET", "/api/state", nil, 401},
		{"API by a program", "GET", "/api/state", []string{"Authorization", bearer}, 200},
		{"a change by a program", "POST", "/api/run", []string{"Authorization", bearer}, 200},
		{"API with a wrong token", "GET", "/api/state", []string{"Authorization", "Bearer x"}, 401},
		{"API with no token", "GET", "/api/state", []string{"Authorization", "Bearer "}, 401},
		{"a wrong token beside a right cookie", "GET", "/api/state", []string{"Authorization", "Bearer x", "Cookie", cookie}, 401},
		{"the cookie's value as a token", "GET", "/api/state", []string{"Authorization", "Bearer " + strings.TrimPrefix(cookie, "studio-8080=")}, 401},
		{"the token in the address", "GET", "/api/state?token=" + programToken, nil, 401},
		{"the token as a code", "GET", "/?code=" + programToken, nil, 401},
		{"another kind of authorization", "GET", "/api/state", []string{"Authorization", "Basic " + programToken}, 401},
		{"rebound host", "GET", "/api/state", []string{"Cookie", cookie, "Host", "evil.example"}, 421},
		{"rebound host with the port", "GET", "/api/state", []string{"Cookie", cookie, "Host", "evil.example:8080"}, 421},
		{"rebound host, a program's token", "GET", "/api/state", []string{"Authorization", bearer, "Host", "evil.example:8080"}, 421},
		{"host that begins like ours", "GET", "/", []string{"Cookie", cookie, "Host", "127.0.0.1:8080.evil.example"}, 421},
		{"no host", "GET", "/", []string{"Cookie", cookie, "Host", ""}, 421},
		{"our host without the port", "GET", "/", []string{"Cookie", cookie, "Host", "127.0.0.1"}, 421},
		{"localhost leads here", "GET", "/", []string{"Host", "localhost:8080"}, 307},
		{"LOCALHOST as well", "GET", "/", []string{"Host", "LOCALHOST:8080"}, 307},
		{"no API on localhost", "GET", "/api/state", []string{"Cookie", cookie, "Host", "localhost:8080"}, 421},
		{"no change on localhost", "POST", "/", []string{"Cookie", cookie, "Host", "localhost:8080", "Origin", own}, 421},
		{"GET for another site", "GET", "/api/state", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"API by a link", "GET", "/api/state", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"API typed", "GET", "/api/state", []string{"Cookie", cookie, "Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200},
		{"a cookie of ours behind one that a board's page set", "GET", "/api/state", []string{"Cookie", "studio-8080=x; " + cookie}, 200},
		{"GET for another port", "GET", "/api/state", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"GET for another origin", "GET", "/api/state", []string{"Cookie", cookie, "Origin", "http://localhost:8081"}, 403},
		{"change without an origin", "POST", "/api/run", []string{"Cookie", cookie}, 403},
		{"change from our page", "POST", "/api/run", []string{"Cookie", cookie, "Origin", own}, 200},
		{"change from another port", "POST", "/api/run", []string{"Cookie", cookie, "Origin", "http://127.0.0.1:8081"}, 403},
		{"change from another scheme", "POST", "/api/run", []string{"Cookie", cookie, "Origin", "https://127.0.0.1:8080"}, 403},
		{"change from null", "POST", "/api/run", []string{"Cookie", cookie, "Origin", "null"}, 403},
		{"change from an origin with a user", "POST", "/api/run", []string{"Cookie", cookie, "Origin", "http://x@127.0.0.1:8080"}, 403},
		{"change from an origin with a question mark", "POST", "/api/run", []string{"Cookie", cookie, "Origin", own + "?"}, 403},
		{"change from an origin with a fragment", "POST", "/api/run", []string{"Cookie", cookie, "Origin", own + "#"}, 403},
		{"change from an origin with a path", "POST", "/api/run", []string{"Cookie", cookie, "Origin", own + "/x"}, 403},
		{"WebSocket without an origin", "GET", "/api/events", []string{"Cookie", cookie, "Upgrade", "websocket"}, 403},
		{"WebSocket from our page", "GET", "/api/events", []string{"Cookie", cookie, "Upgrade", "websocket", "Origin", own}, 200},
		{"WebSocket from elsewhere", "GET", "/api/events", []string{"Cookie", cookie, "Upgrade", "websocket", "Origin", "http://evil.example"}, 403},
		{"a code for a stranger", "POST", "/api/door/code", []string{"Origin", own}, 401},
		{"a browser for a stranger", "POST", "/api/door/show", []string{"Origin", own}, 401},
		{"a stranger's key", "PUT", "/api/door/key", []string{"Origin", own}, 401},
		{"a question from elsewhere", "POST", "/api/door/challenge", []string{"Origin", "http://evil.example"}, 403},
		{"a question with no origin", "POST", "/api/door/challenge", nil, 403},
		{"a question", "POST", "/api/door/challenge", []string{"Origin", own}, 200},
		{"a question by another method", "GET", "/api/door/challenge", []string{"Origin", own}, 401},
		{"the script of the closed door", "GET", "/door.js", nil, 200},
		{"the script, for another site", "GET", "/door.js", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"a proof for another site", "GET", "/api/door/proof?nonce=0123456789abcdef", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, 403},
	} {
		if r := d.ask(c.method, c.path, "{}", c.header...); r.StatusCode != c.want {
			t.Errorf("%s: %s %s = %d, want %d", c.name, c.method, c.path, r.StatusCode, c.want)
		}
	}
}

// Browsers leave out the port 80, which http has anyway.
func TestGuardAtPort80(t *testing.T) {
	for addr, host := range map[string]string{"127.0.0.1:80": "127.0.0.1", "[::1]:80": "[::1]"} {
		d := newDoor(t, addr, &memory{})
		if d.guard.Origin() != "http://"+host || !strings.HasPrefix(d.guard.CodeURL(), "http://"+host+"/?code=") {
			t.Errorf("%s: the origin is %s, the address %s", addr, d.guard.Origin(), d.guard.CodeURL())
		}
		cookie := d.come()
		for _, written := range []string{host, host + ":80"} {
			if r := d.ask("POST", "/api/run", "{}", "Cookie", cookie, "Host", written, "Origin", "http://"+host); r.StatusCode != 200 {
				t.Errorf("%s: a change at Host %s = %d", addr, written, r.StatusCode)
			}
		}
		if r := d.ask("GET", "/", "", "Cookie", cookie, "Host", host+":8080"); r.StatusCode != 421 {
			t.Errorf("%s: another port = %d, want 421", addr, r.StatusCode)
		}
	}
}

// A code lets one browser in, once, within a minute.
func TestCode(t *testing.T) {
	d := newDoor(t, "127.0.0.1:8080", &memory{})
	used := ""
	d.guard.Redeemed(func(url string) { used = url })
	code := d.code()
	if r := d.ask("HEAD", code, ""); r.StatusCode != 401 {
		t.Errorf("a look at the address = %d, want 401", r.StatusCode)
	}
	r := d.ask("GET", code, "")
	first := cookieOf(t, r)
	if r.StatusCode != 303 || r.Header.Get("Location") != "/" || used != d.guard.Origin()+code {
		t.Errorf("the first visit = %d to %q, used %q", r.StatusCode, r.Header.Get("Location"), used)
	}
	if r := d.ask("GET", code, ""); r.StatusCode != 401 || len(r.Cookies()) > 0 {
		t.Errorf("the second visit = %d with %d cookies, want 401 with none", r.StatusCode, len(r.Cookies()))
	} else if page := text(r); !strings.Contains(page, "used already") || !strings.Contains(page, "studio open") || strings.Contains(page, code) {
		t.Errorf("the second visit says %s", page)
	}
	if r := d.ask("GET", code, "", "Cookie", first); r.StatusCode != 303 || len(r.Cookies()) > 0 {
		t.Errorf("the second visit of the browser that is in = %d with %d cookies", r.StatusCode, len(r.Cookies()))
	}
	if second := d.come(); second == first {
		t.Error("two browsers have the same session")
	}
	for wait, want := range map[time.Duration]int{codeLife - time.Second: 303, codeLife: 401} {
		code := d.code()
		d.now = d.now.Add(wait)
		if r := d.ask("GET", code, ""); r.StatusCode != want {
			t.Errorf("a visit after %s = %d, want %d", wait, r.StatusCode, want)
		}
	}
	// A page of elsewhere led here: a redirect would leave the new cookie behind.
	if r := d.ask("GET", d.code(), "", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"); r.StatusCode != 200 || r.Header.Get("Refresh") != "0; url=/" {
		t.Errorf("a visit by a link = %d, refresh %q", r.StatusCode, r.Header.Get("Refresh"))
	} else {
		cookieOf(t, r)
	}
	old := d.code()
	for range maxCodes {
		d.code()
	}
	if r := d.ask("GET", old, ""); r.StatusCode != 401 {
		t.Error("codes are kept without limit")
	}
}

// Sessions that are in use outlive a flood of new ones.
func TestSessionsAreLimited(t *testing.T) {
	d := newDoor(t, "127.0.0.1:8080", &memory{})
	used, idle := d.come(), d.come()
	for range 2 * maxSessions {
		d.come()
		if r := d.ask("GET", "/", "", "Cookie", used); r.StatusCode != 200 {
			t.Fatal("a session in use was dropped")
		}
	}
	if r := d.ask("GET", "/", "", "Cookie", idle); r.StatusCode != 401 {
		t.Error("sessions are kept without limit")
	}
}

// browserKey is what a page makes with WebCrypto.
type browserKey struct{ *ecdsa.PrivateKey }

func newKey(t *testing.T) browserKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return browserKey{k}
}

func (k browserKey) raw(t *testing.T) []byte {
	t.Helper()
	b, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (k browserKey) sign(t *testing.T, host, nonce string) []byte {
	t.Helper()
	sum := sha256.Sum256(signedText(host, nonce))
	r, s, err := ecdsa.Sign(rand.Reader, k.PrivateKey, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

func (d *door) nonce() string {
	d.t.Helper()
	var v struct{ Nonce string }
	if err := json.NewDecoder(d.ask("POST", "/api/door/challenge", "{}", "Origin", d.guard.Origin()).Body).Decode(&v); err != nil || v.Nonce == "" {
		d.t.Fatal("no question", err)
	}
	return v.Nonce
}

func (d *door) resume(key []byte, nonce string, signature []byte) *http.Response {
	d.t.Helper()
	b, err := json.Marshal(map[string]any{"key": key, "nonce": nonce, "signature": signature})
	if err != nil {
		d.t.Fatal(err)
	}
	return d.ask("POST", "/api/door/resume", string(b), "Origin", d.guard.Origin())
}

// A browser that was in comes in again when Studio was started anew, by its own key and nothing else.
func TestKnownBrowserComesInAgain(t *testing.T) {
	t.Setenv("STUDIO_HOME", t.TempDir())
	kept, err := home.Open()
	if err != nil {
		t.Fatal(err)
	}
	before := newDoor(t, "127.0.0.1:8080", kept)
	cookie, key := before.come(), newKey(t)
	body, err := json.Marshal(map[string][]byte{"key": key.raw(t)})
	if err != nil {
		t.Fatal(err)
	}
	if r := before.ask("PUT", "/api/door/key", string(body), "Cookie", cookie, "Origin", before.guard.Origin()); r.StatusCode != 204 {
		t.Fatalf("PUT key = %d %s", r.StatusCode, text(r))
	}
	for _, bad := range []string{`{}`, `{"key":""}`, `{"key":"AAAA"}`, `{"key":"` + strings.Repeat("A", 88) + `"}`} {
		if r := before.ask("PUT", "/api/door/key", bad, "Cookie", cookie, "Origin", before.guard.Origin()); r.StatusCode != 422 {
			t.Errorf("PUT key %s = %d, want 422", bad, r.StatusCode)
		}
	}
	if list := kept.Browsers(before.now); len(list) != 1 {
		t.Fatalf("%d browsers are remembered, want 1", len(list))
	}

	d := newDoor(t, "127.0.0.1:8080", kept)
	if r := d.ask("GET", "/", "", "Cookie", cookie); r.StatusCode != 401 {
		t.Errorf("the session of the Studio before = %d, want 401", r.StatusCode)
	}
	nonce := d.nonce()
	signature := key.sign(t, d.guard.host, nonce)
	r := d.resume(key.raw(t), nonce, signature)
	if r.StatusCode != 204 {
		t.Fatalf("resume = %d %s", r.StatusCode, text(r))
	}
	if r := d.ask("GET", "/api/state", "", "Cookie", cookieOf(t, r)); r.StatusCode != 200 {
		t.Errorf("the new session = %d", r.StatusCode)
	}
	another := newKey(t)
	late := d.nonce()
	for name, r := range map[string]func() *http.Response{
		"the same answer again": func() *http.Response { return d.resume(key.raw(t), nonce, signature) },
		"another browser": func() *http.Response {
			n := d.nonce()
			return d.resume(another.raw(t), n, another.sign(t, d.guard.host, n))
		},
		"a known key, another's sign": func() *http.Response {
			n := d.nonce()
			return d.resume(key.raw(t), n, another.sign(t, d.guard.host, n))
		},
		"signed for another address": func() *http.Response {
			n := d.nonce()
			return d.resume(key.raw(t), n, key.sign(t, "127.0.0.1:8082", n))
		},
		"an answer to another": func() *http.Response { return d.resume(key.raw(t), d.nonce(), key.sign(t, d.guard.host, d.nonce())) },
		"a made-up question":   func() *http.Response { return d.resume(key.raw(t), "x", key.sign(t, d.guard.host, "x")) },
		"no signature":         func() *http.Response { return d.resume(key.raw(t), d.nonce(), nil) },
		"zeros":                func() *http.Response { return d.resume(key.raw(t), d.nonce(), make([]byte, 64)) },
		"no key":               func() *http.Response { return d.resume(nil, d.nonce(), make([]byte, 64)) },
		"from elsewhere": func() *http.Response {
			return d.ask("POST", "/api/door/resume", "{}", "Origin", "http://evil.example")
		},
	} {
		if r := r(); r.StatusCode != 401 && r.StatusCode != 403 || len(r.Cookies()) > 0 {
			t.Errorf("%s = %d with %d cookies, want a refusal", name, r.StatusCode, len(r.Cookies()))
		}
	}
	elsewhere := newDoor(t, "127.0.0.1:8082", kept)
	if n := elsewhere.nonce(); elsewhere.resume(key.raw(t), n, key.sign(t, elsewhere.guard.host, n)).StatusCode != 401 {
		t.Error("a browser that was let in at one address comes in at another")
	}
	d.now = d.now.Add(nonceLife)
	if d.resume(key.raw(t), late, key.sign(t, d.guard.host, late)).StatusCode != 401 {
		t.Error("an old question can be answered")
	}
	d.now = d.now.Add(home.BrowserMemory)
	if n := d.nonce(); d.resume(key.raw(t), n, key.sign(t, d.guard.host, n)).StatusCode != 401 {
		t.Error("a browser is known for ever")
	}
}

// What is kept of browsers on disk opens nothing, and is for this user only.
func TestNothingOnDiskOpensTheDoor(t *testing.T) {
	m := &memory{}
	d := newDoor(t, "127.0.0.1:8080", m)
	cookie, key := d.come(), newKey(t)
	body, err := json.Marshal(map[string][]byte{"key": key.raw(t)})
	if err != nil {
		t.Fatal(err)
	}
	d.ask("PUT", "/api/door/key", string(body), "Cookie", cookie, "Origin", d.guard.Origin())
	kept, err := json.Marshal(m.list)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	value := strings.SplitN(cookie, "=", 2)[1]
	if len(m.list) != 1 || bytes.Contains(kept, []byte(value)) || bytes.Contains(kept, secret) {
		t.Errorf("kept: %s", kept)
	}
}

// What listens here proves that it is the Studio of who asks, at this address.
func TestProof(t *testing.T) {
	d := newDoor(t, "127.0.0.1:8080", &memory{})
	const nonce = "0123456789abcdef"
	r := d.ask("GET", "/api/door/proof?nonce="+nonce, "")
	var v struct{ Proof string }
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil || r.StatusCode != 200 {
		t.Fatal(r.StatusCode, err)
	}
	if v.Proof != home.Proof(programToken, "127.0.0.1:8080", nonce) || strings.Contains(v.Proof, programToken) {
		t.Errorf("the proof is %q", v.Proof)
	}
	for name, other := range map[string]string{"address": home.Proof(programToken, "127.0.0.1:8082", nonce), "token": home.Proof("x", "127.0.0.1:8080", nonce), "nonce": home.Proof(programToken, "127.0.0.1:8080", nonce+"0")} {
		if other == v.Proof {
			t.Errorf("the proof does not depend on the %s", name)
		}
	}
	for _, bad := range []string{"", "short", strings.Repeat("x", 201), "0123456789abcdef%0a"} {
		if r := d.ask("GET", "/api/door/proof?nonce="+bad, ""); r.StatusCode != 422 {
			t.Errorf("nonce %q = %d, want 422", bad, r.StatusCode)
		}
	}
}

func text(r *http.Response) string {
	var b bytes.Buffer
	b.ReadFrom(r.Body)
	return b.String()
}
