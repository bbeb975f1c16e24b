package workbench

import (
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
	return append(all, w.problems.page...)
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

// pageProblem takes what went wrong in a page and says it in plain words.
func (w *Workbench) pageProblem(m message.Problem) {
	w.mu.Lock()
	known := slices.ContainsFunc(w.problems.page, func(p message.Problem) bool {
		return p.Path == m.Path && p.Line == m.Line && p.Raw == m.Raw
	})
	p := w.project
	full := len(w.problems.page) >= pageProblemsKept
	w.mu.Unlock()
	if known || full {
		return
	}
	if p != nil && m.Path != "" && m.Code == "page.error" {
		if source, _, err := p.Read(m.Path); err == nil {
			m = explainPage(m, string(source))
		}
	}
	w.mu.Lock()
	w.problems.page = append(w.problems.page, m)
	w.mu.Unlock()
	w.publishProblems()
}

// explainPage adds plain words, and where it is known an edit that would help, to an error a browser reported.
func explainPage(m message.Problem, source string) message.Problem {
	p := check.PageError(m.Raw, source)
	p.Path, p.Line, p.Column, p.Source, p.Raw, p.Severity = m.Path, m.Line, m.Column, "page", m.Raw, m.Severity
	return p
}

// pageLoaded forgets the problems that a file had when it was open before.
func (w *Workbench) pageLoaded(path string) {
	w.mu.Lock()
	before := len(w.problems.page)
	w.problems.page = slices.DeleteFunc(w.problems.page, func(p message.Problem) bool { return p.Path == path })
	changed := len(w.problems.page) != before
	w.mu.Unlock()
	if changed {
		w.publishProblems()
	}
}
