package esp32c3

import (
	"os/exec"
	"testing"
)

// What the emulator makes of the ROM's arithmetic is right: programs would
// only show it as wrong values.
func TestMachine(t *testing.T) {
	if missing != "" {
		t.Skip("SKIPPED: " + missing)
	}
	cmd := exec.Command("/usr/bin/python3", "-B", "rom_test.py")
	cmd.Dir = "machine"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
