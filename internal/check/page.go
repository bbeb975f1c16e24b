package check

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"path"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	// From the HTML standard, 13.1.2: elements without an end tag, and those whose end tag may be left out.
	void     = set("area base br col embed hr img input link meta param source track wbr")
	optional = set("html head body li dt dd p rt rp optgroup option colgroup caption thead tbody tfoot tr td th")
	blocks   = set("address article aside blockquote details dialog div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul")
	known    = set(`a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption center cite code col colgroup data
		datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html
		i iframe img input ins kbd label legend li link main map mark marquee math menu meta meter nav nobr noframes noscript object ol optgroup option output p param
		picture pre progress q rp rt ruby s samp script search section select slot small source span strike strong style sub summary sup svg table tbody td template
		textarea tfoot th thead time title tr track tt u ul var video wbr`)
	tagNames = func() (names []string) {
		for n := range known {
			names = append(names, n)
		}
		sort.Strings(names)
		return names
	}()
)

// reader goes through a page.
type reader struct {
	name    string
	content []byte
	files   map[string]bool // of the project; nil: not known
	found   []api.Diagnostic

	open    []element
	counts  map[string]int // open elements by name
	forgive map[string]int // end tags that will come too late, by name
	ids     map[string]int // where each id was first
	foreign int            // inside svg or math
	told    map[int]bool   // start tags about whose end it was told already
	scripts int

	attributesNear map[string]string // what was meant by names that no attribute has

	labels []label

	cut int // where a tag begins that has swallowed others; -1: none
}

// label is a start tag of one, and the id of what it is for.
type label struct {
	of         string
	start, end int
}

type element struct {
	name       string
	start, end int // of its start tag
}

func page(name string, content []byte, project []string) []api.Diagnostic {
	r := &reader{name: name, content: content, counts: map[string]int{}, forgive: map[string]int{}, ids: map[string]int{}, told: map[int]bool{}, attributesNear: map[string]string{}, cut: -1}
	r.files = pathSet(project)
	r.whole()
	r.read()
	sort.SliceStable(r.found, func(i, j int) bool {
		a, b := r.found[i], r.found[j]
		return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
	})
	return r.found
}

// full says that enough was found: finding places takes time.
func (r *reader) full() bool { return len(r.found) >= 3*maxProblems }

func (r *reader) report(severity api.Severity, code string, start, end int, text, help string) *api.Diagnostic {
	if r.full() {
		return &api.Diagnostic{}
	}
	p := at(r.name, "html", r.content, start, end)
	p.Severity, p.Code, p.Text, p.Help = severity, "html."+code, text, help
	r.found = append(r.found, p)
	return &r.found[len(r.found)-1]
}

func (r *reader) read() {
	z := html.NewTokenizer(bytes.NewReader(r.content))
	z.SetMaxBuf(0)
	offset := 0
	var raw string // the element whose raw text comes next
	var rawTag []html.Attribute
	var rawAt int
	for {
		kind := z.Next()
		start := offset
		offset += len(z.Raw())
		end := min(offset, len(r.content))
		switch kind {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				r.finish(start, end)
			}
			return
		case html.TextToken:
			if raw != "" {
				r.inside(raw, rawTag, rawAt, start, end)
				raw = ""
			} else {
				r.plainText(string(r.content[start:end]), start)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			source := string(z.Raw())
			token := z.Token()
			r.attributes(token, source, start, end)
			if kind == html.SelfClosingTagToken && r.foreign == 0 {
				r.selfClosed(token.Data, source, start, end)
			}
			if kind == html.StartTagToken && r.endMeant(token, start, end) {
				continue
			}
			r.begin(token, kind == html.SelfClosingTagToken, start, end)
			r.swallow(source, start, end)
			raw = ""
			if token.Data == "script" || token.Data == "style" {
				raw, rawTag, rawAt = token.Data, token.Attr, start
			}
		case html.CommentToken:
			if name, is := strings.CutPrefix(string(r.content[start:end]), "</ "); is { // </ div>, which browsers take for a comment
				r.plainText("< /"+name, start)
			} else if c := z.Raw(); bytes.HasPrefix(c, []byte("<!--")) && !bytes.HasSuffix(c, []byte("-->")) && !bytes.HasSuffix(c, []byte("--!>")) {
				r.report(api.SeverityError, "comment", start, start+4, say.HtmlACommentBeginsWithHere(), say.HtmlAddWhereCommentEnds())
			}
		case html.EndTagToken:
			raw = ""
			name, _ := z.TagName()
			tag, source := string(name), string(z.Raw())
			if strings.Contains(source[1:], "<") {
				r.unfinished("/"+tag, source, start)
			}
			r.close(tag, start, end)
			r.swallow(source, start, end)
		}
	}
}

