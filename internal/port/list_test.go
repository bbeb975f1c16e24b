package port

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"studioide/internal/api"
)

func TestMorePortsByName(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "tty1"), nil, 0o600)
	os.WriteFile(filepath.Join(dir, "other"), nil, 0o600)
	if err := os.Symlink("nowhere", filepath.Join(dir, "tty2")); err != nil {
		t.Log(err) // not everybody may on Windows
	}
	before, err := List()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("STUDIO_PORTS", filepath.Join(dir, "tty*")+string(filepath.ListSeparator)+filepath.Join(dir, "tty1")+string(filepath.ListSeparator)+"[")
	after, err := List()
	if err != nil {
		t.Fatal(err)
	}
	want := append(slices.Clone(before), api.Port{Name: filepath.Join(dir, "tty1"), Title: "tty1"})
	if !slices.Equal(after, want) {
		t.Errorf("%v instead of %v", after, want)
	}
}
