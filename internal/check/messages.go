package check

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// Messages are texts that a page sends and the program compares with: whoever writes LEDon here and LEDOn there is told by
// nobody else. Only what differs by a typing mistake is looked at; all others may be meant.

// handled is a text that the program compares messages with.
type handled struct {
	text       string
	start, end int // bytes of the Go file, without the quotes
}

// program is what the Go code of a project does with texts.
type program struct {
	handled []handled
	literal map[string]bool // all its texts, whatever for
	folded  bool            // it makes small letters of messages first
}

// add reads a Go file: what it compares are the cases of switches and what stands beside ==.
func (p *program) add(content []byte) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", content, parser.SkipObjectResolution)
	if err != nil {
		return
	}
	add := func(e ast.Expr) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		if text, err := strconv.Unquote(lit.Value); err == nil && len(text) >= 2 && len(text) <= 60 {
			at := set.Position(lit.Pos()).Offset
			p.handled = append(p.handled, handled{text, at + 1, at + len(lit.Value) - 1})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				p.literal[text] = true
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				add(e)
			}
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				add(n.X)
				add(n.Y)
			}
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Fold" || sel.Sel.Name == "ToLower" || sel.Sel.Name == "EqualFold") {
				p.folded = true
			}
		}
		return true
	})
}

// mistyped returns the one of names that was meant by a text. One that differs by its numbers alone is another one.
func mistyped(text string, names []string) (string, bool) {
	letters := func(s string) string { return strings.Trim(s, "0123456789") }
	near, ok := explain.Near(text, names)
	return near, ok && letters(near) != letters(text)
}

// given tells whether a text is what a function or the value of an element is given, and so may become a message; most
// other texts of a page are for its readers.
func given(content []byte, t handled) bool {
	before := content[max(0, t.start-41):max(0, t.start-1)]
	return givenTo().Match(before) && !shownBy().Match(before)
}

var (
	givenTo = lazyregexp.New(`(?:\(\s*|\b(?:value|data-[\w-]+)\s*=\s*)$`)
	shownBy = lazyregexp.New(`(?:console\.\w+|alert|confirm|prompt|getElement\w+|querySelector\w*|createElement|createTextNode|\w+EventListener|[gs]etAttribute|[gs]etItem)\(\s*$`)
)

// texts are the literals of a page or script that find names, with their places.
func texts(content []byte, sent bool) (list []handled) {
	find := anyText
	if sent {
		find = sentText
	}
	for _, pattern := range find {
		for _, m := range pattern().FindAllSubmatchIndex(content, 2000) {
			for g := 2; g < len(m); g += 2 {
				if m[g] >= 0 {
					list = append(list, handled{string(content[m[g]:m[g+1]]), m[g], m[g+1]})
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b handled) int { return a.start - b.start })
	return list
}

// unheard tells messages of a page that the program, which compares with another spelling, does not take.
func unheard(name string, content []byte, takes program) (found []api.Diagnostic) {
	if len(takes.handled) == 0 {
		return nil
	}
	var names []string
	folded := map[string]string{}
	for _, h := range takes.handled {
		names = append(names, h.text)
		folded[strings.ToLower(h.text)] = h.text
	}
	sent, all := texts(content, true), texts(content, false)
	says := map[string]bool{}
	for _, t := range all {
		says[t.text] = true
	}
	told := map[int]bool{} // lines
	lines := lineEnds(content)
	for i, t := range append(sent, all...) {
		near, ok := folded[strings.ToLower(t.text)]
		line, _ := slices.BinarySearch(lines, t.start)
		switch {
		case takes.literal[t.text] || takes.folded && ok || told[line] || len(found) >= maxProblems:
			continue
		case i < len(sent) && !ok:
			near, ok = mistyped(t.text, names)
		case i >= len(sent):
			ok = ok && !says[near] && given(content, t)
		}
		if !ok {
			continue
		}
		told[line] = true
		p := at(name, "js", content, t.start, t.end)
		p.Severity, p.Code = api.SeverityWarning, "page.message"
		p.Text, p.Help = say.PageMessageNotHandled(clip(t.text), clip(near)), say.DidYouMean(near)
		p.Fix = fix(content, say.FixChangeTo(near), t.start, t.end, near)
		found = append(found, p)
	}
	return found
}

func lineEnds(content []byte) (list []int) {
	for i, c := range content {
		if c == '\n' {
			list = append(list, i)
		}
	}
	return list
}

// neverSent tells texts that a Go file compares with, and that pages send in another spelling. others is the rest of the
// program.
func neverSent(name string, content []byte, others program, pages []byte) (found []api.Diagnostic) {
	own := program{literal: others.literal, folded: others.folded}
	own.add(content)
	said, folded := map[string]bool{}, map[string]string{}
	var sent []string
	all := texts(pages, false)
	for _, t := range all {
		said[t.text] = true
	}
	for _, t := range all {
		if !own.literal[t.text] && given(pages, t) {
			folded[strings.ToLower(t.text)] = t.text
		}
	}
	for _, t := range texts(pages, true) {
		if !own.literal[t.text] && !slices.Contains(sent, t.text) {
			sent = append(sent, t.text)
		}
	}
	heard := func(text string) bool {
		return said[text] || own.folded && folded[strings.ToLower(text)] != ""
	}
	for _, h := range own.handled {
		if heard(h.text) || len(found) >= maxProblems {
			continue
		}
		near, ok := folded[strings.ToLower(h.text)]
		if !ok {
			near, ok = mistyped(h.text, sent)
		}
		if !ok {
			continue
		}
		p := at(name, "go", content, h.start, h.end)
		p.Severity, p.Code = api.SeverityWarning, "go.message"
		p.Text, p.Help = say.GoMessageNeverSent(clip(h.text), clip(near)), say.DidYouMean(near)
		p.Fix = fix(content, say.FixChangeTo(near), h.start, h.end, near)
		found = append(found, p)
	}
	return found
}

func pageFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".html" || ext == ".htm"
}

func scriptFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".js" || ext == ".mjs"
}

