package check

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// whole looks at what the file is at all.
func (r *reader) whole() {
	text := bytes.TrimSpace(r.content)
	if len(text) == 0 {
		r.report(api.SeverityWarning, "empty", 0, len(r.content), say.HtmlThePageEmptyBrowserShows(), say.HtmlWriteWhatItShowsAs())
		return
	}
	if bytes.IndexByte(text, '<') >= 0 && !bytes.HasPrefix(text, []byte("package ")) {
		return
	}
	start := bytes.Index(r.content, text)
	end := oneLine(r.content, start, len(r.content))
	if bytes.HasPrefix(text, []byte("package ")) {
		r.report(api.SeverityError, "go", start, end, say.HtmlThisGoProgramNotPage(), say.HtmlItBelongsIntoMainGo())
		return
	}
	if name, _, ok := explain.ForeignProgram(text); ok {
		r.report(api.SeverityError, "language", start, end, say.HtmlThisNotPage(name), say.HtmlAPageWrittenInHtml())
	}
}

var flags = set("async autofocus autoplay checked controls default defer disabled download hidden inert ismap loop multiple muted novalidate open playsinline readonly required reversed selected")

// unfinished tells a tag that runs into the next one because its > is missing.
func (r *reader) unfinished(name, source string, start int) {
	if start > 0 && (isLetter(r.content[start-1]) || r.content[start-1] >= '0' && r.content[start-1] <= '9') && !strings.HasPrefix(name, "/") && len(name) == 1 { // if a<b then
		p := r.report(api.SeverityError, "tag", start, start+1, say.HtmlLessThan(), say.HtmlLessThanHelp())
		p.Fix = fix(r.content, say.FixChangeTo("&lt;"), start, start+1, "&lt;")
		r.told[start] = true
		r.cut = start
		return
	}
	r.cut = start
	stop := start + 1 + strings.IndexByte(source[1:], '<')
	at := start + tagLength(source)
	p := r.report(api.SeverityError, "tag", start, oneLine(r.content, start, max(stop, start+1)), say.HtmlTheMissing(clip(name)), say.HtmlWriteWhereTagEnds())
	if at <= stop {
		p.Fix = fix(r.content, say.FixAdd(">"), at, at, ">")
	}
}

var innerTag = lazyregexp.New(`<(/?)([a-zA-Z][\w-]*)`)

// swallow opens and closes what an unfinished tag has swallowed, so that the rest of the page is read as it was meant.
func (r *reader) swallow(source string, start, end int) {
	if r.cut != start || start == end {
		return
	}
	r.cut = -1
	for _, m := range innerTag().FindAllStringSubmatch(source[1:], 20) {
		if name := strings.ToLower(m[2]); m[1] == "" {
			r.begin(html.Token{Data: name}, false, start, end)
		} else {
			r.close(name, start, end)
		}
	}
}

var attribute = lazyregexp.New(`^\s+([a-zA-Z_:][\w:.-]*)(\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=]+))?`)

// tagLength is how far a tag without > reaches: its name, and what follows that is an attribute beyond doubt.
func tagLength(source string) int {
	n := 1
	for n < len(source) && source[n] != ' ' && source[n] != '\t' && source[n] != '\n' && source[n] != '\r' && source[n] != '<' {
		n++
	}
	for {
		m := attribute().FindStringSubmatch(source[n:])
		if m == nil || m[2] == "" && !flags[strings.ToLower(m[1])] {
			return n
		}
		n += len(m[0])
	}
}

// styleAttribute checks style="…".
func (r *reader) styleAttribute(t html.Token, source string, start int) {
	for _, a := range t.Attr {
		if a.Key != "style" || strings.Contains(a.Val, "{") {
			continue
		}
		if at := strings.Index(source, a.Val); a.Val != "" && at > 0 && r.scripts < maxScripts {
			r.scripts++
			r.found = append(r.found, styleValues(r.name, r.content, start+at, []byte(a.Val), true)...)
		}
	}
}

var goInScript = lazyregexp.New(`(?m)^[ \t]*(package\s+main\b|func\s+(?:main\s*\(\s*\)|\w+\s*\([^)]*\))\s*\{|board\.(?:On\w+|LED|Serve|Every|Broadcast|Configure)\b|import\s+"studio/board")`)

// goCode finds a Go program inside a script.
func goCode(name string, file []byte, base int, code []byte) (api.Diagnostic, bool) {
	m := goInScript().FindIndex(code)
	if m == nil {
		return api.Diagnostic{}, false
	}
	start := base + m[0]
	for start < base+m[1] && (file[start] == ' ' || file[start] == '\t') {
		start++
	}
	p := at(name, "js", file, start, base+m[1])
	p.Severity, p.Code = api.SeverityError, "js.go"
	p.Text = say.HtmlThisGoPagesScriptJavascript()
	p.Help = say.HtmlWhatBoardDoesStandsIn()
	return p, true
}
