package workbench

import (
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/home"
)

// settings are what Studio remembers for its user; they reach the disk a moment after a change.
type settings struct {
	home home.Home
	hub  *Hub
	log  *slog.Logger

	saving sync.Mutex // held while they are saved: the latest are written last; taken before mu

	mu    sync.Mutex
	now   api.Settings
	timer *time.Timer // set while a change waits to be saved
}

// get gives the settings, whose lists and maps nobody changes.
func (k *settings) get() api.Settings {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func (k *settings) change(do func(*api.Settings)) api.Settings {
	k.mu.Lock()
	s := k.now
	s.Tabs, s.Steps, s.Recent, s.Panels = slices.Clone(s.Tabs), slices.Clone(s.Steps), slices.Clone(s.Recent), maps.Clone(s.Panels)
	if s.Boards = maps.Clone(s.Boards); s.Boards == nil {
		s.Boards = map[string]string{}
	}
	do(&s)
	k.now = s
	if k.timer == nil {
		k.timer = time.AfterFunc(300*time.Millisecond, func() {
			if err := k.keep(); err != nil {
				k.log.Warn("settings could not be saved", "err", err)
			}
		})
	}
	k.mu.Unlock()
	k.hub.Publish(api.Event{Settings: &s})
	return s
}

func (k *settings) keep() error {
	k.saving.Lock()
	defer k.saving.Unlock()
	k.mu.Lock()
	if k.timer == nil {
		k.mu.Unlock()
		return nil
	}
	k.timer.Stop()
	k.timer = nil
	s := k.now
	k.mu.Unlock()
	return k.home.SaveSettings(s)
}

// SetSettings changes the settings and tells every page. They reach the disk a moment later.
func (w *Workbench) SetSettings(change func(*api.Settings)) api.Settings {
	return w.settings.change(change)
}

// KeepSettings brings the settings to the disk now, if they have changed. What could not be saved is tried again with the next change.
func (w *Workbench) KeepSettings() error { return w.settings.keep() }
