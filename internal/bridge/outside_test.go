package bridge

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// outside serves a proxy's pages at an address over TLS, as package lan does.
func outside(t *testing.T, p *Proxy) (origin string, client *http.Client) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.ServeOutside(w, r, origin) })
	s.StartTLS()
	t.Cleanup(s.Close)
	origin = s.URL
	client = s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return origin, client
}

// Whatever the address by which a page was opened, the board sees that of this computer.
func TestOutsideTheBoardSeesOneHost(t *testing.T) {
	var got http.Header
	var host string
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, host = r.Header, r.Host
		w.Header().Set("Location", "http://"+r.Host+"/next?x")
		w.Header().Set("Set-Cookie", "__Host-studio-1=stolen; Secure; Path=/")
		w.WriteHeader(http.StatusFound)
	}), func(c *Config) { c.Framers = []string{"http://127.0.0.1:8080"} })
	origin, client := outside(t, p)
	r, _ := http.NewRequest("POST", origin+"/a", strings.NewReader("x"))
	r.Header.Set("Origin", origin)
	r.Header.Set("Referer", origin+"/led.html")
	r.Header.Set("Cookie", "__Host-studio-2=secret; theme=dark")
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	own := strings.TrimSuffix(p.URL(), "/")
	if host != strings.TrimPrefix(own, "http://") || got.Get("Origin") != own || got.Get("Referer") != own+"/led.html" || strings.Contains(got.Get("Cookie"), "studio") {
		t.Errorf("the board sees host %s and %v; want those of %s", host, got, own)
	}
	if res.StatusCode != http.StatusFound || res.Header.Get("Location") != "/next?x" || len(res.Cookies()) != 0 {
		t.Errorf("the device gets %s and %v; want a way to /next?x and no cookie of Studio's name", res.Status, res.Header)
	}
}

// Origin is compared with the address by which the page was opened, and with no other.
func TestOutsideOrigins(t *testing.T) {
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		if c, err := (&websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}).Upgrade(w, r, nil); err == nil {
			c.WriteMessage(websocket.TextMessage, []byte("in"))
			c.Close()
		}
	}), nil)
	origin, client := outside(t, p)
	for from, in := range map[string]bool{
		origin: true, strings.TrimSuffix(p.URL(), "/"): false, strings.Replace(p.URL()[:len(p.URL())-1], "localhost", "127.0.0.1", 1): false,
		"http" + strings.TrimPrefix(origin, "https"): false, origin + ".evil.example": false, "https://evil.example": false, "null": false, origin + "/": false, strings.ToUpper(origin): false,
	} {
		d := websocket.Dialer{TLSClientConfig: client.Transport.(*http.Transport).TLSClientConfig}
		c, res, err := d.Dial("wss"+strings.TrimPrefix(origin, "https")+"/ws", http.Header{"Origin": {from}})
		if err == nil {
			c.Close()
		}
		if in != (err == nil) || !in && (res == nil || res.StatusCode != http.StatusForbidden) {
			t.Errorf("a socket of %s: %v, %v; want it in: %v", from, res, err, in)
		}
		r, _ := http.NewRequest("POST", origin+"/on", nil)
		r.Header.Set("Origin", from)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if from == origin {
			continue
		}
		if res, err := client.Do(r); err != nil || res.StatusCode != http.StatusForbidden {
			t.Errorf("a POST of %s: %v, %v; want 403", from, res, err)
		}
	}
	r, _ := http.NewRequest("GET", origin+"/", nil)
	r.Host = strings.TrimPrefix(strings.TrimSuffix(p.URL(), "/"), "http://")
	if res, err := client.Do(r); err != nil || res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("this computer's host, on the other listener: %v, %v; want 421", res, err)
	}
}

// A page tells its failures by the address by which it was opened; Studio finds the files.
func TestOutsideReports(t *testing.T) {
	p, s := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }), nil)
	origin, client := outside(t, p)
	host := strings.TrimPrefix(origin, "https://")
	body := fmt.Sprintf(`{"page":"/led.html","entries":[{"kind":"error","text":"one","url":"%s/js/a.js","line":7,"column":1},`+
		`{"kind":"error","text":"two","url":"%s.evil.example/b.js","line":8,"column":1}]}`, origin, origin)
	r, _ := http.NewRequest("POST", origin+reportPath, strings.NewReader(body))
	r.Header.Set("Origin", origin)
	if res, err := client.Do(r); err != nil || res.StatusCode != http.StatusNoContent {
		t.Fatal(res, err)
	}
	if m := s.message(t, "log", "one"); m.Path != "www/js/a.js" || m.Line != 7 {
		t.Errorf("the failure is said to be in %s:%d", m.Path, m.Line)
	}
	if m := s.message(t, "log", "two"); m.Path != "www/led.html" {
		t.Errorf("that of another server is said to be in %s", m.Path)
	}
	for in, want := range map[string]string{
		"wss://" + host + "/ws": "ws" + strings.TrimPrefix(p.URL(), "http") + "ws", "https://" + host: strings.TrimSuffix(p.URL(), "/"),
		"wss://" + host + "1/ws": "wss://" + host + "1/ws", "blob:" + origin + "/x": "blob:" + origin + "/x", "": "",
	} {
		if got := p.toOwn(in, origin); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// Another device frames nothing at the addresses of Studio, and takes away nothing that this computer's browser has kept.
func TestOutsideIsAnotherComputer(t *testing.T) {
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html>hello")
	}), func(c *Config) { c.Framers = []string{"http://127.0.0.1:8080"} })
	p.Clear()
	origin, client := outside(t, p)
	r, _ := http.NewRequest("GET", origin+"/", nil)
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Sec-Fetch-Site", "none")
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(res.Body)
	if got := res.Header.Get("Content-Security-Policy"); got != "frame-ancestors 'self'" || res.Header.Get("Clear-Site-Data") != "" || !strings.Contains(string(b), scriptTag) {
		t.Errorf("another device gets %v and %s", res.Header, b)
	}
	if res, _ := ask(t, p, "GET", "/", "", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-site"); res.Header.Get("Clear-Site-Data") == "" {
		t.Error("this computer's browser is not told any more to forget what was there before")
	}
}

// What is no TLS is no such request.
func TestOutsideIsTLS(t *testing.T) {
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "board") }), nil)
	for _, origin := range []string{"http://127.0.0.1:1", "", "https://", "127.0.0.1:1"} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.Host = "127.0.0.1:1"
		if p.ServeOutside(w, r, origin); w.Code != http.StatusMisdirectedRequest || w.Body.Len() > 0 {
			t.Errorf("by %q: %d %s", origin, w.Code, w.Body)
		}
	}
}
