package bridge

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Of the cookies that a browser keeps for this host, a board gets those of its
// project's pages, and what it sets is theirs alone.
func TestCookiesOfAnOwner(t *testing.T) {
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "theme=dark; Path=/; Domain=localhost; Max-Age=9")
		w.Header().Add("Set-Cookie", "studio-8080=evil")
		fmt.Fprintf(w, "%q", r.Header["Cookie"])
	}), func(c *Config) { c.Owner = "3f2a" })
	const sent = "page-3f2a.theme=light; studio-8080=secret; jupyter=secret; page-9999.theme=other; page-3f2a.b=c"
	res, body := ask(t, p, "GET", "/", "", "Cookie", sent, "Sec-Fetch-Site", "same-origin")
	if body != `["theme=light; b=c"]` {
		t.Errorf("the board got %s", body)
	}
	if got := res.Header["Set-Cookie"]; !slices.Equal(got, []string{"page-3f2a.theme=dark; Path=/; Max-Age=9", "page-3f2a.studio-8080=evil"}) {
		t.Errorf("the browser got %q", got)
	}
	if _, body := ask(t, p, "GET", "/", "", "Cookie", "a=b; studio-8080=secret"); body != `["a=b"]` {
		t.Errorf("of a program's cookies the board got %s", body)
	}
	head := string(requestHead(&http.Request{Method: "GET", Host: "localhost", RequestURI: "/", URL: &url.URL{Path: "/"}, Header: http.Header{"Cookie": {sent}}}, "page-3f2a."))
	if !strings.Contains(head, "Cookie: theme=light; b=c\r\n") || strings.Contains(head, "secret") {
		t.Errorf("of a WebSocket the board got %s", head)
	}
	if got := string(withPageCookies([]byte("HTTP/1.1 101 x\r\nSet-Cookie: a=b; domain=localhost\r\nX: y\r\n\r\n"), "page-3f2a.")); got != "HTTP/1.1 101 x\r\nSet-Cookie: page-3f2a.a=b\r\nX: y\r\n\r\n" {
		t.Errorf("of a WebSocket the browser got %q", got)
	}
	if _, body := ask(t, p, "GET", pagePath, "", "Sec-Fetch-Site", "same-origin"); !strings.Contains(body, `"page-3f2a."`) {
		t.Error("the page's script does not know its cookies")
	}
}

// Another project's pages are at another port; those of the one before are refused from then on, and cut off.
func TestMove(t *testing.T) {
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Clear-Site-Data", `"*"`)
		fmt.Fprint(w, "page")
	}), func(c *Config) { c.Owner = "one" })
	before := p.Port()
	open, page := net.Pipe()
	p.track(page)
	port, err := p.Move(0, "two")
	if err != nil || port == before || p.Port() != port {
		t.Fatalf("moved from %d to %d: %v", before, port, err)
	}
	if _, err := open.Read(make([]byte, 1)); err == nil {
		t.Error("what the page before had open is open still")
	}
	if _, body := ask(t, p, "GET", "/", ""); body != "page" {
		t.Errorf("at the new port: %s", body)
	}
	if _, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", before)); err == nil {
		t.Error("the old port answers still")
	}
	if back, err := p.Move(before, "one"); err != nil || back != before {
		t.Errorf("back to %d: %d, %v", before, back, err)
	}
	cleared := func(host string) string {
		res, _ := ask(t, p, "GET", "/", "", "Host", fmt.Sprintf("%s:%d", host, p.Port()), "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "same-site")
		return res.Header.Get("Clear-Site-Data")
	}
	if got := cleared("localhost"); got != "" {
		t.Errorf("a board may clear nothing, and did: %s", got)
	}
	p.Clear()
	if a, b, c := cleared("127.0.0.1"), cleared("localhost"), cleared("localhost"); a != `"storage"` || b != `"storage"` || c != "" {
		t.Errorf("cleared %q, %q, then %q", a, b, c)
	}
}

// Studio's page may lead to the address on its own host: there the page's storage is not a third party's.
func TestAddressOnStudiosHost(t *testing.T) {
	p, _ := start(t, serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "page") }), nil)
	for site, want := range map[string]int{"same-site": 200, "same-origin": 200, "none": 307, "cross-site": 307} {
		res, _ := ask(t, p, "GET", "/", "", "Host", fmt.Sprintf("127.0.0.1:%d", p.Port()), "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", site)
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", site, res.StatusCode, want)
		}
	}
}
