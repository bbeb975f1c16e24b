package main

import (
	"os"
	"path/filepath"
	"testing"

	"studioide/internal/problem"
)

// A file that is too large, or a device that never ends, is refused before it fills the memory.
func TestImageThatNeverEnds(t *testing.T) {
	big := filepath.Join(t.TempDir(), "big.bin")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 64<<20+1); err != nil {
		t.Fatal(err)
	}
	names := []string{big}
	if _, err := os.Stat("/dev/zero"); err == nil {
		names = append(names, "/dev/zero")
	}
	for _, name := range names {
		if _, _, err := imageFile([]string{name}); err == nil || problem.Of(err).Code != "flash.too-large" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
