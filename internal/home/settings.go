package home

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"studioide/internal/api"
)

// DefaultSettings are what a newcomer starts with.
func DefaultSettings() api.Settings {
	return api.Settings{Theme: "system", Port: "virtual:", Below: "messages", FontSize: 14, AutoPush: true,
		Tabs: []string{}, Panels: map[string]int{}, Steps: []string{}, Recent: []string{}, Boards: map[string]string{}}
}

// LoadSettings reads settings.json. A missing or damaged file gives the defaults: settings are a convenience, never a
// reason not to start. The error says why a file that is there could not be used.
func (h Home) LoadSettings() (api.Settings, error) {
	s := DefaultSettings()
	b, err := ReadPlain(filepath.Join(h.Config, "settings.json"), 4<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		if err = json.Unmarshal(b, &s); err == nil {
			err = CheckSettings(s)
		}
	}
	if err != nil {
		return DefaultSettings(), err
	}
	if s.Tabs == nil {
		s.Tabs = []string{}
	}
	if s.Steps == nil {
		s.Steps = []string{}
	}
	if s.Recent == nil {
		s.Recent = []string{}
	}
	if s.Panels == nil {
		s.Panels = map[string]int{}
	}
	if s.Boards == nil {
		s.Boards = map[string]string{}
	}
	return s, nil
}

// CheckSettings says what in s no Studio would have written. Empty and zero values are fine.
func CheckSettings(s api.Settings) error {
	bad := func(what string) error {
		return errBad.With(what)
	}
	const name = 400 // longer than any path or name in here
	switch {
	case !slices.Contains([]string{"", "system", "light", "dark"}, s.Theme):
		return bad("theme")
	case !slices.Contains([]string{"", "console", "messages", "problems", "search"}, s.Below):
		return bad("below")
	case s.FontSize != 0 && (s.FontSize < 8 || s.FontSize > 40):
		return bad("fontSize")
	case s.TabSize < 0 || s.TabSize > 8:
		return bad("tabSize")
	case len(s.Recent) > 50 || tooLong(s.Recent, name):
		return bad("recent")
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

// SaveSettings replaces settings.json in one step. A failure is a *problem.Problem.
func (h Home) SaveSettings(s api.Settings) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = writeWhole(filepath.Join(h.Config, "settings.json"), append(b, '\n'))
	}
	if err != nil {
		return errSettings.With(h.Config).Because(err)
	}
	return nil
}
