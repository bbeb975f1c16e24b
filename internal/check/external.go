package check

import (
	"bytes"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// External is an address on the internet that a file of a page names.
type External struct {
	Address    string // as a whole: "https://cdn.example/chart.js", also where the file writes "//cdn.example/chart.js"
	Start, End int    // bytes of the file that hold it
	Kind       string // what is wanted: "script", "module" (imported by a script), "style", "image", "font", "page", or "call" (asked while the page runs)
	Integrity  string // the integrity attribute beside it

	IntegrityStart, IntegrityEnd int // bytes of that attribute, 0, 0 without one
}

// OnInternet reports whether a host is on the internet rather than this
// computer's or one of its local network.
func OnInternet(host string) bool {
	host = strings.Trim(strings.ToLower(strings.TrimSuffix(host, ".")), "[]")
	if a, err := netip.ParseAddr(host); err == nil {
		return !(a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified())
	}
	for _, end := range []string{".local", ".lan", ".home", ".box", ".localdomain", ".home.arpa", ".localhost", ".internal"} {
		if strings.HasSuffix(host, end) {
			return false
		}
	}
	return strings.Contains(host, ".")
}

// Externals finds the addresses on the internet that a page, script or style
// sheet needs, in the order of the file. Links that people follow are none.
func Externals(name string, content []byte) []External {
	if len(content) > maxFile {
		return nil
	}
	f := &externals{content: content}
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		f.page()
	case ".css":
		f.style(0, len(content))
	case ".js", ".mjs":
		f.script(0, len(content))
	}
	return f.found
}

type externals struct {
	content []byte
	found   []External
}

func (f *externals) add(kind string, start, end int) *External {
	text := html.UnescapeString(string(f.content[start:end]))
	if strings.HasPrefix(text, "//") {
		text = "https:" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || !OnInternet(u.Hostname()) || strings.ContainsAny(u.Host, "{}$%<>") || len(f.found) >= 5*maxProblems {
		return nil
	}
	switch u.Scheme {
	case "http", "https":
	case "ws", "wss":
		kind = "call"
	default:
		return nil
	}
	f.found = append(f.found, External{Address: text, Start: start, End: end, Kind: kind})
	return &f.found[len(f.found)-1]
}

func (f *externals) page() {
	z := html.NewTokenizer(bytes.NewReader(f.content))
	z.SetMaxBuf(0)
	offset, raw := 0, ""
	for {
		kind := z.Next()
		start := offset
		offset += len(z.Raw())
		end := min(offset, len(f.content))
		switch kind {
		case html.ErrorToken:
			return
		case html.TextToken:
			switch raw {
			case "style":
				f.style(start, end)
			case "script":
				f.script(start, end)
			case "importmap":
				f.matches("module", importMap(), start, end)
			}
			raw = ""
		case html.StartTagToken, html.SelfClosingTagToken:
			raw = f.tag(z.Token(), start, end)
		default:
			raw = ""
		}
	}
}

// tag looks at a start tag, and says as what the text behind it is read.
func (f *externals) tag(t html.Token, start, end int) (raw string) {
	attrs := map[string]string{}
	for _, a := range t.Attr {
		attrs[a.Key] = a.Val
	}
	attribute, kind := "src", ""
	switch t.Data {
	case "script":
		if kind = "script"; attrs["type"] == "module" {
			kind = "module"
		}
		switch strings.ToLower(attrs["type"]) {
		case "", "module", "text/javascript", "application/javascript":
			raw = "script"
		case "importmap":
			raw = "importmap"
		}
	case "link":
		attribute = "href"
		for _, rel := range strings.Fields(strings.ToLower(attrs["rel"])) {
			switch rel {
			case "stylesheet":
				kind = "style"
			case "icon", "apple-touch-icon":
				kind = "image"
			case "modulepreload":
				kind = "module"
			}
		}
	case "img", "input":
		kind = "image"
	case "iframe", "embed", "frame", "audio", "video", "source":
		kind = "page"
	case "style":
		raw = "style"
	}
	if kind != "" && attrs[attribute] != "" {
		if from, to := f.value(attribute, attrs[attribute], start, end); from > 0 {
			if e := f.add(kind, from, to); e != nil && attrs["integrity"] != "" {
				e.Integrity = attrs["integrity"]
				if from, to := f.value("integrity", attrs["integrity"], start, end); from > 0 {
					e.IntegrityStart, e.IntegrityEnd = from, to
				}
			}
		}
	}
	for _, a := range t.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			if from, to := f.value(a.Key, a.Val, start, end); from > 0 {
				if a.Key == "style" {
					f.style(from, to)
				} else {
					f.script(from, to)
				}
			}
		}
	}
	return raw
}

