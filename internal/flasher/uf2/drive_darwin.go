package uf2

import "path/filepath"

// mounted lists the drives. Their names do not count: macOS has shown the Pico's as "NO NAME".
func mounted() []string {
	dirs, _ := filepath.Glob("/Volumes/*")
	return dirs
}

func unmounted() string { return "" }
