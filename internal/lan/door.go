package lan

import (
	"crypto/tls"
	"html"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"studioide/ui/src/words/say"
)

// codePath is where the page that asks for the code sends it. It lies where pages of boards have nothing (see bridge).
const codePath = "/.studio/code"

// cookiePrefix begins the names of Studio's cookies on such listeners. With it
// browsers take a cookie over TLS and of this host alone.
const cookiePrefix = "__Host-studio-"

func (s *Server) cookieName() string {
	return cookiePrefix + strconv.Itoa(int(s.listening[0].Port()))
}

// ServeHTTP lets the right requests through to the board's page and answers the others.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.isOwn(r.Host) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	d := s.deviceOf(r)
	if r.URL.Path == codePath {
		s.serveCode(w, r, d)
		return
	}
	if d == nil {
		s.ask(w, http.StatusUnauthorized, say.LanAskCode(), r.URL.EscapedPath())
		return
	}
	s.use(d, r)
	hideCookies(r.Header)
	s.c.Page(w, r, "https://"+r.Host)
}

// deviceOf is the device whose cookie r carries, nil when it carries none.
func (s *Server) deviceOf(r *http.Request) *device {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range r.CookiesNamed(s.cookieName()) {
		if d := s.devices.find(c.Value); d != nil {
			return d
		}
	}
	return nil
}

// use notes that a device has come, on a connection that is its from now on.
func (s *Server) use(d *device, r *http.Request) {
	c, _ := r.Context().Value(connKey{}).(*conn)
	first := c != nil && c.by(d)
	s.mu.Lock()
	d.seen = s.c.now()
	if first {
		d.open++
	}
	tell := first && d.open == 1
	s.mu.Unlock()
	if tell {
		s.tell()
	}
}

// left is called when a connection of a device has ended.
func (s *Server) left(d *device) {
	s.mu.Lock()
	d.open--
	d.seen = s.c.now()
	tell := d.open == 0
	s.mu.Unlock()
	if tell {
		s.tell()
	}
}

// hideCookies takes away what is not for a board: the device's way in, and such cookies of other ports.
func hideCookies(h http.Header) {
	var keep []string
	for _, line := range h["Cookie"] {
		for _, part := range strings.Split(line, ";") {
			part = strings.TrimSpace(part)
			if len(part) >= len(cookiePrefix) && strings.EqualFold(part[:len(cookiePrefix)], cookiePrefix) || part == "" {
				continue
			}
			keep = append(keep, part)
		}
	}
	if keep == nil {
		h.Del("Cookie")
		return
	}
	h["Cookie"] = []string{strings.Join(keep, "; ")}
}

// serveCode lets a device in that has typed the code. Another site's page cannot
// type in its name: it would use its tries up.
func (s *Server) serveCode(w http.ResponseWriter, r *http.Request, in *device) {
	if in != nil || r.Method != http.MethodPost {
		if in == nil {
			s.ask(w, http.StatusUnauthorized, say.LanAskCode(), "/")
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if origins := r.Header["Origin"]; len(origins) != 1 || origins[0] != "https://"+r.Host {
		s.ask(w, http.StatusForbidden, say.LanAskCode(), "/")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	if r.ParseForm() != nil {
		s.ask(w, http.StatusBadRequest, say.LanAskCode(), "/")
		return
	}
	to := r.PostForm.Get("to")
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	from := at.Addr().Unmap()
	s.mu.Lock()
	v := s.lock.open(r.PostForm.Get("code"), from, s.c.now())
	value := ""
	if v == right {
		value, _ = s.devices.add(kindOf(r.UserAgent()), from, s.c.now())
	}
	s.mu.Unlock()
	if v != tooSoon {
		s.tell()
	}
	switch {
	case v == wrong:
		s.ask(w, http.StatusUnauthorized, say.LanWrongCode(), to)
	case v == tooSoon:
		s.ask(w, http.StatusTooManyRequests, say.LanWait(), to)
	case v == shut:
		s.ask(w, http.StatusTooManyRequests, say.LanShut(), to)
	case value == "":
		s.ask(w, http.StatusServiceUnavailable, say.LanFull(), to)
	default:
		http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
		// The port may have been another project's before, whose pages have kept something in this browser.
		w.Header().Set("Clear-Site-Data", `"storage"`)
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, here(to), http.StatusSeeOther)
	}
}

// here is a path of this origin: the one that was asked for, or the first one when that leads elsewhere.
func here(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") {
		return "/"
	}
	return u.EscapedPath()
}

// ask shows the page that asks for the code, and then leads to a path. It says nothing of the board or the project.
func (s *Server) ask(w http.ResponseWriter, status int, what, to string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // with none, browsers would hide the form's origin, too
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "close") // whoever is not in holds nothing
	w.WriteHeader(status)
	w.Write([]byte(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Studio</title>
<style>:root{color-scheme:light dark}body{font:18px/1.6 system-ui,sans-serif;max-width:26em;margin:12vh auto;padding:0 1em}
input,button{font:inherit;padding:.4em .6em;border:1px solid GrayText;border-radius:8px}input{width:7em;letter-spacing:.15em;font-size:1.4em}</style>
<h1>Studio</h1><form method="post" action="` + codePath + `"><input type="hidden" name="to" value="` + html.EscapeString(here(to)) + `"><p id="what" role="status">` + html.EscapeString(what) + `</p><p><label>` + html.EscapeString(say.LanCode()) +
		`<br><input name="code" inputmode="numeric" autocomplete="one-time-code" autocapitalize="off" required autofocus aria-describedby="what"></label> <button>` + html.EscapeString(say.LanOpen()) + `</button></p></form></html>`))
}

// connKey is the context key of a request's connection.
type connKey struct{}

// below is the connection that carries TLS.
func below(c net.Conn) *conn {
	t, ok := c.(*tls.Conn)
	if !ok {
		return nil
	}
	raw, _ := t.NetConn().(*conn)
	return raw
}