// value finds the bytes of an attribute's value in its tag; 0, 0: not found.
func (f *externals) value(key, value string, start, end int) (int, int) {
	for _, written := range []string{value, strings.ReplaceAll(value, "&", "&amp;")} {
		find := regexp.MustCompile(`(?i)[\s"'/]` + regexp.QuoteMeta(key) + `\s*=\s*["']?\s*(` + regexp.QuoteMeta(strings.TrimSpace(written)) + `)`)
		if m := find.FindSubmatchIndex(f.content[start:end]); m != nil {
			return start + m[2], start + m[3]
		}
	}
	return 0, 0
}

var (
	cssComment = lazyregexp.New(`(?s)/\*.*?\*/`)
	cssImport  = lazyregexp.New(`(?i)@import\s+(?:url\(\s*)?["']?((?:https?:)?//[^"'\s)]+)`)
	cssFont    = lazyregexp.New(`(?is)@font-face\s*\{[^}]*\}`)
	cssURL     = lazyregexp.New(`(?i)url\(\s*["']?((?:https?:)?//[^"'\s)]+)`)

	importMap  = lazyregexp.New(`"((?:https?:)//[^"\s]+)"`)
	jsComment  = lazyregexp.New(`(?m)^\s*//.*$|(?s)/\*.*?\*/`)
	jsImport   = lazyregexp.New(`(?m)^\s*(?:import|export)\b[^"';]*["']((?:https?:)?//[^"'\s]+)["']`)
	jsDynamic  = lazyregexp.New("\\bimport\\s*\\(\\s*[\"'`](https?://[^\"'`\\s$]+)")
	jsImported = lazyregexp.New(`\bimportScripts\s*\(\s*["']((?:https?:)?//[^"'\s]+)`)
	jsCall     = lazyregexp.New("\\b(?:fetch|EventSource|WebSocket|sendBeacon|open)\\s*\\(\\s*(?:[\"'](?:GET|POST|PUT|get|post)[\"']\\s*,\\s*)?[\"'`]((?:https?|wss?)://[^\"'`\\s$]+)")
)

// blank replaces what comments match by blanks, so that places stay.
func blank(text []byte, comments *regexp.Regexp) []byte {
	return comments.ReplaceAllFunc(text, func(c []byte) []byte { return bytes.Repeat([]byte{' '}, len(c)) })
}

func (f *externals) matches(kind string, find *regexp.Regexp, start, end int) {
	f.matchesIn(f.content[start:end], kind, find, start)
}

func (f *externals) matchesIn(text []byte, kind string, find *regexp.Regexp, start int) {
	for _, m := range find.FindAllSubmatchIndex(text, 5*maxProblems) {
		f.add(kind, start+m[2], start+m[3])
	}
}

func (f *externals) style(start, end int) {
	text := blank(f.content[start:end], cssComment())
	f.matchesIn(text, "style", cssImport(), start)
	fonts := cssFont().FindAllIndex(text, -1)
	for _, m := range cssURL().FindAllSubmatchIndex(text, 5*maxProblems) {
		if from := bytes.LastIndexAny(text[:m[0]], ";}{"); strings.Contains(strings.ToLower(string(text[from+1:m[0]])), "@import") {
			continue // told already
		}
		kind := "image"
		for _, font := range fonts {
			if m[0] >= font[0] && m[1] <= font[1] {
				kind = "font"
			}
		}
		f.add(kind, start+m[2], start+m[3])
	}
}

func (f *externals) script(start, end int) {
	text := blank(f.content[start:end], jsComment())
	f.matchesIn(text, "module", jsImport(), start)
	f.matchesIn(text, "module", jsDynamic(), start)
	f.matchesIn(text, "script", jsImported(), start)
	f.matchesIn(text, "call", jsCall(), start)
}

// Fetchable reports whether the file could lie in www/ as well.
func (e External) Fetchable() bool { return e.Kind != "call" && e.Kind != "page" }

// Internet warns of what a file needs from the internet: whoever opens the page
// in the board's own network has none.
func Internet(name string, content []byte) []api.Diagnostic {
	var found []api.Diagnostic
	for _, e := range Externals(name, content) {
		u, err := url.Parse(e.Address)
		if err != nil || len(found) >= maxProblems {
			break
		}
		p := at(name, "html", content, e.Start, oneLine(content, e.Start, e.End))
		if ext := strings.ToLower(path.Ext(name)); ext == ".css" || ext == ".js" {
			p.Source = ext[1:]
		}
		p.Severity, p.Code = api.SeverityWarning, "page.internet"
		file := path.Base(u.Path)
		switch {
		case e.Kind == "call":
			p.Text = say.HtmlThePageAsksWhichOn(clip(u.Hostname()))
			p.Help = say.CallLetBoardsProgramGivePage()
		case e.Fetchable():
			if file == "/" || file == "." {
				file = u.Hostname()
			}
			p.Text = say.HtmlLiesOnInternetPhoneIn(clip(file), clip(u.Hostname()))
			p.Help = say.HtmlFetchItIntoWwwSo()
			p.Library = e.Address
		default:
			p.Text = say.HtmlThePageShowsSomethingWhich(clip(u.Hostname()))
			p.Help = say.HtmlDoWithoutOrPutIt()
		}
		found = append(found, p)
	}
	return found
}
