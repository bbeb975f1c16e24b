package workbench

import (
	"regexp"
	"slices"

	"studioide/internal/board"
	"studioide/internal/check"
	"studioide/internal/message"
)

const pageProblemsKept = 50

// allProblems is called with mu held.
func (w *Workbench) allProblems() []message.Problem {
	all := []message.Problem{}
	all = append(all, w.problems.build...)
	all = append(all, w.problems.program...)
	for _, p := range w.problems.page {
		all = append(all, p.Problem)
	}
	return all
}

func (w *Workbench) publishProblems() {
	w.mu.Lock()
	all := w.allProblems()
	w.mu.Unlock()
	w.hub.Publish(message.Event{Problems: &all})
}

// findPlaces adds to what a board's program said the lines where it was, as far as they can be found.
func (w *Workbench) findPlaces(list []message.Problem) {
	w.mu.Lock()
	p, s := w.project, w.session
	w.mu.Unlock()
	if p == nil || s == nil {
		return
	}
	state := s.State()
	b, ok := board.Find(state.ID)
	if !ok || b.Virtual {
		return
	}
	for i, m := range list {
		placed, ok := w.builder.Where(w.ctx, m, p.Dir, b, state.BuildID)
		if !ok {
			continue
		}
		w.mu.Lock()
		if len(w.problems.program) == len(list) && w.problems.program[i] == m {
			w.problems.program = slices.Clone(w.problems.program)
			w.problems.program[i] = placed
		}
		w.mu.Unlock()
		w.publishProblems()
	}
}

// pageFault is what went wrong in a page, or in a file that belongs to it.
type pageFault struct {
	page string // its file; a new opening of it makes this history
	message.Problem
}

// pageProblem takes what went wrong in a page and says it in plain words. What is known is counted.
func (w *Workbench) pageProblem(page string, m message.Problem) {
	w.mu.Lock()
	p := w.project
	w.mu.Unlock()
	if p != nil && m.Path != "" && (m.Code == "page.error" || m.Code == "page.rejection") {
		if source, _, err := p.Read(m.Path); err == nil {
			m = explainPage(m, string(source))
		}
	}
	w.mu.Lock()
	list := w.problems.page
	known := slices.IndexFunc(list, func(p pageFault) bool {
		return p.Path == m.Path && p.Line == m.Line && p.Code == m.Code && p.Text == m.Text && p.Raw == m.Raw
	})
	switch {
	case known >= 0:
		list = slices.Clone(list) // pages may still read the one before
		list[known].Count = max(list[known].Count, 1) + max(m.Count, 1)
	case len(list) >= pageProblemsKept:
		w.mu.Unlock()
		return
	default:
		if m.Code == "page.undefined" {
			if missing := missingScript(list, page); missing != "" {
				m.Help = "It comes from " + missing + ", it seems, which could not be loaded: mend that first."
			}
		}
		list = append(list, pageFault{page, m})
	}
	w.problems.page = list
	w.mu.Unlock()
	w.publishProblems()
}

// missingScript is the name of a script that the page could not load, "" when all came.
func missingScript(list []pageFault, page string) string {
	for _, p := range list {
		if p.page == page && (p.Code == "page.internet" || p.Code == "page.missing-file") {
			if m := scriptFile.FindString(p.Text); m != "" {
				return m
			}
		}
	}
	return ""
}

var scriptFile = regexp.MustCompile(`[\w.@-]+\.m?js\b`)

// explainPage adds plain words, and where it is known an edit that would help, to an error a browser reported.
func explainPage(m message.Problem, source string) message.Problem {
	p := check.PageError(m.Raw, source)
	if m.Code == "page.rejection" && p.Code == "page.error" {
		return m // nothing better is known
	}
	if p.Code == "page.syntax" {
		if better, ok := check.ScriptError(m.Path, []byte(source), m.Line); ok {
			better.Severity, better.Count = m.Severity, m.Count
			return better // the very words that the editor shows, so that they appear once
		}
	}
	p.Path, p.Line, p.Column, p.Source, p.Raw, p.Severity, p.Count = m.Path, m.Line, m.Column, "page", m.Raw, m.Severity, m.Count
	return p
}

// pageLoaded forgets the problems that a page had when it was open before.
func (w *Workbench) pageLoaded(page string) {
	w.mu.Lock()
	before := len(w.problems.page)
	w.problems.page = slices.DeleteFunc(slices.Clone(w.problems.page), func(p pageFault) bool { return p.page == page })
	changed := len(w.problems.page) != before
	w.mu.Unlock()
	if changed {
		w.publishProblems()
	}
}

// pageSource is the text of a project's file, to find places in.
func (w *Workbench) pageSource(path string) (string, bool) {
	w.mu.Lock()
	p := w.project
	w.mu.Unlock()
	if p == nil {
		return "", false
	}
	source, _, err := p.Read(path)
	return string(source), err == nil
}
