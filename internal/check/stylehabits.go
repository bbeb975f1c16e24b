package check

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/css"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// What is meant by CSS that cannot be read, by the line in which the parser stumbles.

var (
	roundRule    = lazyregexp.New(`^[^{}()\[\];]*([(\[])\s*[\w-]+\s*:`)
	bareMedia    = lazyregexp.New(`^@media\s+((?:min-|max-)?(?:width|height)\s*:\s*[\w.]+)\s*\{`)
	blankPseudo  = lazyregexp.New(`\w:(\s+)([a-z-]+)\s*(?:\{|,|$)`)
	digitName    = lazyregexp.New(`([.#])(\d[\w-]*)`)
	scriptInside = lazyregexp.New(`(?m)^\s*(?:(?:async\s+)?function\s+\w+\s*\(|(?:let|const|var)\s+\w+\s*=|document\.|console\.)`)
)

// lineAround is where the line of a place begins and ends.
func lineAround(file []byte, at int) (begin, end int) {
	begin = bytes.LastIndexByte(file[:at], '\n') + 1
	end = len(file)
	if n := bytes.IndexByte(file[at:], '\n'); n >= 0 {
		end = at + n
	}
	return begin, end
}

// styleHabit puts what was meant in place of what the parser says.
func styleHabit(p *api.Diagnostic, file []byte, base int, code []byte, start int) {
	begin, end := lineAround(file, start)
	if begin = max(begin, base); end-begin > 1000 || end < begin {
		return
	}
	line := string(file[begin:end])
	tell := func(from, to int, text, help string) {
		*p = withRange(*p, file, begin+from, begin+to)
		p.Text, p.Help = text, help
	}
	if m := scriptInside().FindStringIndex(line); m != nil {
		tell(len(line)-len(strings.TrimLeft(line, " \t")), len(strings.TrimRight(line, " \t\r")), say.CssInStyle(), say.CssInStyleHelp())
		return
	}
	switch {
	case strings.HasPrefix(p.Raw, `Expected ":"`) && strings.HasPrefix(strings.TrimLeft(line[start-begin:], " \t"), "="):
		equals := start + strings.Index(line[start-begin:], "=")
		before := strings.TrimRight(line[:equals-begin], " \t")
		tell(equals-begin, equals-begin+1, say.CssEquals(), say.GoWrite(clip(before[strings.LastIndexAny(before, " \t{;")+1:])+": …"))
		p.Fix = fix(file, say.FixChangeTo(":"), equals, equals+1, ":")
	case strings.HasPrefix(p.Raw, `Expected "}" to go with`):
		if open, ok := unclosedIn(code, false); ok && code[open] == '{' {
			row, _ := explain.Position(file, base+open)
			*p = withRange(*p, file, base+open, base+open+1)
			p.Text, p.Help = say.JsTheInLineNeverClosed("{", row), say.JsAddWhereItEnds("}")
		}
	default:
		if m := bareMedia().FindStringSubmatchIndex(line); m != nil {
			tell(m[2], m[3], say.CssMediaBrackets(), say.GoWrite("@media ("+line[m[2]:m[3]]+")"))
			p.Fix = fix(file, say.FixAdd("( )"), begin+m[2], begin+m[3], "("+line[m[2]:m[3]]+")")
		} else if m := roundRule().FindStringSubmatchIndex(line); m != nil && strings.HasPrefix(p.Raw, "Unexpected") {
			tell(m[2], m[3], say.CssRoundBraces(), say.GoWrite("{"))
		} else if m := blankPseudo().FindStringSubmatchIndex(line); m != nil && (pseudoClasses[line[m[4]:m[5]]] || pseudoElements[line[m[4]:m[5]]]) {
			tell(m[2]-1, m[5], say.CssBlankAfterColon(line[m[4]:m[5]]), say.GoWrite(":"+line[m[4]:m[5]]))
			p.Fix = fix(file, say.FixChangeTo(":"+line[m[4]:m[5]]), begin+m[2]-1, begin+m[5], ":"+line[m[4]:m[5]])
		} else if m := digitName().FindStringSubmatchIndex(line); m != nil && begin+m[2] <= start+1 && start <= begin+m[5] {
			name := line[m[2]:m[3]] + "n" + line[m[4]:m[5]]
			tell(m[2], m[5], say.CssNameDigit(), say.CssNameDigitHelp(name))
		}
	}
}

// styleLinks finds files that a style sheet names, and that are not there. project: the paths of all files.
func styleLinks(name string, file []byte, base int, code []byte, project map[string]bool) (found []api.Diagnostic) {
	if project == nil || !strings.HasPrefix(name, "www/") {
		return nil
	}
	tokens := (&styleReader{name: name, file: file}).scan(base, code)
	var names []string
	for i, t := range tokens {
		if t.kind != css.URLToken && (t.kind != css.StringToken || i < 2 || strings.ToLower(tokens[i-2].text) != "@import" && strings.ToLower(tokens[i-1].text) != "@import") {
			continue
		}
		link := t.text
		if inner, is := strings.CutPrefix(strings.ToLower(link), "url("); is {
			link = strings.TrimSuffix(link[len(link)-len(inner):], ")")
		}
		link = strings.Trim(strings.TrimSpace(link), `"'`)
		target, ok := resolve(name, link)
		if !ok || project[target] || link == "" || strings.HasPrefix(link, "#") || len(found) >= maxProblems {
			continue
		}
		if names == nil {
			for f := range project {
				if strings.HasPrefix(f, "www/") {
					names = append(names, f)
				}
			}
			slices.Sort(names)
		}
		p := at(name, "css", file, t.start, t.end)
		p.Severity, p.Code, p.Text, p.Help = api.SeverityWarning, "css.link", say.HtmlThereNoFileInWww(clip(strings.TrimPrefix(target, "www/"))), say.HtmlMakeFileOrCorrectName()
		if near, ok := explain.Near(target, names); ok {
			p.Help = didYouMean(strings.TrimPrefix(target, "www/"), strings.TrimPrefix(near, "www/"))
			if path.Dir(near) == path.Dir(target) {
				right := strings.TrimSuffix(link, path.Base(link)) + path.Base(near)
				if at := strings.Index(t.text, link); at >= 0 {
					p.Fix = fix(file, say.FixChangeTo(right), t.start+at, t.start+at+len(link), right)
				}
			}
		}
		found = append(found, p)
	}
	return found
}
