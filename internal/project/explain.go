package project

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"studioide/internal/problem"
)

// explain turns what the operating system said about a path into a Problem. doing completes "could not be …".
func explain(err error, doing, path string) error {
	var known *problem.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case DiskFull(err):
		return ErrDiskFull.With(path, doing).Because(err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return ErrReadOnly.With(path, doing).Because(err)
	case errors.Is(err, fs.ErrNotExist):
		return ErrMissing.With(path).Because(err)
	case errors.Is(err, fs.ErrExist), errors.Is(err, syscall.ENOTEMPTY):
		return ErrExists.With(path).Because(err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return errKindFolder.With(path, doing).Because(err)
	case errors.Is(err, syscall.ELOOP), strings.Contains(err.Error(), "escapes from parent"): // os.Root has no exported error for it
		return errOutside.With(path).Because(err)
	}
	return errFailed.With(path, doing, reason(err)).Because(err)
}

// DiskFull tells whether err says that there is no room left.
func DiskFull(err error) bool {
	for _, e := range diskFullErrors {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// reason is the innermost text of err, without paths.
func reason(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
