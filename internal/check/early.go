package check

import (
	"bytes"
	"path"
	"strings"

	"golang.org/x/net/html"

	"studioide/internal/api"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// looked is an element that a script looks for while it is loaded, and not in a function that is called later.
type looked struct {
	id         string
	start, end int // bytes of the script: the id
}

// looksAtOnce finds them.
func looksAtOnce(code []byte) (list []looked) {
	s := &spokenScript{meaning: meaning{tokens: jsTokens(0, code)}}
	s.match()
	s.outline()
	for i := range s.tokens {
		if !s.is(i, "document", ".", "*", "(", "*", ")") {
			continue
		}
		text, ok := quoted(s.tokens[i+4])
		switch {
		case !ok:
			continue
		case s.text(i+2) == "getElementById":
		case s.text(i+2) == "querySelector" && strings.HasPrefix(text, "#") && !strings.ContainsAny(text, " .>:[,"):
			text = text[1:]
		default:
			continue
		}
		later := false
		for _, f := range s.functions {
			later = later || f.begin <= i && i < f.end
		}
		if !later && s.text(i+6) != "?." && text != "" {
			list = append(list, looked{text, s.tokens[i+4].start, s.tokens[i+4].end})
		}
	}
	return list
}

var givenID = lazyregexp.New(`(?i)\bid\s*=\s*["']?([^"'\s>]+)["'\s>]`)

// tooEarly tells scripts of a page that look for elements which come further down.
func tooEarly(name string, content []byte, scripts []neighbour) (found []api.Diagnostic) {
	z := html.NewTokenizer(bytes.NewReader(content))
	z.SetMaxBuf(0)
	offset, inline := 0, false
	bare := bytes.Clone(content) // without scripts and comments
	type script struct {
		start, end int // of its tag, or its text
		file       string
		code       []byte
	}
	var list []script
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			bare[i] = ' '
		}
	}
	for {
		kind := z.Next()
		start := offset
		if offset += len(z.Raw()); kind == html.ErrorToken || len(list) > maxScripts {
			break
		}
		switch kind {
		case html.CommentToken:
			blank(start, offset)
		case html.TextToken:
			if inline {
				list = append(list, script{start: start, end: offset, code: content[start:offset]})
				blank(start, offset)
			}
			inline = false
		case html.StartTagToken:
			token := z.Token()
			if inline = token.Data == "script"; !inline {
				continue
			}
			src, waits := "", false
			for _, a := range token.Attr {
				switch a.Key {
				case "src":
					src, inline = a.Val, false
				case "defer", "async":
					waits = waits || src != "" || strings.Contains(string(content[start:offset]), "src")
				case "type":
					waits = waits || a.Val != "" && !strings.Contains(a.Val, "javascript")
				}
			}
			target, ok := resolve(name, src)
			for _, s := range scripts {
				if ok && !waits && s.path == target {
					list = append(list, script{start, offset, path.Base(target), s.content})
				}
			}
			inline = inline && !waits
		}
	}
	first := map[string]int{} // where the page gives an id, in small letters
	for _, m := range givenID().FindAllSubmatchIndex(bare, -1) {
		id := strings.ToLower(string(bare[m[2]:m[3]]))
		if _, is := first[id]; !is {
			first[id] = m[0]
		}
	}
	for _, s := range list {
		for _, l := range looksAtOnce(s.code) {
			here, given := first[strings.ToLower(l.id)]
			if !given || here < s.end || len(found) >= maxProblems {
				continue
			}
			from, to := s.start+l.start, s.start+l.end
			if s.file != "" {
				from, to = s.start, oneLine(content, s.start, s.end)
			}
			p := at(name, "html", content, from, to)
			p.Severity, p.Code, p.Text, p.Help = api.SeverityWarning, "html.early", say.HtmlEarly(clip(l.id)), say.HtmlEarlyHelp()
			if s.file != "" {
				p.Text, p.Help = say.HtmlEarlyFile(s.file, clip(l.id)), say.HtmlEarlyFileHelp()
				p.Fix = fix(content, say.FixAdd("defer"), s.start+len("<script"), s.start+len("<script"), " defer")
				found = append(found, p)
				break
			}
			found = append(found, p)
		}
	}
	return found
}
