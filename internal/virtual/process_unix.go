//go:build unix

package virtual

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

func fileBusy(err error) bool { return errors.Is(err, syscall.ETXTBSY) }

// privateDir is a folder for program files that only this user can write.
func privateDir() (string, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("studio-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(st.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return os.MkdirTemp("", "studio-") // somebody else was there first
	}
	return dir, nil
}
