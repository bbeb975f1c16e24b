package check

import (
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// attributeNames are those of pages; only a name that is a typing mistake away from one of them is told.
var attributeNames = sync.OnceValue(func() []string {
	return strings.Fields(`accept action alt autocomplete autofocus charset checked class cols colspan content controls data disabled download
	for form height hidden href id label lang list loop max maxlength method min minlength multiple muted name novalidate pattern placeholder poster
	readonly rel required rows rowspan selected size src srcset start step style tabindex target title type value width wrap
	onclick onchange oninput onkeydown onkeyup onload onmousedown onmouseup onmouseover onsubmit ontouchstart ontouchend`)
})

var inputTypes = sync.OnceValue(func() []string {
	return strings.Fields("button checkbox color date datetime-local email file hidden image month number password radio range reset search submit tel text time url week")
})

var (
	knownAttribute = sync.OnceValue(func() map[string]bool {
		return set(strings.Join(attributeNames(), " ") + ` abbr accesskey align allow allowfullscreen as async autoplay autocapitalize background bgcolor border capture cellpadding cellspacing cite
		color compact contenteditable coords crossorigin datetime decoding default defer dir dirname draggable enctype enterkeyhint face fetchpriority formaction formenctype formmethod formnovalidate
		formtarget frameborder headers high hreflang hspace http-equiv imagesizes imagesrcset inert inputmode integrity is ismap itemid itemprop itemref itemscope itemtype kind link loading low
		marginheight marginwidth media nomodule nonce noshade nowrap open optimum part ping playsinline popover popovertarget popovertargetaction preload property referrerpolicy reversed role
		rules sandbox scope scrolling shape shadowrootmode sizes slot span spellcheck srcdoc srclang summary text translate usemap valign version vlink vspace xmlns prefix about typeof resource blocking`)
	})
	bareName = lazyregexp.New(`^\s*[A-Za-z_$][\w$]*\s*;?\s*$`)
)

// tagMeant looks at a start tag that a browser takes, and that does something else than was meant.
func (r *reader) tagMeant(t html.Token, source string, start, end int) {
	if r.foreign > 0 || r.full() || strings.Contains(t.Data, "-") {
		return
	}
	attrs := map[string]string{}
	place := func(key string) (int, int) { // of an attribute's name
		at := strings.Index(strings.ToLower(source), key)
		if at < 0 {
			return start, oneLine(r.content, start, end)
		}
		return start + at, start + at + len(key)
	}
	for _, a := range t.Attr {
		attrs[a.Key] = a.Val
		switch {
		case !knownAttribute()[a.Key] && !strings.ContainsAny(a.Key, "-:.@_") && len(a.Key) >= 3:
			near := r.nearAttribute(a.Key)
			if near == "" || strings.HasPrefix(near, a.Key) && len(near) > len(a.Key)+1 || strings.HasPrefix(a.Key, "on") && !strings.HasPrefix(near, "on") {
				continue
			}
			from, to := place(a.Key)
			p := r.report(api.SeverityWarning, "unknown-attribute", from, to, say.HtmlNoAttribute(clip(a.Key)), say.DidYouMean(near))
			p.Fix = fix(r.content, say.FixChangeTo(near), from, to, near)
		case a.Key == "id" && strings.ContainsAny(strings.TrimSpace(a.Val), " \t"):
			from, to := place(a.Key)
			r.report(api.SeverityWarning, "id", from, to, say.HtmlIdBlank(), say.HtmlIdBlankHelp(clip(strings.Join(strings.Fields(a.Val), "-"))))
		case strings.HasPrefix(a.Key, "on") && bareName().MatchString(a.Val) && !strings.HasPrefix(strings.TrimSpace(a.Val), "return"):
			from, to := place(a.Key)
			name := strings.Trim(strings.TrimSpace(a.Val), "; ")
			p := r.report(api.SeverityWarning, "not-called", from, to, say.HtmlNotCalled(clip(name)), say.GoWrite(a.Key+"=\""+clip(name)+"()\""))
			if at := strings.Index(source, a.Val); at > 0 {
				p.Fix = fix(r.content, say.FixAdd("()"), start+at, start+at+len(a.Val), name+"()")
			}
		case a.Key == "type" && t.Data == "input" && a.Val != "":
			near, ok := otherInputs[strings.ToLower(a.Val)]
			if !ok {
				near, ok = explain.Near(strings.ToLower(a.Val), inputTypes())
			}
			if ok && !slices.Contains(inputTypes(), strings.ToLower(a.Val)) {
				from, to := place(a.Key)
				p := r.report(api.SeverityWarning, "input-type", from, to, say.HtmlNoInputType(clip(a.Val)), say.DidYouMean(near))
				if at := strings.Index(source, a.Val); at > 0 {
					p.Fix = fix(r.content, say.FixChangeTo(near), start+at, start+at+len(a.Val), near)
				}
			}
		case (a.Key == "src" || a.Key == "href") && ownComputer().MatchString(a.Val) && !r.files["www/"+strings.TrimPrefix(a.Val, "/")]:
			from, to := place(a.Key)
			p := r.report(api.SeverityWarning, "own-computer", from, to, say.HtmlOwnComputer(), say.HtmlOwnComputerHelp())
			if right, ok := r.lookup(a.Val); ok {
				if at := strings.Index(source, a.Val); at > 0 {
					p.Help = say.DidYouMean(right)
					p.Fix = fix(r.content, say.FixChangeTo(right), start+at, start+at+len(a.Val), right)
				}
			}
		}
	}
	switch t.Data {
	case "link":
		if _, has := attrs["rel"]; !has && strings.EqualFold(path.Ext(attrs["href"]), ".css") {
			p := r.report(api.SeverityWarning, "rel", start, oneLine(r.content, start, end), say.HtmlNoRel(), say.GoWrite(`<link rel="stylesheet" href="`+clip(attrs["href"])+`">`))
			p.Fix = fix(r.content, say.FixAdd(`rel="stylesheet"`), start+len("<link"), start+len("<link"), ` rel="stylesheet"`)
		}
	case "script":
		if strings.EqualFold(path.Ext(attrs["src"]), ".css") {
			r.report(api.SeverityWarning, "rel", start, oneLine(r.content, start, end), say.HtmlStyleAsScript(), say.GoWrite(`<link rel="stylesheet" href="`+clip(attrs["src"])+`">`))
		}
	case "button":
		_, typed := attrs["type"]
		if r.counts["form"] > 0 && !typed && attrs["onclick"] != "" && !strings.Contains(attrs["onclick"], "return false") && !strings.Contains(attrs["onclick"], "preventDefault") {
			p := r.report(api.SeverityWarning, "form-button", start, oneLine(r.content, start, end), say.HtmlFormButton(), say.GoWrite(`<button type="button" …>`))
			p.Fix = fix(r.content, say.FixAdd(`type="button"`), start+len("<button"), start+len("<button"), ` type="button"`)
		}
	}
}

// maxUnknown is how many names of attributes are looked at that are not known: a page with more has names of its own.
const maxUnknown = 100

// nearAttribute is the attribute that was meant by a name; "": the name may well be meant itself.
func (r *reader) nearAttribute(name string) string {
	near, known := r.attributesNear[name]
	if known || len(r.attributesNear) >= maxUnknown {
		return near
	}
	near, _ = explain.Near(name, attributeNames())
	if len(name) < 8 && !explain.Slip(name, near) {
		near = ""
	}
	r.attributesNear[name] = near
	return near
}

// selfClosed: <script src="x.js" />, behind which a browser takes all for the script.
func (r *reader) selfClosed(name, source string, start, end int) {
	switch name {
	case "script", "style", "textarea", "title", "iframe", "div", "span", "button", "a", "p":
	default:
		return
	}
	at := strings.LastIndex(source, "/")
	if at < 0 {
		return
	}
	if len(r.open) > 0 && r.top() == name && !strings.ContainsAny(source, " \t\n") { // <p>Hello<p/>
		p := r.report(api.SeverityError, "end-tag", start, end, say.HtmlSelfClosing(name), say.DidYouMean("</"+name+">"))
		p.Fix = fix(r.content, say.FixChangeTo("</"+name+">"), start, end, "</"+name+">")
		return
	}
	r.told[start] = true
	severity := api.SeverityWarning
	if name == "script" || name == "style" || name == "textarea" || name == "title" || name == "iframe" {
		severity = api.SeverityError
	}
	p := r.report(severity, "self-closing", start+at, start+at+1, say.HtmlSelfClosing(name), say.HtmlSelfClosingHelp(name))
	p.Fix = fix(r.content, say.FixAdd("</"+name+">"), start+at, end, "></"+name+">")
}
