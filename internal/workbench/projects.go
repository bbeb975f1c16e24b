package workbench

import (
	"path/filepath"
	"strings"
	"time"

	"studioide/internal/api"
	"studioide/internal/gopls"
	"studioide/internal/home"
	"studioide/internal/project"
)

// CreateProject makes a project from a template and opens it. A program that is
// not empty takes the place of the template's.
func (w *Workbench) CreateProject(template, title, program string) (api.Project, error) {
	return w.arrive(func() (*project.Project, error) {
		p, err := w.store.CreateWith(template, title, program)
		if err == nil {
			w.trustMade(p)
		}
		return p, err
	})
}

// trustMade notes that a project was made here.
func (w *Workbench) trustMade(p *project.Project) {
	if _, err := w.home.Trust().Add(p, home.Made); err != nil {
		w.log.Warn("a new project could not be noted as trusted", "dir", p.Dir, "err", err)
	}
}

// OpenProject puts another project on the table. An action under way goes on reading the old one, so it is not taken away.
func (w *Workbench) OpenProject(name string) error {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	if err := w.runner.preemptLocked("open"); err != nil {
		return err
	}
	return w.openProjectLocked(name)
}

func (w *Workbench) openProjectLocked(name string) error {
	p, err := w.store.Open(name)
	if err != nil {
		return err
	}
	w.setProjectLocked(p)
	return nil
}

// setProjectLocked makes p the open project, or none (nil). It is called with the runner's turn held and no action under way.
func (w *Workbench) setProjectLocked(p *project.Project) {
	w.CloseToLAN() // it was asked for the pages of the project before
	if p != nil {
		w.trust.look(p)
	}
	w.replaying.forget()
	w.tests.forget()
	w.tests.sent.forget()
	w.recordings.mu.Lock()
	w.leaveRecordingsLocked()
	w.mu.Lock()
	old, unwatch := w.project, w.unwatch
	w.project, w.unwatch = p, nil
	w.mu.Unlock()
	w.recordings.mu.Unlock() // from here on one that begins is the new project's
	w.findings.reset()
	w.language.End(gopls.Moved)
	if unwatch != nil {
		unwatch()
	}
	name := ""
	if p != nil {
		name = p.Name
		stop, err := p.Watch(func(changes []project.Change) { w.changedOutside(p, changes) })
		if err != nil {
			w.log.Warn("the project folder cannot be watched", "dir", p.Dir, "err", err)
		}
		w.mu.Lock()
		w.unwatch = stop
		w.mu.Unlock()
	}
	w.SetSettings(func(s *api.Settings) {
		if s.Project == name {
			return
		}
		s.Project, s.Tabs, s.ActiveTab = name, firstTabs(p), ""
		if len(s.Tabs) > 0 {
			s.ActiveTab = s.Tabs[0]
		}
	})
	if old != nil {
		old.Close()
	}
	w.movePagesLocked()
	w.hub.Resync() // nothing that pages knew of the old project holds any more
}

// firstTabs are the files that a project opens with: its program and its first page.
func firstTabs(p *project.Project) []string {
	if p == nil {
		return []string{}
	}
	tabs, state := []string{}, p.State()
	if _, there := state.File("main.go"); there {
		tabs = append(tabs, "main.go")
	}
	for _, f := range state.Files {
		if strings.HasPrefix(f.Path, "www/") && strings.HasSuffix(f.Path, ".html") {
			return append(tabs, f.Path)
		}
	}
	return tabs
}

// RenameProject changes a project's title (and folder).
func (w *Workbench) RenameProject(name, title string) error {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	now, err := w.Project()
	open := err == nil && now.Name == name
	if open {
		if err := w.runner.preemptLocked("open"); err != nil {
			return err
		}
		w.setProjectLocked(nil)
	}
	renamed, err := w.store.Rename(name, title)
	if err == nil {
		w.movePagePlaceLocked(name, renamed)
	}
	if open {
		if err != nil {
			renamed = name
		}
		if err := w.openProjectLocked(renamed); err != nil {
			return err
		}
	}
	w.publishProjects()
	return err
}

// SetChart keeps how the numbers of the open project are shown.
func (w *Workbench) SetChart(client, name string, c api.Chart) error {
	p, err := w.projectNamed(name)
	if err != nil {
		return err
	}
	hash, err := p.SetChart(c)
	if err != nil {
		return err
	}
	w.changed(client, project.Change{Path: "studio.json", Hash: hash})
	return nil
}

// RemoveProject puts a project into the trash.
func (w *Workbench) RemoveProject(name string) error {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	now, err := w.Project()
	open := err == nil && now.Name == name
	if open {
		if err := w.runner.preemptLocked("open"); err != nil {
			return err
		}
		w.setProjectLocked(nil)
	}
	_, err = w.store.Remove(name)
	if err == nil {
		w.forgetPagePlaceLocked(filepath.Join(w.store.Dir, name))
	}
	if open && err != nil {
		if err := w.openProjectLocked(name); err != nil {
			return err
		}
	}
	w.publishProjects()
	return err
}

