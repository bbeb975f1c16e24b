package board

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// flashGoal is what a template may take of a Pico's 2 MB: 120 KB.
const flashGoal = 120 << 10

// TestTinyGo builds the templates for the Raspberry Pi Pico, cable only.
func TestTinyGo(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	tinygo, err := exec.LookPath("tinygo")
	if err != nil {
		fmt.Fprintln(os.Stderr, "\n*** tinygo is not installed: whether the runtime builds for a Pico was NOT tested ***")
		t.Skip("no tinygo")
	}
	_, here, _, _ := runtime.Caller(0)
	module := filepath.Join(filepath.Dir(here), "../../firmware-templates")
	for _, name := range []string{"led", "blink"} {
		to := filepath.Join(t.TempDir(), name+".elf")
		build := exec.Command(tinygo, "build", "-target=pico", "-o", to, "./"+name)
		build.Dir = module
		build.Env = append(os.Environ(), "GOFLAGS=")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		flash, ram := sizes(t, to)
		t.Logf("%s on a Pico: %d bytes of flash, %d of static RAM", name, flash, ram)
		if flash > flashGoal {
			t.Errorf("%s takes %d bytes of flash, more than %d", name, flash, flashGoal)
		}
	}
}

// sizes adds up what a program puts into flash and into RAM.
func sizes(t *testing.T, name string) (flash, ram uint64) {
	t.Helper()
	f, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD {
			continue
		}
		flash += p.Filesz
		if p.Vaddr >= 0x20000000 {
			ram += p.Memsz
		}
	}
	return flash, ram
}
