package port

import (
	"os"
	"path/filepath"
	"slices"

	"studioide/internal/api"
)

// List names the serial ports that are there. The environment variable
// STUDIO_PORTS names more, for what the system does not list, such as pseudo
// terminals: patterns of paths, separated as in PATH.
func List() ([]api.Port, error) {
	list, err := systems()
	for _, pattern := range filepath.SplitList(os.Getenv("STUDIO_PORTS")) {
		found, _ := filepath.Glob(pattern)
		for _, name := range found {
			_, err := os.Stat(name) // links may lead nowhere
			if err == nil && !slices.ContainsFunc(list, func(p api.Port) bool { return p.Name == name }) {
				list = append(list, api.Port{Name: name, Title: filepath.Base(name)})
			}
		}
	}
	return list, err
}
