package bridge

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"studioide/ui/src/words/say"
)

// ownHost checks a Host header: one of this origin's own names with its port.
func (p *Proxy) ownHost(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil || port != strconv.Itoa(p.Port()) {
		return false
	}
	switch strings.ToLower(name) {
	case "localhost":
		return true
	case "127.0.0.1":
		return true
	case "::1":
		return strings.HasPrefix(host, "[")
	}
	return false
}

// ownOrigin checks an Origin header.
func (p *Proxy) ownOrigin(origin string) bool {
	host, ok := strings.CutPrefix(origin, "http://")
	return ok && p.ownHost(host)
}

// foreign says why a request that a page of another origin causes is not passed
// on; "" when it may pass. Boards often switch things on a plain GET, so images
// and fetches of foreign pages are refused too. What may come from elsewhere is
// opening a page: a link, and Studio's preview. Programs that are not browsers
// send neither header and pass.
func (p *Proxy) foreign(r *http.Request) string {
	site, mode := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode")
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	if (site == "cross-site" || site == "same-site") && (mode != "navigate" || !safe) {
		return refusal(r, say.BridgeAPageAnotherOrigin())
	}
	if site == "same-origin" || site == "none" {
		return "" // the browser vouches for it; a form under no-referrer has Origin: null
	}
	if origin := r.Header.Get("Origin"); origin != "" && !p.ownOrigin(origin) && !(safe && mode == "navigate") {
		return refusal(r, say.BridgeAPage(originWords(origin)))
	}
	return ""
}

func refusal(r *http.Request, who string) string {
	return say.BridgeTriedToReachBoardThrough(who, r.Method, cutText(r.URL.Path, 100))
}

// originWords names an Origin header's value.
func originWords(origin string) string {
	if origin == "null" || strings.HasPrefix(origin, "file:") {
		return say.BridgeAFileThatWasOpened()
	}
	return cutText(origin, 200)
}

// refuse answers 403 and tells the watcher why.
func (p *Proxy) refuse(w http.ResponseWriter, why string) {
	p.emitError(http.StatusForbidden, 0, why)
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, why, http.StatusForbidden)
}

// canonical is where a page opened by IP address moves to, "" to stay. A page
// has one address, and with it one storage: localhost, or that of Studio's own
// host where Studio's page leads to it (ui/src/preview/place.ts says when).
func (p *Proxy) canonical(r *http.Request) string {
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Header.Get("Sec-Fetch-Mode") != "navigate" || site == "same-site" || site == "same-origin" || strings.HasPrefix(strings.ToLower(r.Host), "localhost:") {
		return ""
	}
	return strings.TrimSuffix(p.URL(), "/") + (&url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}).RequestURI()
}

func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
