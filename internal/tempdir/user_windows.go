package tempdir

import (
	"os"
	"path/filepath"
)

// userDir is this user's folder: the temporary folder is each user's own there.
func userDir() (string, error) {
	dir := filepath.Join(os.TempDir(), "studio")
	return dir, os.MkdirAll(dir, 0o700)
}
