package tempdir

import (
	"os"
	"path/filepath"
)

// UserDir is a folder for files of this user's processes: the temporary folder is each user's own there.
func UserDir() (string, error) {
	dir := filepath.Join(os.TempDir(), "studio")
	return dir, os.MkdirAll(dir, 0o700)
}
