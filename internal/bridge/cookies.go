package bridge

import (
	"net/http"
	"strings"
)

// Cookies know no ports: a browser keeps one set of them for all servers of a
// host, which are Studio, the pages of every project, and whatever else this
// computer serves. So each project's cookies carry its mark while they are in
// the browser ("page-3f2a91c0.theme"): the proxy adds it and takes it off again,
// and hands nothing else on to the board. page.js does the same for
// document.cookie. Programs that are no browsers keep cookies as they are.

// ownerMark begins the names of an owner's cookies; "" has none.
func ownerMark(owner string) string {
	if owner == "" {
		return ""
	}
	return "page-" + owner + "."
}

// cookieMark is that of the cookies that r may carry.
func (p *Proxy) cookieMark(r *http.Request) string {
	if r == nil || r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return ownerMark(p.owner)
}

// isStudioCookie knows the names of Studio's own cookies: "studio-8080" of the
// Studio on that port, "__Host-studio-43117" of the listener for other devices.
func isStudioCookie(name string) bool {
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "__host-")
	return name == "studio" || strings.HasPrefix(name, "studio-")
}

// boardCookies returns Cookie header values for the board: those that carry
// mark, without it; without a mark all but Studio's own.
func boardCookies(values []string, mark string) []string {
	var out []string
	for _, v := range values {
		var keep []string
		for _, part := range strings.Split(v, ";") {
			part = strings.TrimSpace(part)
			name, _, _ := strings.Cut(part, "=")
			own, ok := strings.CutPrefix(part, mark)
			if ok && part != "" && (mark != "" || !isStudioCookie(name)) {
				keep = append(keep, own)
			}
		}
		if len(keep) > 0 {
			out = append(out, strings.Join(keep, "; "))
		}
	}
	return out
}

// pageCookies returns Set-Cookie header values for the browser: with mark, and
// for this host alone; without a mark all but those that would replace Studio's own.
func pageCookies(values []string, mark string) []string {
	var out []string
	for _, v := range values {
		name, _, _ := strings.Cut(v, "=")
		name, _, _ = strings.Cut(name, ";")
		if mark == "" {
			if !isStudioCookie(name) {
				out = append(out, v)
			}
			continue
		}
		parts := strings.Split(v, ";")
		keep := parts[:1]
		for _, attribute := range parts[1:] {
			name, _, _ := strings.Cut(attribute, "=")
			if !strings.EqualFold(strings.TrimSpace(name), "Domain") {
				keep = append(keep, attribute)
			}
		}
		out = append(out, mark+strings.TrimLeft(strings.Join(keep, ";"), " \t"))
	}
	return out
}
