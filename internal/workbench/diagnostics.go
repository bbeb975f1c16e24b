package workbench

import (
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/check"
	"studioide/internal/compile"
	"studioide/internal/lazyregexp"
	"studioide/internal/project"
	"studioide/ui/src/words/say"
)

const pageProblemsKept = 50

// found are problems and what they were found in: they belong to that content,
// and are gone with it, for every page, until it is back.
type found struct {
	list []api.Diagnostic
	in   content // the program's files; "": it is not known
}

// findings are the problems that pages show, and what belongs to the last build.
type findings struct {
	mu             sync.Mutex
	build, program found
	page           []pageFault      // replaced, never changed
	left           []api.Diagnostic // files that no board can have, as of the last push
	lastRun        content          // of the program that was built last; "": none was
	sizes          *api.Sizes       // of the program that was built last; nil: not known
}

// reset forgets everything: another project is open.
func (f *findings) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.build, f.program, f.page, f.left, f.lastRun, f.sizes = found{}, found{}, nil, nil, "", nil
}

// forgetBoard forgets what another board's program and pages have done.
func (f *findings) forgetBoard() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.program, f.page = found{}, nil
}

// built takes what the build of a program found; r is nil when it came to no end.
func (f *findings) built(r *compile.Result, in content) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.build, f.program, f.lastRun = found{}, found{}, in
	if r != nil {
		f.build = found{list: r.Problems, in: in}
		if r.Sizes != nil {
			f.sizes = r.Sizes
		}
	}
}

// sent takes what could not be sent; what pages have done before is history.
func (f *findings) sent(left []api.Diagnostic) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.page, f.left = nil, left
}

// ran takes what the program on the board has said.
func (f *findings) ran(list []api.Diagnostic) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.program = found{list: list, in: f.lastRun}
}

// mended forgets what the program said, and tells whether there was anything.
func (f *findings) mended() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	had := f.program.list != nil
	if had {
		f.program = found{}
	}
	return had
}

// place exchanges the problem at i, if the list is still the same.
func (f *findings) place(list []api.Diagnostic, i int, placed api.Diagnostic) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.program.list; len(now) == len(list) && now[i] == list[i] {
		f.program.list = slices.Clone(now)
		f.program.list[i] = placed
	}
}

func (f *findings) dropPage(which func(pageFault) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.page = slices.DeleteFunc(slices.Clone(f.page), which)
}

func (f *findings) sizesOf() *api.Sizes {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sizes
}

// some tells whether there are any, also of other contents.
func (f *findings) some() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.build.list)+len(f.program.list)+len(f.page) > 0
}

// about are those that are about a project's files as they are now; state is nil when none is open.
func (f *findings) about(state *project.State) []api.Diagnostic {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := append([]api.Diagnostic{}, f.left...)
	if state == nil {
		for _, p := range f.page {
			all = append(all, p.Diagnostic)
		}
		return all
	}
	now := contentOf(state.Files)
	all = append(all, f.build.holds(now)...)
	all = append(all, f.program.holds(now)...)
	for _, p := range f.page {
		if file, there := state.File(p.in); p.in == "" || there && file.Hash == p.hash {
			all = append(all, p.Diagnostic)
		}
	}
	return all
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

// state of the open project; nil when there is none.
func (w *Workbench) state() *project.State {
	p, err := w.Project()
	if err != nil {
		return nil
	}
	return p.State()
}

func (w *Workbench) publishProblems() {
	all := w.findings.about(w.state())
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
		if placed, ok := w.builder.Where(w.ctx, m, p.Dir, b, state.BuildID); ok {
			w.findings.place(list, i, placed)
			w.publishProblems()
		}
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
	if state := w.state(); state != nil {
		for _, name := range []string{m.Path, page} {
			if f, there := state.File(name); there {
				fault.in, fault.hash = name, f.Hash
				break
			}
		}
	}
	if w.findings.addPage(fault) {
		w.publishProblems()
	}
}

// addPage takes one more fault of a page. It tells whether there is something new.
func (f *findings) addPage(fault pageFault) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := fault.Diagnostic
	list := slices.Clone(f.page)
	known := slices.IndexFunc(list, func(p pageFault) bool {
		return p.Path == m.Path && p.Line == m.Line && p.Code == m.Code && p.Text == m.Text && p.Raw == m.Raw
	})
	switch {
	case known >= 0:
		list[known].in, list[known].hash = fault.in, fault.hash
		list[known].Count = max(list[known].Count, 1) + max(m.Count, 1)
	case len(list) >= pageProblemsKept:
		return false
	default:
		if m.Code == "page.undefined" {
			if missing := missingScript(list, fault.page); missing != "" {
				fault.Help = say.ActionItComesFromItSeems(missing)
			}
		}
		if m.Library != "" { // it has failed; what was expected of it is history
			list = slices.DeleteFunc(list, func(p pageFault) bool { return p.Path == m.Path && p.Library == m.Library })
		}
		list = append(list, fault)
	}
	f.page = list
	return true
}

// missingScript is the name of a script that the page could not load, "" when all came.
func missingScript(list []pageFault, page string) string {
	for _, p := range list {
		if p.page == page && (p.Code == "page.internet" || p.Code == "page.missing-file") {
			if m := scriptFile().FindString(p.Text); m != "" {
				return m
			}
		}
	}
	return ""
}

var scriptFile = lazyregexp.New(`[\w.@-]+\.m?js\b`)

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
	if w.findings.reloaded(page, w.pageNeeds(page)) {
		w.publishProblems()
	}
}

// reloaded exchanges the faults of a page for what it is found to need. It tells whether anything has changed.
func (f *findings) reloaded(page string, needs []pageFault) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.page
	f.page = slices.DeleteFunc(slices.Clone(before), func(p pageFault) bool { return p.page == page })
	f.page = append(f.page, needs[:max(0, min(len(needs), pageProblemsKept-len(f.page)))]...)
	return len(f.page)+len(before) > 0 && !reflect.DeepEqual(f.page, before)
}

// pageNeeds are warnings of what a page, and the scripts and style sheets beside it, need from the internet.
func (w *Workbench) pageNeeds(page string) []pageFault {
	p, err := w.Project()
	if err != nil {
		return nil
	}
	var needs []pageFault
	for _, f := range p.State().Files {
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