// neighbour is another file of the project.
type neighbour struct {
	path    string
	content []byte
}

func joined(lists ...[]neighbour) []byte {
	var all []byte
	for _, list := range lists {
		for _, n := range list {
			all = append(append(all, n.content...), '\n')
		}
	}
	return all
}

var (
	scriptSrc  = lazyregexp.New(`(?i)<script\b[^<>]*?\ssrc\s*=\s*["']?([^"'\s<>]+)`)
	importFrom = lazyregexp.New(`\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']`)
)

// loads are the project's scripts that a page or script names as its own.
func (n neighbour) loads() (paths []string) {
	for _, pattern := range []lazyregexp.Regexp{scriptSrc, importFrom} {
		for _, m := range pattern().FindAllSubmatch(n.content, 1000) {
			if target, ok := resolve(n.path, string(m[1])); ok {
				paths = append(paths, target)
			}
		}
	}
	return paths
}

// loading are the pages that load a script, themselves, through a module, or in a way that only its name betrays; all
// pages, when none seems to.
func loading(script string, pages, scripts []neighbour) (found []neighbour) {
	next := map[string][]string{}
	for _, s := range scripts {
		next[s.path] = s.loads()
	}
	for _, p := range pages {
		reached := p.loads()
		for i := 0; i < len(reached) && reached[i] != script; i++ {
			for _, more := range next[reached[i]] {
				if !slices.Contains(reached, more) {
					reached = append(reached, more)
				}
			}
		}
		if slices.Contains(reached, script) || bytes.Contains(p.content, []byte(path.Base(script))) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return pages
	}
	return found
}

