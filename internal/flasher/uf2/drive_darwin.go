package uf2

import (
	"path/filepath"
	"slices"
	"strings"
)

// mounted lists the drives that may be a board's. macOS asks the user before a
// program may look at a drive, so others are left alone; a Pico's has been seen
// as "NO NAME".
func mounted() []string {
	dirs, _ := filepath.Glob("/Volumes/*")
	return slices.DeleteFunc(dirs, func(dir string) bool {
		name := filepath.Base(dir) // a second one has a number behind it
		return !strings.HasPrefix(name, "NO NAME") && !slices.ContainsFunc(chips, func(c chip) bool { return strings.HasPrefix(name, c.board) })
	})
}

func unmounted() (device, drive string) { return "", "" }