// Project gives the open project.
func (w *Workbench) Project() (*project.Project, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.project == nil {
		return nil, errNoProject
	}
	return w.project, nil
}

// projectNamed gives the open project if it is the one of that name; "" takes any.
func (w *Workbench) projectNamed(name string) (*project.Project, error) {
	p, err := w.Project()
	if err != nil {
		return nil, err
	}
	if name != "" && p.Name != name {
		return nil, errOther.With(name)
	}
	return p, nil
}

// WriteFile saves a file for the page client. name is the project it is meant for; "" takes the open one.
func (w *Workbench) WriteFile(client, name, path string, content []byte, ifMatch string) (api.File, error) {
	return w.writeFile(client, name, path, content, ifMatch, pushDelay)
}

// WriteDraft is WriteFile while the user is typing: the board gets the file when no other save has come for a while.
func (w *Workbench) WriteDraft(client, name, path string, content []byte, ifMatch string) (api.File, error) {
	return w.writeFile(client, name, path, content, ifMatch, draftDelay)
}

func (w *Workbench) writeFile(client, name, path string, content []byte, ifMatch string, push time.Duration) (api.File, error) {
	p, err := w.projectNamed(name)
	if err != nil {
		return api.File{}, err
	}
	if err := p.KeepWork(); err != nil {
		w.log.Warn("the project was not kept before a change", "err", err)
	}
	hash, err := p.Write(path, content, ifMatch)
	if err != nil {
		return api.File{}, err
	}
	w.changedFor(push, client, project.Change{Path: path, Hash: hash})
	return api.File{Path: path, Size: int64(len(content)), Hash: hash, Text: true}, nil
}

// RemoveFile puts a file of the open project into the trash.
func (w *Workbench) RemoveFile(client, name, path string) error {
	p, err := w.projectNamed(name)
	if err != nil {
		return err
	}
	if err := p.Remove(path); err != nil {
		return err
	}
	w.changed(client, project.Change{Path: path})
	return nil
}

// RenameFile renames a file of the open project.
func (w *Workbench) RenameFile(client, name, from, to string) error {
	p, err := w.projectNamed(name)
	if err != nil {
		return err
	}
	if err := p.Rename(from, to); err != nil {
		return err
	}
	f, there := p.State().File(to)
	if !there { // a folder, or what another program has taken away again
		var err error
		if _, f.Hash, err = p.Read(to); err != nil {
			return err
		}
	}
	w.SetSettings(func(s *api.Settings) {
		for i, tab := range s.Tabs {
			if tab == from {
				s.Tabs[i] = to
			}
		}
		if s.ActiveTab == from {
			s.ActiveTab = to
		}
	})
	w.changed(client, project.Change{Path: from}, project.Change{Path: to, Hash: f.Hash})
	return nil
}

func (w *Workbench) changedOutside(p *project.Project, changes []project.Change) {
	if now, err := w.Project(); err == nil && now == p {
		w.changed("", changes...)
	}
}

// changed tells every page what files have become, and sends web files to the board.
func (w *Workbench) changed(client string, changes ...project.Change) {
	w.changedFor(pushDelay, client, changes...)
}

func (w *Workbench) changedFor(push time.Duration, client string, changes ...project.Change) {
	web, goFiles := false, false
	for _, c := range changes {
		w.hub.Publish(api.Event{File: &api.FileChange{Path: c.Path, Hash: c.Hash, Client: client}})
		goFiles = goFiles || strings.HasSuffix(c.Path, ".go") || strings.HasSuffix(c.Path, "go.mod") || !strings.Contains(c.Path, ".")
		web = web || (strings.HasPrefix(c.Path, "www/") && c.Hash != "")
	}
	if p, err := w.Project(); err == nil && w.trust.old() {
		w.trust.look(p)
	}
	w.reckon()
	if goFiles {
		go w.language.Changed()
	}
	w.publishProject()
	w.publishFiles()
	w.publishBoard()
	if w.findings.some() {
		w.publishProblems()
	}
	if web {
		w.pushSoon(push)
	}
}

func (w *Workbench) openFiles() *api.OpenFiles {
	p, err := w.Project()
	if err != nil {
		return nil
	}
	state, trust := p.State(), w.trust.get()
	trust.Author = state.Author
	return &api.OpenFiles{Name: p.Name, Title: state.Meta.Title, Dir: p.Dir, Board: state.Meta.Board, ReadOnly: p.ReadOnly(), Trust: trust, Files: state.Files,
		Chart: state.Meta.Chart}
}

func (w *Workbench) publishProject() {
	if o := w.openFiles(); o != nil {
		w.hub.Publish(api.Event{Project: o})
	}
}

func (w *Workbench) publishProjects() {
	list, err := w.store.List()
	if err != nil {
		w.log.Warn("projects cannot be listed", "err", err)
		return
	}
	if list == nil {
		list = []api.Project{}
	}
	w.hub.Publish(api.Event{Projects: &list})
}
