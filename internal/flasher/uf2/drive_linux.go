package uf2

import (
	"os"
	"path/filepath"
	"strings"
)

// mounted lists where drives with a FAT are mounted. Others are not looked at:
// one on a network may take its time.
func mounted() []string {
	table, _ := os.ReadFile("/proc/self/mounts")
	return fatIn(string(table))
}

func fatIn(table string) (dirs []string) {
	for line := range strings.Lines(table) {
		f := strings.Fields(line) // device, place, kind, …
		if len(f) > 2 && (f[2] == "vfat" || f[2] == "msdos") {
			dirs = append(dirs, mountEscapes.Replace(f[1]))
		}
	}
	return dirs
}

var mountEscapes = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// unmounted finds a board whose drive the system has found, but not mounted: its device and its name; "": there is none.
func unmounted() (device, drive string) { return unmountedIn("/dev/disk/by-label") }

func unmountedIn(labels string) (device, drive string) {
	for _, c := range chips {
		if device, err := filepath.EvalSymlinks(filepath.Join(labels, c.board)); err == nil {
			return device, c.board
		}
	}
	return "", ""
}
