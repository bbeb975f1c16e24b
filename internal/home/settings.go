package home

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// DefaultSettings are what a newcomer starts with.
func DefaultSettings() api.Settings {
	return api.Settings{Theme: "system", Port: "virtual:", Below: "messages", FontSize: 14, AutoPush: true,
		Tabs: []string{}, Panels: map[string]int{}, Steps: []string{}, Boards: map[string]string{}}
}

// LoadSettings reads settings.json. A missing or damaged file gives the defaults: settings are a convenience, never a reason not to start.
func (h Home) LoadSettings() api.Settings {
	s := DefaultSettings()
	b, err := os.ReadFile(filepath.Join(h.Config, "settings.json"))
	if err != nil {
		return s
	}
	if json.Unmarshal(b, &s) != nil || CheckSettings(s) != nil {
		return DefaultSettings()
	}
	if s.Tabs == nil {
		s.Tabs = []string{}
	}
	if s.Steps == nil {
		s.Steps = []string{}
	}
	if s.Panels == nil {
		s.Panels = map[string]int{}
	}
	if s.Boards == nil {
		s.Boards = map[string]string{}
	}
	return s
}

// CheckSettings says what in s no Studio would have written. Empty and zero values are fine.
func CheckSettings(s api.Settings) error {
	bad := func(what string) error {
		return problem.New("settings.bad", "The setting “"+what+"” has a value that Studio does not know.", "Reload the page and try again.")
	}
	const name = 400 // longer than any path or name in here
	switch {
	case !slices.Contains([]string{"", "system", "light", "dark"}, s.Theme):
		return bad("theme")
	case !slices.Contains([]string{"", "console", "messages", "problems"}, s.Below):
		return bad("below")
	case s.FontSize != 0 && (s.FontSize < 8 || s.FontSize > 40):
		return bad("fontSize")
	case len(s.Tabs) > 200 || tooLong(s.Tabs, name):
		return bad("tabs")
	case len(s.ActiveTab) > name:
		return bad("activeTab")
	case len(s.Steps) > 50 || tooLong(s.Steps, name):
		return bad("steps")
	case len(s.Panels) > 50 || tooLong(slices.Collect(maps.Keys(s.Panels)), name):
		return bad("panels")
	}
	return nil
}

func tooLong(names []string, limit int) bool {
	return slices.ContainsFunc(names, func(n string) bool { return len(n) > limit })
}

// SaveSettings replaces settings.json in one step.
func (h Home) SaveSettings(s api.Settings) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(h.Config, "settings.json"), append(b, '\n'))
}

// Running is the note a running Studio leaves, so that the command line goes through it instead of fighting for the port.
type Running struct {
	URL   string `json:"url"`   // "http://127.0.0.1:8080"
	Token string `json:"token"` // sent as "Authorization: Bearer"
	PID   int    `json:"pid"`
}

// LeaveNote writes the note (readable by this user only); the returned func removes it again.
func (h Home) LeaveNote(r Running) (remove func(), err error) {
	path := filepath.Join(h.Config, "running.json")
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if err := writeWhole(path, b); err != nil { // CreateTemp makes files 0600
		return nil, noFolder(h.Config, err)
	}
	return func() {
		if now, ok, _ := h.FindRunning(); ok && now.PID == r.PID {
			os.Remove(path)
		}
	}, nil
}

// FindRunning reads the note. The Studio it speaks of may be gone: ask it before you trust it.
func (h Home) FindRunning() (r Running, ok bool, err error) {
	b, err := os.ReadFile(filepath.Join(h.Config, "running.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	if json.Unmarshal(b, &r) != nil {
		return r, false, nil
	}
	return r, r.URL != "", nil
}
