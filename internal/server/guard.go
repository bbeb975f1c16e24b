package server

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"studioide/internal/problem"
)

// Guard decides who may come in. It is immutable.
type Guard struct {
	token  string
	host   string          // the Host header that Studio is called by
	names  map[string]bool // other names of the same place: they lead to host
	cookie string          // its name carries the port: cookies are shared by all ports of a host
}

// NewGuard allows requests for addr (as listened on). Other loopback names are
// sent there: board pages live on localhost, and no cookie of ours may go with them.
func NewGuard(addr net.Addr, token string) *Guard {
	_, port, _ := net.SplitHostPort(addr.String())
	g := &Guard{token: token, host: addr.String(), names: map[string]bool{}, cookie: "studio-" + port}
	for _, name := range []string{"127.0.0.1", "localhost", "::1"} {
		g.names[net.JoinHostPort(name, port)] = true
	}
	return g
}

func (g *Guard) right(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(g.token)) == 1
}

var (
	wrongHost   = problem.New("door.host", "This request came for another host name than Studio's own.", "Open the address that Studio printed when it started.")
	wrongOrigin = problem.New("door.origin", "Another web page tried to use Studio.", "Open the address that Studio printed when it started, and use Studio there.")
	noToken     = problem.New("door.token", "This browser has not been let in yet.", "Open the whole address that Studio printed when it started, with its ?token=… part.")
)

// Middleware lets the right requests through and answers the others.
func (g *Guard) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if host := strings.ToLower(r.Host); host != g.host {
			if g.names[host] && (r.Method == http.MethodGet || r.Method == http.MethodHead) && !strings.HasPrefix(r.URL.Path, "/api/") {
				return c.Redirect(http.StatusTemporaryRedirect, "http://"+g.host+r.URL.RequestURI())
			}
			return fail(c, http.StatusMisdirectedRequest, wrongHost)
		}
		byHeader := strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ")
		if byHeader {
			if !g.right(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) {
				return fail(c, http.StatusUnauthorized, noToken)
			}
			return next(c) // a program on this computer: no browser adds that header for another page
		}
		if token := r.URL.Query().Get("token"); token != "" && r.Method == http.MethodGet && r.URL.Path == "/" {
			if !g.right(token) {
				return g.shut(c)
			}
			c.SetCookie(&http.Cookie{Name: g.cookie, Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 30 * 24 * 3600})
			return c.Redirect(http.StatusSeeOther, "/")
		}
		cookie, err := r.Cookie(g.cookie)
		if err != nil || !g.right(cookie.Value) {
			return g.shut(c)
		}
		if !g.ownOrigin(r) {
			return fail(c, http.StatusForbidden, wrongOrigin)
		}
		return next(c)
	}
}

// ownOrigin: whatever changes something, and every WebSocket, must name our origin.
// Plain GETs need not (browsers send none), and change nothing; where a browser says
// that another site asked for one, that is refused as well.
func (g *Guard) ownOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin != "" {
		u, err := url.Parse(origin)
		return err == nil && u.Scheme == "http" && strings.EqualFold(u.Host, r.Host)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header.Get("Upgrade") != "" {
		return false
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none" || r.Header.Get("Sec-Fetch-Mode") == "navigate"
}

func (g *Guard) shut(c echo.Context) error {
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		return fail(c, http.StatusUnauthorized, noToken)
	}
	c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	return c.HTML(http.StatusUnauthorized, `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Studio</title>
<style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:34em;margin:12vh auto;padding:0 1em}code{font-family:ui-monospace,monospace}</style>
<h1>Almost there</h1><p>Studio lets in only browsers that come with its key. Go to the window in which Studio was started and open the whole address that it printed there; it ends with <code>?token=…</code>.</p></html>`)
}
