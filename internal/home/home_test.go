package home

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func open(t *testing.T) Home {
	t.Helper()
	t.Setenv("STUDIO_HOME", t.TempDir())
	h, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestKeyIsMadeOnceAndKept(t *testing.T) {
	h := open(t)
	a, err := h.Key()
	if err != nil || len(a) != 32 {
		t.Fatalf("Key() = %d bytes, %v; want 32", len(a), err)
	}
	b, err := h.Key()
	if err != nil || !bytes.Equal(a, b) {
		t.Fatalf("second Key() differs: %v", err)
	}
	info, err := os.Stat(filepath.Join(h.Config, "key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v, %v; want mode 0600", info.Mode(), err)
	}
}

func TestDamagedSettingsGiveDefaults(t *testing.T) {
	h := open(t)
	s := h.LoadSettings()
	s.Theme = "dark"
	if err := h.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	if got := h.LoadSettings().Theme; got != "dark" {
		t.Errorf("theme after saving = %q, want dark", got)
	}
	for _, damaged := range []string{`{"theme": "da`, `{"theme": "pink"}`, `{"fontSize": 99999999}`, `{"below": 7}`, `{"tabs": ["` + strings.Repeat("x", 1<<20) + `"]}`, `[]`} {
		if err := os.WriteFile(filepath.Join(h.Config, "settings.json"), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := h.LoadSettings(); got.Theme != "system" || !got.AutoPush || got.Port != "virtual:" || got.FontSize != 14 {
			t.Errorf("settings from %.60s = %+v, want the defaults", damaged, got)
		}
	}
}

func TestNoteIsRemovedByItsOwnerOnly(t *testing.T) {
	h := open(t)
	first, err := h.LeaveNote(Running{URL: "http://127.0.0.1:1", PID: 1})
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.LeaveNote(Running{URL: "http://127.0.0.1:2", PID: 2})
	if err != nil {
		t.Fatal(err)
	}
	first()
	if r, ok, err := h.FindRunning(); !ok || err != nil || r.PID != 2 {
		t.Fatalf("after the first Studio ended: %+v, %v, %v; want the second's note", r, ok, err)
	}
	second()
	if _, ok, err := h.FindRunning(); ok || err != nil {
		t.Fatalf("after both ended there is still a note (%v)", err)
	}
}
