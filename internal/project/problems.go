package project

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"studioide/internal/problem"
)

// Problems that callers tell apart with errors.Is.
var (
	ErrConflict = problem.New("file.conflict", "", "")
	ErrMissing  = problem.New("file.missing", "", "")
	ErrExists   = problem.New("file.exists", "", "")
	ErrDiskFull = problem.New("disk.full", "", "")
	ErrReadOnly = problem.New("folder.read-only", "", "")
	ErrTooLarge = problem.New("file.too-large", "", "")
	ErrBadName  = problem.New("name.bad", "", "")
)

// explain turns what the operating system said about a path into a Problem. doing completes "could not be …".
func explain(err error, doing, path string) error {
	var known *problem.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case diskFull(err):
		return problem.New("disk.full", "The disk is full: "+path+" could not be "+doing+". What was there before is unchanged.",
			"Free some space on the disk, then save again; keep this page open until then.").Because(err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return problem.New("folder.read-only", path+" could not be "+doing+": this program may not change the project's folder.",
			"Allow writing to the folder (it may be on a read-only disk or belong to another user), or make a copy of the project.").Because(err)
	case errors.Is(err, fs.ErrNotExist):
		return problem.New("file.missing", "There is no "+path+" in the project.",
			"It may have been removed or renamed; look at the list of files.").Because(err)
	case errors.Is(err, fs.ErrExist), errors.Is(err, syscall.ENOTEMPTY):
		return problem.New("file.exists", path+" exists already.", "Choose another name.").Because(err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return problem.New("file.kind", path+" could not be "+doing+": a folder and a file would have the same name.",
			"Choose another name.").Because(err)
	case strings.Contains(err.Error(), "escapes from parent"): // os.Root has no exported error for it
		return problem.New("file.outside", path+" is a link that leads out of the project.",
			"Replace the link by a copy of the file.").Because(err)
	}
	return problem.New("file.failed", path+" could not be "+doing+": "+reason(err)+". What was there before is unchanged.",
		"Try again; if it stays, look whether the disk is all right.").Because(err)
}

func diskFull(err error) bool {
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
