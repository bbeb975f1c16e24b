package bridge

import (
	"context"
	"net/http"
	"strings"
)

// The board's origin can have another address besides that on this computer: the
// one at which devices of the local network see it, over TLS (package lan, which
// has let them in). Here a request that came by it becomes one for the address on
// this computer, so that everything behind this has one origin to compare with,
// and the board sees one host, however its page is opened.

// outsideKey is the context key of the origin by which a request came.
type outsideKey struct{}

// outsideOf is the origin by which r came, "" for this computer's.
func outsideOf(r *http.Request) string {
	if r == nil {
		return ""
	}
	origin, _ := r.Context().Value(outsideKey{}).(string)
	return origin
}

// ServeOutside is ServeHTTP for requests that came by origin, "https://192.168.1.5:8443".
func (p *Proxy) ServeOutside(w http.ResponseWriter, r *http.Request, origin string) {
	own := strings.TrimSuffix(p.URL(), "/")
	scheme, host, _ := strings.Cut(origin, "://")
	if own == "" || scheme != "https" || host == "" || r.Host != host {
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	r = r.Clone(context.WithValue(r.Context(), outsideKey{}, origin))
	r.Host = strings.TrimPrefix(own, "http://")
	r.TLS = nil
	for i, from := range r.Header["Origin"] {
		switch {
		case from == origin:
			r.Header["Origin"][i] = own
		case p.ownOrigin(from): // on that device, this is an address of its own
			r.Header["Origin"][i] = "null"
		}
	}
	if path, ok := strings.CutPrefix(r.Header.Get("Referer"), origin+"/"); ok {
		r.Header.Set("Referer", own+"/"+path)
	} else {
		r.Header.Del("Referer")
	}
	p.ServeHTTP(w, r)
}

// toOwn makes an address of one that a page tells which came by origin.
func (p *Proxy) toOwn(address, origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || !strings.HasPrefix(rest, host) {
		return address
	}
	rest = rest[len(host):]
	if rest != "" && !strings.ContainsAny(rest[:1], "/?#") {
		return address
	}
	own := strings.TrimPrefix(strings.TrimSuffix(p.URL(), "/"), "http://")
	switch scheme {
	case "https", "http":
		return "http://" + own + rest
	case "wss", "ws":
		return "ws://" + own + rest
	}
	return address
}
