package workbench

import (
	"studioide/internal/project"
)

// RestoreSnapshot brings a snapshot's files back, or one of them; what is there now is kept as a snapshot of its own.
func (w *Workbench) RestoreSnapshot(name, id, path string) error {
	p, err := w.projectNamed(name)
	if err != nil {
		return err
	}
	if path == "" {
		paths, err := p.Restore(id)
		w.broughtBack(p, paths...) // also when it has stopped halfway
		return err
	}
	changed, err := p.RestoreFile(id, path)
	if changed {
		w.broughtBack(p, path)
	}
	return err
}

// ReplaceFile gives a file another content, as one that is brought back: the one that is there now is kept in the history.
func (w *Workbench) ReplaceFile(name, path string, content []byte) (hash string, err error) {
	p, err := w.projectNamed(name)
	if err != nil {
		return "", err
	}
	if hash, err = p.Replace(path, content); err == nil {
		w.broughtBack(p, path)
	}
	return hash, err
}

// RestoreTrashedFile brings a removed file of the open project back.
func (w *Workbench) RestoreTrashedFile(name, id, path string) error {
	p, err := w.projectNamed(name)
	if err != nil {
		return err
	}
	if err := p.RestoreTrashed(id, path); err != nil {
		return err
	}
	w.broughtBack(p, path)
	return nil
}

// broughtBack tells every page what files have become that no page has changed.
func (w *Workbench) broughtBack(p *project.Project, paths ...string) {
	if len(paths) == 0 {
		return
	}
	var changes []project.Change
	state := p.State()
	for _, path := range paths {
		f, _ := state.File(path)
		changes = append(changes, project.Change{Path: path, Hash: f.Hash})
	}
	w.changed("studio", changes...)
}

// TrashedProjects lists the projects that can be brought back.
func (w *Workbench) TrashedProjects() []project.TrashedProject { return w.store.Trash() }

// ClearTrash removes for good what was removed of the open project, and all removed projects. name is the project whose
// trash was looked at; "" takes the open one, or none.
func (w *Workbench) ClearTrash(name string) error {
	p, err := w.projectNamed(name)
	switch {
	case err == nil:
		err = p.ClearTrash()
	case name == "":
		err = nil // no project is open
	}
	if err != nil {
		return err
	}
	return w.store.ClearTrash()
}

// RestoreProject brings a removed project back and opens it.
func (w *Workbench) RestoreProject(id string) error {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	if err := w.runner.preemptLocked("open"); err != nil {
		return err
	}
	name, err := w.store.RestoreTrashed(id)
	if err != nil {
		return err
	}
	err = w.openProjectLocked(name)
	w.publishProjects()
	return err
}