// begin opens an element, and closes those that end by themselves before it.
func (r *reader) begin(t html.Token, selfClosing bool, start, end int) {
	name := t.Data
	if name == "doctype" {
		p := r.report(api.SeverityError, "tag", start, oneLine(r.content, start, end), say.HtmlDoctype(), say.GoWrite("<!DOCTYPE html>"))
		p.Fix = fix(r.content, say.FixAdd("!"), start+1, start+1, "!")
		return
	}
	if next := r.content[start:end]; name == "h" && len(next) > 3 && next[2] == ' ' && next[3] >= '1' && next[3] <= '6' { // <h 1>
		p := r.report(api.SeverityError, "tag", start, start+4, say.HtmlThereNoTag("h"), say.DidYouMean("<h"+string(next[3])+">"))
		p.Fix = fix(r.content, say.FixChangeTo("h"+string(next[3])), start+1, start+4, "h"+string(next[3]))
		name = "h" + string(next[3])
	}
	if r.foreign == 0 && !r.full() && !known[name] && !strings.Contains(name, "-") && name != "" {
		text := say.HtmlThereNoTag(clip(name))
		near, ok := otherTags[name]
		if !ok {
			near, ok = explain.Near(name, tagNames)
		}
		if ok {
			p := r.report(api.SeverityWarning, "unknown-tag", start+1, start+1+len(name), text, say.DidYouMean("<"+near+">"))
			p.Fix = fix(r.content, say.FixChangeTo(near), start+1, start+1+len(name), near)
		} else {
			r.report(api.SeverityWarning, "unknown-tag", start+1, start+1+len(name), text, say.CssCheckItsSpelling())
		}
	}
	if void[name] || void[otherTags[name]] || selfClosing && r.foreign > 0 {
		return
	}
	if blocks[name] && r.counts["p"] > 0 && r.top() == "p" {
		r.pop()
		if name != "p" {
			r.forgive["p"]++
		}
	}
	for len(r.open) > 0 && ends(r.top(), name) {
		r.pop()
	}
	if name == "svg" || name == "math" {
		r.foreign++
	}
	r.open = append(r.open, element{name, start, end})
	r.counts[name]++
}

// ends says whether an open element ends by itself where next begins.
func ends(open, next string) bool {
	switch open {
	case "li":
		return next == "li"
	case "dt", "dd":
		return next == "dt" || next == "dd"
	case "option":
		return next == "option" || next == "optgroup"
	case "optgroup":
		return next == "optgroup"
	case "td", "th":
		return next == "td" || next == "th" || next == "tr" || next == "tbody" || next == "thead" || next == "tfoot"
	case "tr":
		return next == "tr" || next == "tbody" || next == "thead" || next == "tfoot"
	case "thead", "tbody", "tfoot", "caption", "colgroup":
		return next == "tbody" || next == "thead" || next == "tfoot" || next == "tr" && open != "tbody" && open != "thead" && open != "tfoot"
	case "rt", "rp":
		return next == "rt" || next == "rp"
	case "head":
		return next == "body"
	}
	return false
}

func (r *reader) top() string { return r.open[len(r.open)-1].name }

func (r *reader) pop() element {
	e := r.open[len(r.open)-1]
	r.open = r.open[:len(r.open)-1]
	r.counts[e.name]--
	if e.name == "svg" || e.name == "math" {
		r.foreign--
	}
	return e
}

// close ends an element; those still open inside it were forgotten.
func (r *reader) close(name string, start, end int) {
	switch {
	case name == "":
		return
	case void[name]:
		r.report(api.SeverityWarning, "end-tag", start, end, say.HtmlHasNoEndTag(name), "Remove </"+name+">.")
		return
	case r.counts[name] == 0 && r.forgive[name] > 0:
		r.forgive[name]--
		return
	case r.counts[name] == 0:
		if r.full() {
			return
		}
		if name == "html" || name == "head" || name == "body" || name == "p" && r.foreign == 0 {
			if name == "p" {
				r.report(api.SeverityWarning, "end-tag", start, end, say.HtmlTherePAndNoP(), say.HtmlRemoveItOrAddP())
			}
			return
		}
		text := say.HtmlThereAndNoBeforeIt(clip(name))
		p := r.report(api.SeverityError, "end-tag", start, end, text, say.HtmlRemoveItOrAddWhere(clip(name)))
		if len(r.open) > 0 {
			if near, ok := explain.Near(name, []string{r.top()}); ok {
				p.Help = say.DidYouMean("</" + near + ">")
				p.Fix = fix(r.content, say.FixChangeTo("</"+near+">"), start, end, "</"+near+">")
			}
		}
		return
	}
	for r.top() != name {
		e := r.pop()
		if optional[e.name] {
			continue
		}
		r.forgive[e.name]++
		if r.full() {
			continue
		}
		line, _ := explain.Position(r.content, start)
		r.unclosed(e, say.HtmlIsNotClosedBeforeIn(clip(e.name), name, line), start)
	}
	r.pop()
}

