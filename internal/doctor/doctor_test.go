package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A board that waits as a drive has no serial port, but it is there.
func TestWaitingBoardIsFound(t *testing.T) {
	before := ports()
	if before.Help != "" && !before.OK {
		t.Skip("SKIPPED: a port of this computer has a problem of its own: " + before.Text)
	}
	volumes := t.TempDir()
	t.Setenv("STUDIO_VOLUMES", volumes)
	if c := ports(); strings.Contains(c.Text, "uf2:RP2350") {
		t.Skip("SKIPPED: such a board waits at this computer")
	}
	dir := filepath.Join(volumes, "RP2350")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "INFO_UF2.TXT"), []byte("UF2 Bootloader\r\nBoard-ID: RP2350\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := ports(); !c.OK || !strings.Contains(c.Text, "uf2:RP2350 (Pico 2 or Pico 2 W, waiting for a program)") {
		t.Errorf("%+v", c)
	}
}
