package server

import (
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"studioide/ui/src/words/say"
)

// Guard decides who may come in. It may be used from several goroutines.
//
// Browsers come in with a cookie that a one-time code, or their own key, has
// given them (sessions.go); programs with the token of running.json, which only
// this user can read. All of it is made anew at each start and ends with Studio.
type Guard struct {
	token    string
	host     string          // what Studio is called in a Host header
	names    map[string]bool // other names of the same place: they lead to host
	cookie   string          // its name carries the port: cookies are shared by all ports of a host
	sessions *sessions
	show     func() error
}

// NewGuard allows requests for addr (as listened on). Other loopback names are
// sent there, so that a browser has one address of Studio, and one session.
func NewGuard(addr net.Addr, token string, remembered Remembered) *Guard {
	_, port, _ := net.SplitHostPort(addr.String())
	g := &Guard{token: token, host: hostName(addr.String()), names: map[string]bool{}, cookie: "studio-" + port, show: func() error { return nil }}
	for _, name := range []string{"127.0.0.1", "localhost", "::1"} {
		g.names[hostName(net.JoinHostPort(name, port))] = true
	}
	g.sessions = newSessions(g.host, remembered)
	return g
}

// hostName is how browsers write a host with its port: in lower case, without the port that http has anyway.
func hostName(host string) string { return strings.TrimSuffix(strings.ToLower(host), ":80") }

// Origin is Studio's own, as browsers write it.
func (g *Guard) Origin() string { return "http://" + g.host }

// CodeURL makes an address that lets one browser in, once, within a minute.
func (g *Guard) CodeURL() string { return g.withCode(g.sessions.newCode()) }

// Redeemed makes do be called with each such address that was used. It is for the time before Serve.
func (g *Guard) Redeemed(do func(url string)) {
	g.sessions.redeemed = func(code string) { do(g.withCode(code)) }
}

// ShowBy says how to show Studio's page in a browser on this computer. It is for the time before Serve.
func (g *Guard) ShowBy(do func() error) { g.show = do }

func (g *Guard) withCode(code string) string { return g.Origin() + "/?code=" + code }

func (g *Guard) isToken(token string) bool {
	return g.token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(g.token)) == 1
}

// Middleware lets the right requests through and answers the others.
func (g *Guard) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if anotherUser(r.Context()) {
			return fail(c, errWrongUser)
		}
		if host := hostName(r.Host); host != g.host {
			if g.names[host] && isRead(r) && !isAPI(r) {
				return c.Redirect(http.StatusTemporaryRedirect, g.Origin()+r.URL.RequestURI())
			}
			return fail(c, errWrongHost)
		}
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			if !g.isToken(token) {
				return fail(c, errNoSession)
			}
			return next(c) // a program on this computer: no browser adds that header for another page
		}
		if isPublic(r) {
			if !g.ownOrigin(r) {
				return fail(c, errWrongOrigin)
			}
			return next(c)
		}
		// A board's page may be on this host too, and set cookies of that name for a path: they must not hide the right one.
		known := slices.ContainsFunc(r.CookiesNamed(g.cookie), func(c *http.Cookie) bool { return g.sessions.isOpen(c.Value) })
		if code := r.URL.Query().Get("code"); code != "" && r.Method == http.MethodGet && r.URL.Path == "/" {
			return g.redeem(c, code, known)
		}
		if !known {
			return g.shut(c)
		}
		if !g.ownOrigin(r) {
			return fail(c, errWrongOrigin)
		}
		return next(c)
	}
}

func isRead(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// redeem exchanges the code of an opened address for a session. known: this browser has one already.
func (g *Guard) redeem(c echo.Context, code string, known bool) error {
	if g.sessions.redeem(code) {
		g.openSession(c)
	} else if !known {
		return g.shut(c)
	}
	// A page of elsewhere has led here: the file that opens the browser, or a link in a mail. With a redirect the new
	// cookie would not go along, being for requests of our own pages only; this page's own step takes it along.
	if site := c.Request().Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		c.Response().Header().Set("Refresh", "0; url=/")
		return g.plain(c, http.StatusOK, "", "<h1>Studio</h1><p><a href=\"/\">"+say.ServerOpenStudio()+"</a></p>")
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

// openSession gives the browser a new session; the cookie goes when the browser is closed.
func (g *Guard) openSession(c echo.Context) {
	c.SetCookie(&http.Cookie{Name: g.cookie, Value: g.sessions.open(), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// ownOrigin: whatever changes something, and every WebSocket, must name our origin.
// Plain GETs need not (browsers send none), and change nothing; where a browser says
// that another site asked for one, that is refused as well.
func (g *Guard) ownOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin != "" {
		host, ok := strings.CutPrefix(origin, "http://") // not parsed: an origin has no parts that could be overlooked
		return ok && hostName(host) == g.host
	}
	if !isRead(r) || r.Header.Get("Upgrade") != "" {
		return false
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none" || r.Header.Get("Sec-Fetch-Mode") == "navigate" && !isAPI(r)
}

func (g *Guard) shut(c echo.Context) error {
	if isAPI(c.Request()) {
		return fail(c, errNoSession)
	}
	what := say.ServerThisBrowserHasNotBeen()
	if c.Request().URL.Query().Has("code") {
		what = say.ServerThisAddressHasBeenUsed()
	}
	return g.plain(c, http.StatusUnauthorized, `<script src="`+doorScript+`"></script>`, "<h1>"+say.ServerAlmostThere()+"</h1><p>"+what+"</p><p>"+say.ServerNewAddress("<code>studio open</code>")+"</p>")
}

// plain answers with a page that needs nothing else.
func (g *Guard) plain(c echo.Context, status int, head, body string) error {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("Cache-Control", "no-store")
	return c.HTML(status, `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Studio</title>
<style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:34em;margin:12vh auto;padding:0 1em}code{font-family:ui-monospace,monospace}</style>`+head+body+`</html>`)
}
