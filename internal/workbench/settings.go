package workbench

import (
	"maps"
	"slices"
	"time"

	"studioide/internal/api"
)

// SetSettings changes the settings and tells every page. They reach the disk a moment later.
func (w *Workbench) SetSettings(change func(*api.Settings)) api.Settings {
	w.mu.Lock()
	s := w.settings
	s.Tabs, s.Steps, s.Panels = slices.Clone(s.Tabs), slices.Clone(s.Steps), maps.Clone(s.Panels)
	if s.Boards = maps.Clone(s.Boards); s.Boards == nil {
		s.Boards = map[string]string{}
	}
	change(&s)
	w.settings = s
	if w.save == nil {
		w.save = time.AfterFunc(300*time.Millisecond, func() {
			if err := w.KeepSettings(); err != nil {
				w.log.Warn("settings could not be saved", "err", err)
			}
		})
	}
	w.mu.Unlock()
	w.hub.Publish(api.Event{Settings: &s})
	return s
}

// KeepSettings brings the settings to the disk now, if they have changed. What could not be saved is tried again with the next change.
func (w *Workbench) KeepSettings() error {
	w.saving.Lock() // the latest settings are written last
	defer w.saving.Unlock()
	w.mu.Lock()
	if w.save == nil {
		w.mu.Unlock()
		return nil
	}
	w.save.Stop()
	w.save = nil
	s := w.settings
	w.mu.Unlock()
	return w.home.SaveSettings(s)
}
