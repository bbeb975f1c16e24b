package workbench

import (
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/check"
)

const pageProblemsKept = 50

// found are problems and what they were found in: they belong to that content,
// and are gone with it, for every page, until it is back.
type found struct {
	list []api.Diagnostic
	in   content // the program's files; "": it is not known
}

// content names a state of the project's Go files.
type content string

func contentOf(files []api.File) content {
	var b strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".go") {
			b.WriteString(f.Path + "\x00" + f.Hash + "\n")
		}
	}
	return content(b.String())
}

// holds gives the problems if they are about the files as they are now.
func (f found) holds(now content) []api.Diagnostic {
	if f.in != "" && f.in != now {
		return nil
	}
	return f.list
}

// hashesOf are a project's files by path.
func hashesOf(files []api.File) map[string]string {
	hashes := map[string]string{}
	for _, f := range files {
		hashes[f.Path] = f.Hash
	}
	return hashes
}

// files of the open project; none when there is none.
func (w *Workbench) files() []api.File {
	p, err := w.Project()
	if err != nil {
		return nil
	}
	files, err := p.List()
	if err != nil {
		w.log.Warn("the project's files cannot be listed", "dir", p.Dir, "err", err)
	}
	return files
}

// allProblemsLocked are those that are about the files as they are now. It is called with mu held.
func (w *Workbench) allProblemsLocked() []api.Diagnostic {
	all := append([]api.Diagnostic{}, w.problems.left...)
	if w.project == nil || !w.hasProblemsLocked() {
		for _, p := range w.problems.page {
			all = append(all, p.Diagnostic)
		}
		return all
	}
	files, err := w.project.List()
	if err != nil {
		w.log.Warn("the project's files cannot be listed", "dir", w.project.Dir, "err", err)
	}
	now, hashes := contentOf(files), hashesOf(files)
	all = append(all, w.problems.build.holds(now)...)
	all = append(all, w.problems.program.holds(now)...)
	for _, p := range w.problems.page {
		if hash, there := hashes[p.in]; p.in == "" || there && hash == p.hash {
			all = append(all, p.Diagnostic)
		}
	}
	return all
}

// hasProblemsLocked tells whether there are any, also of other contents.
func (w *Workbench) hasProblemsLocked() bool {
	return len(w.problems.build.list)+len(w.problems.program.list)+len(w.problems.page) > 0
}

func (w *Workbench) publishProblems() {
	w.mu.Lock()
	all := w.allProblemsLocked()
	w.mu.Unlock()
	w.hub.Publish(api.Event{Problems: &all})
}

// findPlaces adds to what a board's program said the lines where it was, as far as they can be found.
func (w *Workbench) findPlaces(list []api.Diagnostic) {
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
		if now := w.problems.program.list; len(now) == len(list) && now[i] == m {
			w.problems.program.list = slices.Clone(now)
			w.problems.program.list[i] = placed
		}
		w.mu.Unlock()
		w.publishProblems()
	}
}

// pageFault is what went wrong in a page, or in a file that belongs to it.
type pageFault struct {
	page string // its file; a new opening of it makes this history
	in   string // the project's file that it was found in; "": none
	hash string // of that file then
	api.Diagnostic
}

// pageProblem takes what went wrong in a page and says it in plain words. What is known is counted.
func (w *Workbench) pageProblem(page string, m api.Diagnostic) {
	w.mu.Lock()
	p := w.project
	w.mu.Unlock()
	if p != nil && m.Path != "" && (m.Code == "page.error" || m.Code == "page.rejection") {
		if source, _, err := p.Read(m.Path); err == nil {
			m = explainPage(m, string(source))
		}
	}
	fault := pageFault{page: page, Diagnostic: m}
	hashes := hashesOf(w.files())
	for _, name := range []string{m.Path, page} {
		if hash, there := hashes[name]; there {
			fault.in, fault.hash = name, hash
			break
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
		list[known].in, list[known].hash = fault.in, fault.hash
		list[known].Count = max(list[known].Count, 1) + max(m.Count, 1)
	case len(list) >= pageProblemsKept:
		w.mu.Unlock()
		return
	default:
		if m.Code == "page.undefined" {
			if missing := missingScript(list, page); missing != "" {
				fault.Help = "It comes from " + missing + ", it seems, which could not be loaded: mend that first."
			}
		}
		if m.Library != "" { // it has failed; what was expected of it is history
			list = slices.DeleteFunc(slices.Clone(list), func(p pageFault) bool { return p.Path == m.Path && p.Library == m.Library })
		}
		list = append(list, fault)
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
func explainPage(m api.Diagnostic, source string) api.Diagnostic {
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

// pageLoaded forgets the problems that a page had when it was open before, and
// tells what it needs from the internet, before somebody opens it who has none.
func (w *Workbench) pageLoaded(page string) {
	needs := w.pageNeeds(page)
	w.mu.Lock()
	before := slices.Clone(w.problems.page)
	w.problems.page = slices.DeleteFunc(slices.Clone(before), func(p pageFault) bool { return p.page == page })
	w.problems.page = append(w.problems.page, needs[:max(0, min(len(needs), pageProblemsKept-len(w.problems.page)))]...)
	changed := !reflect.DeepEqual(w.problems.page, before)
	w.mu.Unlock()
	if changed {
		w.publishProblems()
	}
}

// pageNeeds are warnings of what a page, and the scripts and style sheets beside it, need from the internet.
func (w *Workbench) pageNeeds(page string) []pageFault {
	w.mu.Lock()
	p := w.project
	w.mu.Unlock()
	if p == nil {
		return nil
	}
	list, err := p.List()
	if err != nil {
		return nil
	}
	var needs []pageFault
	for _, f := range list {
		ext := strings.ToLower(path.Ext(f.Path))
		if f.Path != page && !(strings.HasPrefix(f.Path, "www/") && (ext == ".css" || ext == ".js")) {
			continue
		}
		content, hash, err := p.Read(f.Path)
		if err != nil {
			continue
		}
		for _, m := range check.Internet(f.Path, content) {
			needs = append(needs, pageFault{page: page, in: f.Path, hash: hash, Diagnostic: m})
		}
	}
	return needs
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
