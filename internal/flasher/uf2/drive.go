package uf2

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
)

// infoFile is on the drive of every UF2 bootloader.
const infoFile = "INFO_UF2.TXT"

// drive is a board that waits in its bootloader.
type drive struct {
	dir  string
	chip chip
}

// drives finds the boards that wait. The environment variable STUDIO_VOLUMES
// names more folders to look into, for systems that mount drives elsewhere;
// separated as in PATH.
func drives() (found []drive) {
	places := mounted()
	for _, dir := range filepath.SplitList(os.Getenv("STUDIO_VOLUMES")) {
		inside, _ := os.ReadDir(dir)
		for _, e := range inside {
			places = append(places, filepath.Join(dir, e.Name()))
		}
	}
	for _, dir := range places {
		if c, ok := identify(dir); ok {
			found = append(found, drive{dir, c})
		}
	}
	return found
}

// identify reads which chip's boot ROM shows a drive.
func identify(dir string) (chip, bool) {
	f, err := os.Open(filepath.Join(dir, infoFile))
	if err != nil {
		return chip{}, false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 0; n < 20 && lines.Scan(); n++ {
		id, ok := strings.CutPrefix(lines.Text(), "Board-ID:")
		if !ok {
			continue
		}
		for _, c := range chips {
			if strings.TrimSpace(id) == c.board {
				return c, true
			}
		}
	}
	return chip{}, false
}

// present tells whether the drive is still there.
func (d drive) present() bool {
	_, ok := identify(d.dir)
	return ok
}
