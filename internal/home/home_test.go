package home

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
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

// A service, or a container, may have no home folder at all.
func TestNoHomeIsSaidInWords(t *testing.T) {
	for _, name := range []string{"STUDIO_HOME", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "AppData", "LocalAppData", "USERPROFILE"} {
		t.Setenv(name, "")
	}
	if _, err := Open(); err == nil || !strings.Contains(err.Error(), "where your home folder is") {
		t.Fatal(err)
	}
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
	s, err := h.LoadSettings()
	if err != nil {
		t.Fatal(err)
	}
	s.Theme = "dark"
	if err := h.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	if got, err := h.LoadSettings(); err != nil || got.Theme != "dark" {
		t.Errorf("theme after saving = %q, %v; want dark", got.Theme, err)
	}
	for _, damaged := range []string{`{"theme": "da`, `{"theme": "pink"}`, `{"fontSize": 99999999}`, `{"below": 7}`, `{"tabs": ["` + strings.Repeat("x", 1<<20) + `"]}`, `[]`} {
		if err := os.WriteFile(filepath.Join(h.Config, "settings.json"), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := h.LoadSettings(); err == nil || got.Theme != "system" || !got.AutoPush || got.Port != "virtual:" || got.FontSize != 14 {
			t.Errorf("settings from %.60s = %+v, %v; want the defaults and why", damaged, got, err)
		}
	}
}

func TestNoteIsRemovedByItsOwnerOnly(t *testing.T) {
	h := open(t)
	release, ok, err := h.Claim()
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	defer release()
	first, err := h.LeaveNote(Running{URL: "http://127.0.0.1:1", Token: "one", PID: 1})
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.LeaveNote(Running{URL: "http://127.0.0.1:2", Token: "two", PID: 1}) // the number is used again
	if err != nil {
		t.Fatal(err)
	}
	first()
	if r, ok, err := h.FindRunning(); !ok || err != nil || r.Token != "two" {
		t.Fatalf("after the first Studio ended: %+v, %v, %v; want the second's note", r, ok, err)
	}
	second()
	if _, ok, err := h.FindRunning(); ok || err != nil {
		t.Fatalf("after both ended there is still a note (%v)", err)
	}
}

// A note whose Studio has ended without a word is not believed, and goes with the next Studio.
func TestNoteWithoutItsStudio(t *testing.T) {
	h := open(t)
	if _, err := h.LeaveNote(Running{URL: "http://127.0.0.1:1", Token: "one", PID: os.Getpid()}); err != nil { // the number is used again
		t.Fatal(err)
	}
	if r, ok, err := h.FindRunning(); ok || err != nil {
		t.Errorf("a note that nobody holds: %+v, %v; want none", r, err)
	}
	old := filepath.Join(h.Config, "token") // of a version whose token never changed
	if err := os.WriteFile(old, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	release, ok, err := h.Claim()
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, err := h.FindRunning(); ok || err != nil {
		t.Errorf("while the next Studio starts, the last one's note is believed (%v)", err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the token that never changed is still there")
	}
	if _, ok, err := h.Claim(); ok || err != nil {
		t.Errorf("two have the claim (%v)", err)
	}
	release()
	if release, ok, err := h.Claim(); !ok || err != nil {
		t.Errorf("the claim outlives its holder (%v)", err)
	} else {
		release()
	}
}

func TestBrowsersAreForgotten(t *testing.T) {
	h := open(t)
	now := time.Unix(1e9, 0)
	for i := range maxBrowsers + 5 {
		if err := h.Remember(Browser{Key: []byte{byte(i)}, Host: "127.0.0.1:8080", Seen: now}); err != nil {
			t.Fatal(err)
		}
		if err := h.Remember(Browser{Key: []byte{0}, Host: "127.0.0.1:8080", Seen: now}); err != nil { // comes every day
			t.Fatal(err)
		}
	}
	list := h.Browsers(now)
	if len(list) != maxBrowsers || list[len(list)-1].Key[0] != 0 || list[len(list)-2].Key[0] != maxBrowsers+4 {
		t.Errorf("%d are known, the last %v; want %d", len(list), list[max(0, len(list)-2):], maxBrowsers)
	}
	if n := len(h.Browsers(now.Add(BrowserMemory + time.Second))); n != 0 {
		t.Errorf("%d are known after a month", n)
	}
	if n := len(h.Browsers(now.Add(-2 * time.Hour))); n != 0 {
		t.Errorf("%d are known that were seen in the future", n)
	}
	info, err := os.Stat(filepath.Join(h.Config, browsersFile))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want mode 0600", info, err)
	}
}
