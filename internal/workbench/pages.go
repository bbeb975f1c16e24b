package workbench

import (
	"path/filepath"

	"studioide/internal/home"
	"studioide/internal/session"
)

// The board's pages are served at a port that belongs to the open project, so
// that what they keep in a browser is its own: another project's pages never
// find it, and it goes when the project does. The functions are called with the runner's turn held.

// pagePlaceLocked is where the open project's pages belong, and its folder; "" when none is open.
func (w *Workbench) pagePlaceLocked() (place home.PagePlace, dir string) {
	w.mu.Lock()
	if w.project != nil {
		dir = w.project.Dir
	}
	w.mu.Unlock()
	if dir == "" {
		return home.PagePlace{}, ""
	}
	place, taken := w.home.PagePlace(dir)
	if place.Port == 0 && !taken(w.config.PagePort) {
		place.Port = w.config.PagePort
	}
	return place, dir
}

// keepPagePlaceLocked remembers where the pages are now.
func (w *Workbench) keepPagePlaceLocked(s *session.Session, dir string, place home.PagePlace) {
	if dir == "" || place.Port == 0 {
		return
	}
	had, err := w.home.KeepPagePlace(dir, place)
	if err != nil {
		w.log.Warn("what the project's pages keep in browsers may be lost", "err", err)
	}
	if had {
		s.ClearPages()
	}
}

// movePagesLocked follows the open project.
func (w *Workbench) movePagesLocked() {
	place, dir := w.pagePlaceLocked()
	s := w.board()
	if s == nil {
		return
	}
	port, err := s.MovePages(place.Port, place.Owner)
	if err != nil {
		w.log.Warn("the project's pages stay where those of the one before were", "err", err)
		return
	}
	place.Port = port
	w.keepPagePlaceLocked(s, dir, place)
}

func (w *Workbench) movePagePlaceLocked(from, to string) {
	if err := w.home.MovePagePlace(filepath.Join(w.store.Dir, from), filepath.Join(w.store.Dir, to)); err != nil {
		w.log.Warn("what the project's pages keep in browsers may be lost", "err", err)
	}
}

func (w *Workbench) forgetPagePlaceLocked(dir string) {
	if err := w.home.ForgetPagePlace(dir); err != nil {
		w.log.Warn("the place of the project's pages could not be forgotten", "err", err)
	}
}