func (r *reader) unclosed(e element, text string, before int) {
	if r.full() || r.told[e.start] {
		return
	}
	p := r.report(api.SeverityError, "unclosed", e.start, e.end, text, say.HtmlAddWhereItEnds(clip(e.name)))
	if before > 0 {
		p.Fix = fix(r.content, "Add </"+e.name+">", before, before, "</"+e.name+">")
	}
}

// finish looks at what the end of the page cuts off.
func (r *reader) finish(start, end int) {
	rest := r.content[start:]
	if len(rest) > 1 && rest[0] == '<' && (rest[1] == '/' || isLetter(rest[1])) {
		stop := start + 1
		for stop < len(r.content) && stop < start+40 && r.content[stop] != '\n' {
			stop++
		}
		text, help := say.HtmlThisTagNeverFinished(), say.HtmlAddWhereItEnds2()
		if bytes.Count(rest, []byte{'"'})%2 == 1 || bytes.Count(rest, []byte{'\''})%2 == 1 {
			text, help = say.HtmlInThisTagQuoteMissing(), say.HtmlAddQuoteWhereValueEnds()
		}
		r.report(api.SeverityError, "quote", start, stop, text, help)
	}
	r.labelled()
	for len(r.open) > 0 {
		if e := r.pop(); !optional[e.name] {
			r.unclosed(e, say.HtmlIsNotClosed(clip(e.name)), 0)
		}
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

var swallowed = lazyregexp.New(`<[a-zA-Z/]`)

// attributes looks at quotes, ids and links of a start tag.
func (r *reader) attributes(t html.Token, source string, start, end int) {
	for i, a := range t.Attr {
		if i > 100 {
			return
		}
		if strings.Contains(a.Key, "<") && strings.Count(source, `"`)%2 == 0 && strings.Count(source, "'")%2 == 0 {
			r.unfinished(t.Data, source, start)
			return
		}
		switch {
		case strings.ContainsAny(a.Key, "\"'<") && r.oddQuotes(source, start):
			return
		case strings.ContainsAny(a.Key, "\"'<"):
			r.report(api.SeverityError, "quote", start, oneLine(r.content, start, end), say.HtmlInQuoteMissingOrOne(clip(t.Data)), say.HtmlWriteEachValueAsName())
			return
		case strings.ContainsAny(a.Key+a.Val, "“”„‟") && strings.ContainsAny(first(a.Val), "“”„‟"):
			p := r.report(api.SeverityError, "character", start, oneLine(r.content, start, end), say.HtmlAreNotQuotesThatPage(), say.HtmlUseStraightQuotes())
			if mended := documentQuotes.Replace(source); mended != source {
				p.Fix = fix(r.content, say.HtmlUseStraightQuotes2(), start, end, mended)
			}
			return
		case strings.Contains(a.Val, "\n") && swallowed().MatchString(a.Val) && !strings.HasPrefix(a.Key, "on") && a.Key != "srcdoc":
			r.report(api.SeverityError, "quote", start, oneLine(r.content, start, end), say.HtmlTheValueHasNoQuote(clip(a.Key)), say.HtmlAddWhereValueEnds())
			return
		}
		if a.Key == "for" && t.Data == "label" && a.Val != "" {
			r.labels = append(r.labels, label{a.Val, start, end})
		}
		if a.Key == "id" && a.Val != "" {
			if before, twice := r.ids[a.Val]; twice && !r.full() {
				line, _ := explain.Position(r.content, before)
				r.report(api.SeverityWarning, "duplicate-id", start, oneLine(r.content, start, end), say.HtmlTheIdThereAlreadyIn(strconv.Quote(clip(a.Val)), line), say.HtmlEachIdMustBeThere())
			} else {
				r.ids[a.Val] = start
			}
		}
	}
	r.styleAttribute(t, source, start)
	r.link(t, source, start, end)
	r.slips(t, source, start)
	r.tagMeant(t, source, start, end)
}

var documentQuotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`)

func first(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

func oneLine(content []byte, start, end int) int {
	if n := bytes.IndexByte(content[start:end], '\n'); n > 0 {
		return start + n
	}
	return end
}

// linkOf says which attribute of which tag names a file, and what kind of file.
var linkOf = map[string]string{"script": "src", "link": "href", "img": "src", "a": "href", "iframe": "src", "source": "src", "audio": "src", "video": "src", "embed": "src"}

// link looks whether the file that a tag names is in the project.
func (r *reader) link(t html.Token, source string, start, end int) {
	attribute, ok := linkOf[t.Data]
	if !ok || r.files == nil || r.full() || !strings.HasPrefix(r.name, "www/") {
		return
	}
	for _, a := range t.Attr {
		if a.Key != attribute {
			continue
		}
		mend := func(p *api.Diagnostic) { // by the file that was meant
			right, found := r.lookup(a.Val)
			for _, w := range attributesOf(source) {
				if found && w.name == attribute && w.value >= 0 && strings.HasPrefix(source[w.value:], a.Val) {
					p.Fix = fix(r.content, say.FixChangeTo(right), start+w.value, start+w.value+len(a.Val), right)
				}
			}
		}
		if m := thisHost().FindStringSubmatch(a.Val); m != nil {
			mend(r.report(api.SeverityWarning, "own-computer", start, oneLine(r.content, start, end), say.HtmlLocalhost(m[1]), say.HtmlLocalhostHelp(clip(path.Base("/"+m[2])))))
			return
		}
		target, ok := resolve(r.name, a.Val)
		if !ok || ownComputer().MatchString(a.Val) || r.files[target] || r.files[target+"/index.html"] {
			return
		}
		severity := api.SeverityError
		if t.Data == "a" || t.Data == "iframe" {
			severity = api.SeverityWarning
		}
		p := r.report(severity, "link", start, oneLine(r.content, start, end), say.HtmlThereNoFileInWww(clip(strings.TrimPrefix(target, "www/"))), say.HtmlMakeFileOrCorrectName())
		if strings.Contains(a.Val, `\`) {
			p.Text = say.HtmlBackslash()
		}
		if right, found := r.lookup(a.Val); found {
			p.Help = didYouMean(strings.TrimPrefix(target, "www/"), right)
		}
		mend(p)
		return
	}
}

// resolve turns a link of a page into a project path. ok is false for links that lead elsewhere.
func resolve(page, link string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || strings.HasSuffix(u.Path, "/") || strings.ContainsAny(link, "{}$") {
		return "", false
	}
	if strings.HasPrefix(u.Path, "/") {
		return path.Join("www", path.Clean(u.Path)), true
	}
	target := path.Clean("/" + strings.TrimPrefix(path.Dir(page), "www") + "/" + u.Path)
	return path.Join("www", target), true
}

var importLine = lazyregexp.New(`(?m)^[ \t]*(import\s+(?:[\w{*][^;\n]*\bfrom\s+)?["'][^"'\n]+["'])`)

// inside checks the text of a script or style element.
func (r *reader) inside(kind string, attrs []html.Attribute, tag, start, end int) {
	text := r.content[start:end]
	if len(bytes.TrimSpace(text)) == 0 {
		return
	}
	if r.scripts++; r.scripts > maxScripts {
		return
	}
	typ, src := "", false
	for _, a := range attrs {
		switch a.Key {
		case "type":
			typ = strings.ToLower(strings.TrimSpace(a.Val))
		case "src":
			src = true
		}
	}
	if kind == "style" {
		if typ == "" || typ == "text/css" {
			r.found = append(r.found, style(r.name, r.content, start, text)...)
			r.found = append(r.found, styleLinks(r.name, r.content, start, text, r.files)...)
		}
		return
	}
	switch typ {
	case "", "module", "text/javascript", "application/javascript", "application/ecmascript", "text/ecmascript":
	default:
		return // data or a template
	}
	if src && r.told[tag] {
		return
	}
	if src {
		r.report(api.SeverityWarning, "script", tag, start, say.HtmlThisScriptHasSrcWhat(), say.HtmlUseTwoScriptTagsOne())
		return
	}
	found := script(r.name, r.content, start, text, true)
	if len(found) == 0 && typ != "module" {
		if m := importLine().FindSubmatchIndex(text); m != nil {
			p := r.report(api.SeverityError, "module", start+m[2], start+m[3], say.HtmlImportWorksInModulesOnly(), say.HtmlWriteScriptTypeModule())
			p.Source = "js"
		}
	}
	r.found = append(r.found, found...)
}

func clip(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }
