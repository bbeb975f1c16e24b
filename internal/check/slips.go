package check

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// Slips in a page's tags: signs that are missing, one too many or another one, and names that are those of something else.

// otherTags are what people call elements.
var otherTags = map[string]string{"il": "li", "ui": "ul", "lo": "ol", "image": "img", "paragraph": "p", "para": "p", "heading": "h1", "title1": "h1", "bold": "b", "italic": "i",
	"underline": "u", "javascript": "script", "js": "script", "css": "style", "styles": "style", "textbox": "input", "checkbox": "input", "slider": "input", "dropdown": "select", "newline": "br", "linebreak": "br"}

// otherAttributes are what people call attributes, by tag ("" for all).
var otherAttributes = map[string]map[string]string{
	"img":    {"source": "src", "href": "src", "link": "src", "file": "src", "url": "src", "path": "src"},
	"script": {"source": "src", "href": "src", "link": "src", "file": "src", "url": "src", "path": "src"},
	"iframe": {"source": "src", "href": "src", "link": "src", "url": "src"},
	"audio":  {"source": "src", "href": "src", "file": "src"},
	"video":  {"source": "src", "href": "src", "file": "src"},
	"a":      {"link": "href", "src": "href", "url": "href", "to": "href", "file": "href"},
	"link":   {"src": "href", "source": "href", "url": "href", "file": "href", "link": "href"},
	"input":  {"text": "value"},
	"form":   {"href": "action", "src": "action"},
	"": {"click": "onclick", "onpress": "onclick", "onclicked": "onclick", "onpressed": "onclick", "ontouch": "ontouchstart", "onhover": "onmouseover", "onmouseclick": "onclick",
		"onchanged": "onchange", "colour": "color", "classname": "class"},
}

// otherInputs are what people call kinds of inputs.
var otherInputs = map[string]string{"slider": "range", "numeric": "number", "int": "number", "integer": "number", "float": "number", "string": "text", "textbox": "text", "textfield": "text",
	"colour": "color", "tick": "checkbox", "toggle": "checkbox", "switch": "checkbox", "phone": "tel", "link": "url"}

// alone are elements that cannot be inside of another one of their kind.
var alone = set("a button form label select textarea")

// ownText are elements inside of which the same one makes no sense; when it is begun twice, its end was meant.
var ownText = set("a b button em h1 h2 h3 h4 h5 h6 i label strong title u small option")

// written is an attribute as it stands in the source of a tag.
type written struct {
	name       string
	start, end int // of the name
	value      int // where the value begins, behind its quote; -1: there is none
}

// attributesOf splits the source of a start tag, however odd.
func attributesOf(source string) (list []written) {
	n := strings.IndexAny(source, " \t\r\n")
	for n >= 0 && n < len(source) && len(list) < 100 {
		m := attribute().FindStringSubmatchIndex(source[n:])
		if m == nil {
			return list
		}
		w := written{strings.ToLower(source[n+m[2] : n+m[3]]), n + m[2], n + m[3], -1}
		if m[6] >= 0 {
			w.value = n + m[6]
			if q := source[w.value]; q == '"' || q == '\'' {
				w.value++
			}
		}
		list = append(list, w)
		n += m[1]
	}
	return list
}

var (
	noEquals     = lazyregexp.New(`\s([A-Za-z][\w-]*)\s*:?\s*("[^"<>=]*"|'[^'<>=]*')`)
	quotesInside = lazyregexp.New(`\s(on\w+)\s*=\s*"([^"<>=]*\()"([^"<>=]*)"(\)[^"<>=]*)"`)
	commaBetween = lazyregexp.New(`["']\s*(,)\s*[A-Za-z][\w-]*\s*=`)
	quotedValue  = lazyregexp.New(`"[^"]*"|'[^']*'`)
)

// oddQuotes tells what is wrong with a tag whose quotes cannot be paired, if that is seen.
func (r *reader) oddQuotes(source string, start int) bool {
	if m := quotesInside().FindStringSubmatchIndex(source); m != nil {
		name := source[m[2]:m[3]]
		instead := name + `="` + source[m[4]:m[5]] + "'" + source[m[6]:m[7]] + "'" + source[m[8]:m[9]] + `"`
		p := r.report(api.SeverityError, "quote", start+m[2], start+m[1], say.HtmlQuotesInside(name), say.GoWrite(clip(instead)))
		p.Fix = fix(r.content, say.FixChangeTo(clip(instead)), start+m[2], start+m[1], instead)
		return true
	}
	if m := noEquals().FindStringSubmatchIndex(source); m != nil && knownAttribute()[strings.ToLower(source[m[2]:m[3]])] {
		name := source[m[2]:m[3]]
		instead := name + "=" + source[m[4]:m[5]]
		p := r.report(api.SeverityError, "quote", start+m[2], start+m[5], say.HtmlEqualsMissing(name), say.GoWrite(clip(instead)))
		p.Fix = fix(r.content, say.FixChangeTo(clip(instead)), start+m[2], start+m[5], instead)
		return true
	}
	return false
}

// slips looks at a start tag that can be read.
func (r *reader) slips(t html.Token, source string, start int) {
	if r.foreign > 0 || r.full() || strings.Contains(t.Data, "-") {
		return
	}
	values := func(v string) string { return v[:1] + strings.Repeat("x", len(v)-2) + v[:1] }
	for _, m := range commaBetween().FindAllStringSubmatchIndex(quotedValue().ReplaceAllStringFunc(source, values), 20) {
		p := r.report(api.SeverityWarning, "attribute", start+m[2], start+m[3], say.HtmlAttributeComma(), say.GoRemoveIt())
		p.Fix = fix(r.content, say.GoRemove(","), start+m[2], start+m[3], "")
	}
	has := map[string]bool{}
	list := attributesOf(source)
	for _, a := range list {
		if has[a.name] && !strings.ContainsAny(a.name, "@:") {
			r.report(api.SeverityWarning, "attribute", start+a.start, start+a.end, say.HtmlHasTwiceOnlyFirstOne(clip(t.Data), clip(a.name)), say.HtmlRemoveOneThem())
		}
		has[a.name] = true
	}
	for _, a := range list {
		from, to := start+a.start, start+a.end
		right := otherAttributes[t.Data][a.name]
		if right == "" && !knownAttribute()[a.name] {
			right = otherAttributes[""][a.name]
		}
		switch {
		case right != "" && !has[right]:
			p := r.report(api.SeverityWarning, "unknown-attribute", from, to, say.HtmlAttributeOf(t.Data, a.name), say.DidYouMean(right))
			p.Fix = fix(r.content, say.FixChangeTo(right), from, to, right)
		case t.Data == "style" && (a.name == "src" || a.name == "href") && a.value >= 0:
			r.report(api.SeverityWarning, "rel", from, to, say.HtmlStyleFile(), say.GoWrite(`<link rel="stylesheet" href="…">`))
		case (a.name == "class" && strings.HasPrefix(source[max(a.value, 0):], ".") || a.name == "id" && strings.HasPrefix(source[max(a.value, 0):], "#")) && a.value >= 0:
			p := r.report(api.SeverityWarning, "sign", start+a.value, start+a.value+1, say.HtmlSign(source[a.value:a.value+1]), say.GoRemoveIt())
			p.Fix = fix(r.content, say.GoRemove(source[a.value:a.value+1]), start+a.value, start+a.value+1, "")
		}
	}
	if alone[t.Data] && r.counts[t.Data] > 0 && !(ownText[t.Data] && len(list) == 0) && !r.ended(t.Data) {
		r.report(api.SeverityWarning, "nested", start, oneLine(r.content, start, start+len(source)), say.HtmlNested(t.Data), say.HtmlNestedHelp(t.Data))
	}
}

// ended tells whether an open element is only open because its end tag is missing, which is told there.
func (r *reader) ended(name string) bool {
	rest := r.content[r.open[len(r.open)-1].end:]
	return strings.Count(string(rest[:min(len(rest), 1<<16)]), "</"+name) == 0
}

var (
	blankTag     = lazyregexp.New(`<[ \t]+(/?[A-Za-z][A-Za-z0-9]*)\b[^<>\n]*>`)
	backslashTag = lazyregexp.New(`<\\([A-Za-z][A-Za-z0-9]*)>`)
	scriptText   = lazyregexp.New(`(?m)^[ \t]*(?:(?:async[ \t]+)?function[ \t]+\w+[ \t]*\([^)\n]*\)[ \t]*\{|(?:let|const|var)[ \t]+\w+[ \t]*=[^\n]*;|document\.\w+\(|console\.log\()`)
	styleText    = lazyregexp.New(`(?m)^[ \t]*[.#]?[A-Za-z][\w.#: -]*[ \t]*\{\s*[a-z-]+[ \t]*:[^{}]*\}`)
)

// plainText looks at what a browser shows, for tags that are none, and for code.
func (r *reader) plainText(text string, start int) {
	if r.full() || r.foreign > 0 || r.counts["pre"]+r.counts["code"]+r.counts["textarea"]+r.counts["template"]+r.counts["samp"]+r.counts["kbd"] > 0 {
		return
	}
	for _, m := range blankTag().FindAllStringSubmatchIndex(text, 10) {
		name := strings.ToLower(strings.TrimPrefix(text[m[2]:m[3]], "/"))
		if !known[name] || len(name) == 1 && name != "p" || strings.HasPrefix(text[m[2]:m[3]], "/") != (text[m[2]] == '/') {
			continue
		}
		p := r.report(api.SeverityError, "tag", start+m[0], start+m[1], say.HtmlBlankInTag(), say.GoWrite("<"+text[m[2]:m[3]]))
		p.Fix = fix(r.content, say.FixChangeTo("<"+text[m[2]:m[3]]), start+m[0], start+m[3], "<"+text[m[2]:m[3]])
		r.assume(text[m[2]:m[3]], start+m[0], start+m[1])
	}
	for _, m := range backslashTag().FindAllStringSubmatchIndex(text, 10) {
		name := strings.ToLower(text[m[2]:m[3]])
		if known[name] {
			p := r.report(api.SeverityError, "tag", start+m[0], start+m[1], say.HtmlBackslashTag(), say.GoWrite("</"+name+">"))
			p.Fix = fix(r.content, say.FixChangeTo("</"+name+">"), start+m[0], start+m[1], "</"+name+">")
			r.assume("/"+name, start+m[0], start+m[1])
		}
	}
	code := func(pattern lazyregexp.Regexp, language func() string, tag string) bool {
		m := pattern().FindStringIndex(text)
		if m == nil {
			return false
		}
		from := start + m[0] + len(text[m[0]:]) - len(strings.TrimLeft(text[m[0]:], " \t\n"))
		r.report(api.SeverityWarning, "code", from, oneLine(r.content, from, start+m[1]), say.HtmlCodeAsText(language()), say.HtmlCodeAsTextHelp(tag))
		return true
	}
	if !code(scriptText, func() string { return "JavaScript" }, "script") {
		code(styleText, func() string { return "CSS" }, "style")
	}
}

// assume reads on as if a tag stood there, "p" or "/p".
func (r *reader) assume(name string, start, end int) {
	if closing, is := strings.CutPrefix(strings.ToLower(name), "/"); is && r.counts[closing] == 0 {
		return
	} else if is {
		r.close(closing, start, end)
	} else {
		r.begin(html.Token{Data: strings.ToLower(name)}, false, start, end)
	}
}

// endMeant: <b>bold<b>, whose second tag was to be the end.
func (r *reader) endMeant(t html.Token, start, end int) bool {
	if len(r.open) == 0 || len(t.Attr) > 0 || !ownText[t.Data] || r.top() != t.Data || r.full() {
		return false
	}
	before := r.open[len(r.open)-1]
	between := string(r.content[before.end:start])
	rest := string(r.content[end:min(len(r.content), end+4096)])
	if strings.TrimSpace(between) == "" || strings.Contains(between, "\n") || r.endedLater(t.Data, rest) {
		return false
	}
	p := r.report(api.SeverityError, "unclosed", start, end, say.HtmlEndMeant(t.Data), say.DidYouMean("</"+t.Data+">"))
	p.Fix = fix(r.content, say.FixChangeTo("</"+t.Data+">"), start, end, "</"+t.Data+">")
	r.pop()
	return true
}

// endedLater tells whether both elements have their ends behind.
func (r *reader) endedLater(name, rest string) bool {
	line, _, _ := strings.Cut(rest, "\n")
	return strings.Contains(strings.ToLower(line), "</"+name)
}

// labelled looks whether there is what labels are for. Scripts may make it, so only names that are a slip away from
// another one are told.
func (r *reader) labelled() {
	var ids []string
	for id := range r.ids {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, l := range r.labels {
		near, ok := explain.Near(l.of, ids)
		if _, has := r.ids[l.of]; has || !ok {
			continue
		}
		p := r.report(api.SeverityWarning, "label", l.start, oneLine(r.content, l.start, l.end), say.HtmlLabelFor(clip(l.of)), say.DidYouMean(near))
		for _, w := range attributesOf(string(r.content[l.start:l.end])) {
			if w.name == "for" && w.value >= 0 {
				p.Fix = fix(r.content, say.FixChangeTo(near), l.start+w.value, l.start+w.value+len(l.of), near)
			}
		}
	}
}

var (
	ownComputer = lazyregexp.New(`^(?:file:|/?[A-Za-z]:[\\/]|/(?:home|Users|Desktop)/)`)
	thisHost    = lazyregexp.New(`^(?:https?:)?//(localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?(/[^?#]*)?`)
)

// lookup is the file of www/ that an address was meant to name, and how the page writes it. ok is false when there is none.
func (r *reader) lookup(link string) (right string, ok bool) {
	link = strings.ReplaceAll(link, `\`, "/")
	if _, below, is := strings.Cut(link, "www/"); is {
		link = "/" + below
	} else if m := thisHost().FindStringSubmatch(link); m != nil {
		link = m[2]
	} else if ownComputer().MatchString(link) {
		link = "/" + path.Base(link)
	}
	u, err := url.Parse(link)
	if err != nil || u.Path == "" {
		return "", false
	}
	target, is := resolve(r.name, u.Path)
	if !is {
		return "", false
	}
	if !r.files[target] {
		var names []string
		for f := range r.files {
			if strings.HasPrefix(f, "www/") {
				names = append(names, f)
			}
		}
		slices.Sort(names)
		near := ""
		for _, f := range names {
			if strings.EqualFold(f, target) || near == "" && path.Base(f) == path.Base(target) {
				near = f
			}
		}
		if near == "" {
			near, is = explain.Near(target, names)
		}
		if near == "" || !is {
			return "", false
		}
		target = near
	}
	up := strings.Repeat("../", strings.Count(strings.TrimPrefix(r.name, "www/"), "/"))
	return up + strings.TrimPrefix(target, "www/"), true
}
