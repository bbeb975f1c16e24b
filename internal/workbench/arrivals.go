package workbench

import (
	"io"
	"time"

	"studioide/internal/api"
	"studioide/internal/project"
)

// ImportProject makes a project of what somebody has sent and opens it. It is not trusted.
func (w *Workbench) ImportProject(b *project.Bundle, title string) (api.Project, error) {
	return w.arrive(func() (*project.Project, error) {
		p, err := w.store.Import(b, title)
		if err == nil {
			w.home.Trust().Remove(p.Dir) // what had its place before may have been trusted
		}
		return p, err
	})
}

// OpenFolder opens a project that lies elsewhere, in its place. It is not trusted.
func (w *Workbench) OpenFolder(dir string) (api.Project, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	if err := w.runner.preemptLocked("open"); err != nil {
		return api.Project{}, err
	}
	name, err := w.store.Adopt(dir)
	if err != nil {
		return api.Project{}, err
	}
	p, err := w.store.Open(name)
	if err != nil {
		return api.Project{}, err
	}
	return w.openedLocked(p), nil
}

// CopyFolder makes a project of a copy of a folder of elsewhere, with a program if it has none, and opens it. It is not trusted.
func (w *Workbench) CopyFolder(dir string) (api.Project, error) {
	b, err := w.store.ReadElsewhere(dir)
	if err != nil {
		return api.Project{}, err
	}
	return w.ImportProject(b, "")
}

// DuplicateProject makes a copy of a project and opens it. The copy of a trusted one is trusted.
func (w *Workbench) DuplicateProject(name, title string) (api.Project, error) {
	from, done, err := w.look(name)
	if err != nil {
		return api.Project{}, err
	}
	defer done()
	_, trusted := w.home.Trust().Of(from)
	return w.arrive(func() (*project.Project, error) {
		p, err := w.store.Duplicate(from, title)
		if err == nil && trusted {
			w.trustMade(p)
		}
		return p, err
	})
}

// arrive makes a project and opens it.
func (w *Workbench) arrive(make func() (*project.Project, error)) (api.Project, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	if err := w.runner.preemptLocked("open"); err != nil {
		return api.Project{}, err
	}
	p, err := make()
	if err != nil {
		return api.Project{}, err
	}
	w.forgetPagePlaceLocked(p.Dir) // of a folder with that name which was taken away without Studio
	return w.openedLocked(p), nil
}

func (w *Workbench) openedLocked(p *project.Project) api.Project {
	meta := p.Meta()
	w.setProjectLocked(p)
	return api.Project{Name: p.Name, Title: meta.Title, Board: meta.Board, Modified: time.Now().UnixMilli()}
}

// ExportProject writes a project as a zip.
func (w *Workbench) ExportProject(name string, to io.Writer) error {
	p, done, err := w.look(name)
	if err != nil {
		return err
	}
	defer done()
	return p.Export(to)
}

// LinkProject gives the part of a link that contains a project.
func (w *Workbench) LinkProject(name string) (string, error) {
	p, done, err := w.look(name)
	if err != nil {
		return "", err
	}
	defer done()
	return p.Link()
}

// look gives a project of that name to be read: the open one, or another one until done.
func (w *Workbench) look(name string) (p *project.Project, done func(), err error) {
	if p, err := w.Project(); err == nil && p.Name == name {
		return p, func() {}, nil
	}
	if p, err = w.store.Open(name); err != nil {
		return nil, nil, err
	}
	return p, func() { p.Close() }, nil
}
