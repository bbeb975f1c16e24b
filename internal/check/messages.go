package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
	"studioide/ui/src/words/say"
)

// Messages are texts that a page sends and the program compares with: whoever writes LEDon here and LEDOn there is told by
// nobody else. Only what differs by a typing mistake is looked at; all others may be meant.

// handled is a text that the program compares messages with.
type handled struct {
	text       string
	start, end int // bytes of the Go file, without the quotes
}

// compared finds them in a Go file: the cases of switches and what stands beside ==. folded: the program makes small
// letters of messages first.
func compared(content []byte) (list []handled, folded bool) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", content, parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	add := func(e ast.Expr) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		if text, err := strconv.Unquote(lit.Value); err == nil && len(text) >= 2 && len(text) <= 60 {
			at := set.Position(lit.Pos()).Offset
			list = append(list, handled{text, at + 1, at + len(lit.Value) - 1})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
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
				folded = true
			}
		}
		return true
	})
	return list, folded
}

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
func unheard(name string, content []byte, program []handled, folded bool) (found []api.Diagnostic) {
	var names []string
	for _, h := range program {
		names = append(names, h.text)
	}
	same := func(a, b string) bool { return a == b || folded && strings.EqualFold(a, b) }
	if len(names) == 0 {
		return nil
	}
	sent := texts(content, true)
	for _, t := range append(sent, texts(content, false)...) {
		if slices.ContainsFunc(names, func(n string) bool { return same(n, t.text) }) || len(found) >= maxProblems {
			continue
		}
		near, ok := "", false
		for _, n := range names {
			if strings.EqualFold(n, t.text) {
				near, ok = n, true
			}
		}
		if !ok && slices.Contains(sent, t) {
			near, ok = explain.Near(t.text, names)
		}
		if !ok || slices.ContainsFunc(found, func(p api.Diagnostic) bool { line, _ := explain.Position(content, t.start); return p.Line == line }) {
			continue
		}
		p := at(name, "js", content, t.start, t.end)
		p.Severity, p.Code = api.SeverityWarning, "page.message"
		p.Text, p.Help = say.PageMessageNotHandled(clip(t.text), clip(near)), say.DidYouMean(near)
		p.Fix = fix(content, say.FixChangeTo(near), t.start, t.end, near)
		found = append(found, p)
	}
	return found
}

// neverSent tells texts that the program compares with, and that pages send in another spelling.
func neverSent(name string, content []byte, pages []byte) (found []api.Diagnostic) {
	program, folded := compared(content)
	var spoken, sent []string
	for _, t := range texts(pages, false) {
		spoken = append(spoken, t.text)
	}
	for _, t := range texts(pages, true) {
		sent = append(sent, t.text)
	}
	for _, h := range program {
		if slices.ContainsFunc(spoken, func(s string) bool { return s == h.text || folded && strings.EqualFold(s, h.text) }) || len(found) >= maxProblems {
			continue
		}
		near, ok := "", false
		for _, s := range spoken {
			if strings.EqualFold(s, h.text) {
				near, ok = s, true
			}
		}
		if !ok {
			near, ok = explain.Near(h.text, sent)
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

// FileOf is FileIn for who can read the project's other files as well: elements that scripts look for are found in the
// pages, and messages that pages send are compared with those that the program takes.
func FileOf(name string, content []byte, in Project) []api.Diagnostic {
	found := FileIn(name, content, in.Paths)
	if in.Read == nil || len(content) > maxFile || slices.ContainsFunc(found, func(p api.Diagnostic) bool { return p.Severity == api.SeverityError }) {
		return found // with its shape broken, the rest would be guesswork
	}
	ext := strings.ToLower(path.Ext(name))
	isPage, isScript := ext == ".html" || ext == ".htm", ext == ".js" || ext == ".mjs"
	if !strings.HasPrefix(name, "www/") && ext != ".go" {
		return found
	}
	var pages, scripts []byte
	htmls := 0
	for _, p := range in.Paths {
		if p == name || len(pages)+len(scripts) > 4*maxFile {
			continue
		}
		switch e := strings.ToLower(path.Ext(p)); {
		case strings.HasPrefix(p, "www/") && (e == ".html" || e == ".htm"):
			htmls++
			if !isPage {
				pages = append(append(pages, in.Read(p)...), '\n')
			}
		case strings.HasPrefix(p, "www/") && (e == ".js" || e == ".mjs"):
			scripts = append(append(scripts, in.Read(p)...), '\n')
		}
	}
	switch {
	case ext == ".go":
		found = append(found, neverSent(name, content, append(pages, scripts...))...)
	case isPage || isScript && htmls > 0:
		made := append(slices.Clone(content), '\n')
		made = append(append(made, pages...), scripts...)
		found = append(found, missingIDs(name, content, string(made))...)
		fallthrough
	case isScript:
		var takes []handled
		folded := false
		for _, p := range in.Paths {
			if strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") {
				list, f := compared(in.Read(p))
				takes, folded = append(takes, list...), folded || f
			}
		}
		found = append(found, unheard(name, content, takes, folded)...)
	}
	return found[:min(len(found), maxProblems)]
}