// FileOf is FileIn for who can read the project's other files as well: elements that scripts look for are found in the
// pages, and messages that pages send are compared with those that the program takes.
func FileOf(name string, content []byte, in Project) []api.Diagnostic {
	found := FileIn(name, content, in.Paths)
	if in.Read == nil || len(content) > maxFile {
		return found
	}
	broken := slices.ContainsFunc(found, func(p api.Diagnostic) bool { return p.Severity == api.SeverityError })
	ext, inWWW := strings.ToLower(path.Ext(name)), strings.HasPrefix(name, "www/")
	isGo, isPage, isScript := ext == ".go", inWWW && pageFile(name), inWWW && scriptFile(name)
	if !isPage && !isScript && (!isGo || broken) { // with its shape broken, the rest would be guesswork
		return found
	}
	var code []byte
	var programs [][]byte
	var pages, scripts []neighbour
	size := 0
	others := program{literal: map[string]bool{}}
	for _, p := range in.Paths {
		if p == name { // as it is written now, which need not be saved
			continue
		}
		if size > 4*maxFile {
			return found // what is not read may have what seems to be missing
		}
		switch www := strings.HasPrefix(p, "www/"); {
		case www && pageFile(p):
			pages = append(pages, neighbour{p, in.Read(p)})
			size += len(pages[len(pages)-1].content)
		case www && scriptFile(p):
			scripts = append(scripts, neighbour{p, in.Read(p)})
			size += len(scripts[len(scripts)-1].content)
		case path.Ext(p) == ".go" && !strings.HasSuffix(p, "_test.go"):
			file := in.Read(p)
			others.add(file)
			programs = append(programs, file)
			code = append(append(code, file...), '\n')
			size += len(file)
		}
	}
	if isGo {
		near := neverSent(name, content, others, joined(pages, scripts))
		found = append(append(found, near...), unsaid(name, content, programs, slices.Concat(pages, scripts), in, near)...)
		return found[:min(len(found), maxProblems)]
	}
	www := slices.Concat(pages, scripts)
	if isPage {
		pages = nil
	}
	if isScript {
		pages = loading(name, pages, scripts)
	}
	found = withoutServed(found, content, others.literal)
	made := slices.Concat(content, []byte("\n"), joined(pages, scripts))
	found = withoutMeant(found, content, made)
	if broken {
		return found
	}
	if isPage {
		found = append(found, tooEarly(name, content, scripts)...)
	}
	if isPage || len(pages) > 0 {
		found = append(found, missingIDs(name, content, string(append(made, code...)))...)
	}
	near := unheard(name, content, others)
	found = append(append(found, near...), unmet(name, content, programs, www, others.literal, near)...)
	return found[:min(len(found), maxProblems)]
}

// withoutServed leaves out links to what no file of www/ is, because the program answers there.
func withoutServed(found []api.Diagnostic, content []byte, literals map[string]bool) []api.Diagnostic {
	return slices.DeleteFunc(found, func(p api.Diagnostic) bool {
		if p.Code != "html.link" {
			return false
		}
		line := bytes.Split(content, []byte("\n"))[p.Line-1]
		for text := range literals {
			if _, name, ok := strings.Cut(text, "/"); ok && name != "" && bytes.Contains(line, []byte(name)) {
				return true
			}
		}
		return false
	})
}

var (
	declared  = lazyregexp.New(`(?:\b(?:function|class|let|const|var)\s+|\bthis\.|\bwindow\.)([\w$]+)`)
	asked     = lazyregexp.New(`(?:Attribute\(\s*["']|\[)([\w-]+)`)
	submitted = lazyregexp.New(`(?i)\bonsubmit\b|["']submit["']\s*,|\bpreventDefault\b|method\s*=\s*["']?dialog`)
)

// withoutMeant leaves out what the page's scripts, wherever they stand, show to be meant: names that one of them makes,
// attributes that it asks for, and forms that it does not let go.
func withoutMeant(found []api.Diagnostic, content, all []byte) []api.Diagnostic {
	if len(found) == 0 {
		return found
	}
	names := func(pattern lazyregexp.Regexp) map[string]bool {
		m := map[string]bool{}
		for _, n := range pattern().FindAllSubmatch(all, 20000) {
			m[string(n[1])] = true
		}
		return m
	}
	own, attributes := names(declared), names(asked)
	submits := submitted().Match(all)
	lines := strings.Split(string(content), "\n")
	return slices.DeleteFunc(found, func(p api.Diagnostic) bool {
		marked := func() string {
			line := utf16.Encode([]rune(lines[p.Line-1]))
			return string(utf16.Decode(line[p.Column-1 : p.EndColumn-1]))
		}
		switch p.Code {
		case "html.form-button":
			return submits
		case "js.print", "js.loan", "js.capitals":
			return own[marked()]
		case "html.unknown-attribute":
			return attributes[marked()]
		}
		return false
	})
}
