package workbench

import (
	"os"
	"sync"

	"studioide/internal/api"
	"studioide/internal/home"
	"studioide/internal/project"
)

// trust is what is known of the trust in the open project, as of the last look.
// It is for what pages see: what is built and started asks the disk.
type trust struct {
	home home.Home

	mu    sync.Mutex
	now   api.Trust // without the author
	stamp string    // of what it was read from
}

func (t *trust) get() api.Trust {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

// old tells whether somebody else has changed what is trusted since the last look.
func (t *trust) old() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stamp != t.home.Trust().Stamp()
}

// look looks at the disk, and tells whether something has changed.
func (t *trust) look(p *project.Project) bool {
	stamp := t.home.Trust().Stamp() // before: what changes meanwhile is looked at again
	var now api.Trust
	if r, ok := t.home.Trust().Of(p); ok {
		now = api.Trust{Trusted: true, How: string(r.How), Since: r.Since}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	changed := t.now != now
	t.now, t.stamp = now, stamp
	return changed
}

// lookAtTrust tells every page what has become of the trust in the open project.
func (w *Workbench) lookAtTrust() {
	if p, err := w.Project(); err == nil {
		w.trust.look(p)
	}
	w.reckon()
	w.publishProject()
	w.publishFiles() // the program on the board is not the one that Run would build now
	w.publishBoard()
}

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
	w.lookAtTrust()
	return nil
}

// ForgetTrust takes trust back from the project that List has with that id.
func (w *Workbench) ForgetTrust(id string) error {
	if _, err := w.home.Trust().RemoveID(id); err != nil {
		return err
	}
	w.lookAtTrust()
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
