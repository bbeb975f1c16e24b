package virtual

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

func fileBusy(err error) bool { return errors.Is(err, windows.ERROR_SHARING_VIOLATION) }

// privateDir is a folder for program files; a user's temporary folder is private on Windows.
func privateDir() (string, error) {
	dir := filepath.Join(os.TempDir(), "studio")
	return dir, os.MkdirAll(dir, 0o700)
}
