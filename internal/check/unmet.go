package check

import (
	"bytes"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"

	"studioide/internal/api"
	"studioide/ui/src/words/say"
)

// What one side says and the other one has no ear for. It may be meant, for now or for good: so these are hints.

// unmet tells messages of a page that the program does nothing with, and texts that the page waits for and that the program
// never sends. literals are all texts of the program, near what has been said about the page already.
func unmet(name string, content []byte, programs [][]byte, www []neighbour, literals map[string]bool, near []api.Diagnostic) (found []api.Diagnostic) {
	if len(programs) == 0 || library(name, content) {
		return nil
	}
	program := hear(programs...)
	if !program.serves || program.takesAny && program.saysAny {
		return nil
	}
	pages := overhear(slices.Concat([]neighbour{{name, content}}, www))
	if !pages.sockets || pages.other {
		return nil
	}
	told := map[int]bool{} // lines
	for _, p := range near {
		told[p.Line] = true
	}
	hint := func(t spoken, code, text, help string) {
		if t.file != 0 || t.start < 0 || len(found) >= maxProblems {
			return
		}
		p := at(name, "js", content, t.start, t.end)
		if told[p.Line] {
			return
		}
		told[p.Line] = true
		p.Severity, p.Code, p.Text, p.Help = api.SeverityHint, code, text, help
		found = append(found, p)
	}
	for _, t := range pages.sent {
		switch text := strconv.Quote(clip(t.text)); {
		case strings.TrimSpace(t.text) == "" || literals[t.text] || program.takes(t.text):
		case !program.listens:
			hint(t, "page.no-listener", say.PageNoListener(text), say.PageNoListenerHelp())
		default:
			hint(t, "page.not-taken", say.PageNotTaken(text), say.PageNotTakenHelp(text))
		}
	}
	for _, t := range pages.waited {
		if literals[t.text] || program.maySay(t.text) || len(program.says)+len(program.begins) == 0 {
			continue
		}
		text := strconv.Quote(clip(t.text))
		help := say.PageNeverComesHelp(text)
		other, near := mistyped(t.text, program.says)
		if near {
			help = say.DidYouMean(strconv.Quote(other))
		}
		before := len(found)
		hint(t, "page.never-comes", say.PageNeverComes(text), help)
		if near && len(found) > before && !strings.ContainsAny(other, "\"'`\\\n") {
			found[before].Fix = fix(content, say.FixChangeTo(other), t.start, t.end, other)
		}
	}
	return found
}

// unsaid tells texts that a Go file compares messages with, and that no page sends. near is what has been said about it.
func unsaid(name string, content []byte, programs [][]byte, www []neighbour, in Project, near []api.Diagnostic) (found []api.Diagnostic) {
	if len(www) == 0 || !bytes.Contains(content, []byte("OnText")) && !bytes.Contains(content, []byte("OnSocket")) {
		return nil
	}
	program := hear(append([][]byte{content}, programs...)...)
	if !program.serves || len(program.compared) == 0 || len(program.files) == 0 || ast.IsGenerated(program.files[0].ast) {
		return nil
	}
	pages := overhear(www)
	if !pages.sockets || pages.other || pages.sendAny || len(pages.sent) == 0 {
		return nil
	}
	var tests []byte
	for _, p := range in.Paths {
		if strings.HasPrefix(p, "tests/") && strings.HasSuffix(p, ".json") && len(tests) < maxFile {
			tests = append(tests, in.Read(p)...)
		}
	}
	said := map[string]bool{}
	for text := range pages.texts {
		said[strings.ToLower(text)] = true
	}
	for _, c := range program.compared {
		if c.file != 0 || said[strings.ToLower(c.text)] || len(found) >= maxProblems || bytes.Contains(tests, []byte(c.text)) {
			continue
		}
		p := at(name, "go", content, c.start, c.end)
		if slices.ContainsFunc(near, func(n api.Diagnostic) bool { return n.Line == p.Line }) {
			continue
		}
		text := strconv.Quote(clip(c.text))
		p.Severity, p.Code, p.Text, p.Help = api.SeverityHint, "go.not-sent", say.GoNotSent(text), say.GoNotSentHelp()
		found = append(found, p)
	}
	return found
}

// library tells files that nobody wrote here: their lines are as long as only programs write them.
func library(name string, content []byte) bool {
	return strings.Contains(name, ".min.") || (scriptFile(name) || strings.EqualFold(path.Ext(name), ".css")) && len(content) > 5000 && len(content)/(1+bytes.Count(content, []byte("\n"))) > 200
}
