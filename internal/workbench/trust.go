package workbench

import (
	"os"

	"studioide/internal/api"
	"studioide/internal/home"
)

// TrustProject lets the programs of a project run as this computer's own code,
// or takes that back: then what runs of it on the virtual board is held.
func (w *Workbench) TrustProject(name string, trusted bool) error {
	p, err := w.store.Open(name)
	if err != nil {
		return err
	}
	defer p.Close()
	if !trusted {
		r, ok := w.home.Trust().Of(p)
		if !ok {
			return nil
		}
		return w.ForgetTrust(r.ID)
	}
	if _, err := w.home.Trust().Add(p, home.Asked); err != nil {
		return err
	}
	w.publishProject()
	w.publishFiles() // the program on the board is not the one that Run would build now
	w.publishBoard()
	return nil
}

// ForgetTrust takes trust back from the project that List has with that id.
func (w *Workbench) ForgetTrust(id string) error {
	if _, err := w.home.Trust().RemoveID(id); err != nil {
		return err
	}
	w.publishProject()
	w.publishFiles()
	w.publishBoard()
	if s, err := w.Session(); err == nil {
		s.Recheck()
	}
	return nil
}

// TrustedProjects lists them in order of their folders.
func (w *Workbench) TrustedProjects() ([]api.TrustedProject, error) {
	list, err := w.home.Trust().List()
	if err != nil {
		return nil, err
	}
	out := []api.TrustedProject{}
	for _, r := range list {
		_, err := os.Lstat(r.Path)
		out = append(out, api.TrustedProject{ID: r.ID, Path: r.Path, How: string(r.How), Since: r.Since, Gone: err != nil})
	}
	return out, nil
}
