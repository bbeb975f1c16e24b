// Package tempdir makes temporary folders that do not outlive their process for
// long: those of a process that was killed are removed by the next one.
//
// All of a user's lie in one folder that only this user may use. In it each
// process has a folder of its own, and a locked file beside it: the system lets
// go of the lock when the process ends, however it ends, and what nobody has
// locked is left over. Folders of other users are never looked at.
//
//	dir, err := tempdir.Make("board-")
//	defer tempdir.Clean() // in main
package tempdir

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

var mine struct {
	sync.Mutex
	dir  string
	lock *flock.Flock // nil while there is no folder
}

const (
	prefix = "run-"
	suffix = ".lock"
)

// Make makes an empty folder whose name begins with begin. It may be called from several goroutines.
func Make(begin string) (string, error) {
	mine.Lock()
	defer mine.Unlock()
	if mine.lock == nil {
		if err := openLocked(); err != nil {
			return "", err
		}
	}
	dir, err := os.MkdirTemp(mine.dir, begin)
	if os.IsNotExist(err) { // something has cleaned up all that is temporary
		mine.lock.Close()
		mine.lock = nil
		if err = openLocked(); err == nil {
			dir, err = os.MkdirTemp(mine.dir, begin)
		}
	}
	return dir, err
}

// Clean removes this process's folders. It is for the end.
func Clean() {
	mine.Lock()
	defer mine.Unlock()
	if mine.lock == nil {
		return
	}
	os.RemoveAll(mine.dir)
	mine.lock.Close()
	os.Remove(mine.dir + suffix)
	mine.lock = nil
}

// Sweep removes the folders of this user's processes that were killed.
func Sweep() {
	base, err := UserDir()
	if err != nil {
		return
	}
	unlock, err := gate(base)
	if err != nil {
		return
	}
	defer unlock()
	sweepLocked(base)
}

// openLocked makes this process's folder, having removed what is left over.
func openLocked() error {
	base, err := UserDir()
	if err != nil {
		return err
	}
	unlock, err := gate(base)
	if err != nil {
		return err
	}
	defer unlock()
	sweepLocked(base)
	dir, err := os.MkdirTemp(base, prefix)
	if err != nil {
		return err
	}
	lock := flock.New(dir + suffix)
	if _, err := lock.TryLock(); err != nil {
		lock.Close()
		os.RemoveAll(dir)
		return err
	}
	mine.dir, mine.lock = dir, lock
	return nil
}

// gate keeps those who make a folder and those who sweep out of each other's way: a folder whose lock is not there yet
// looks like one that is left over.
func gate(base string) (unlock func(), err error) {
	lock := flock.New(filepath.Join(base, "gate"))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		lock.Close()
		return nil, err
	}
	return func() { lock.Close() }, nil
}

func sweepLocked(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, prefix+"*"))
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() {
			continue // its lock, which goes with it
		}
		lock := flock.New(dir + suffix)
		if free, err := lock.TryLock(); err != nil || !free {
			lock.Close()
			continue
		}
		os.RemoveAll(dir)
		lock.Close()
		os.Remove(dir + suffix)
	}
	locks, _ := filepath.Glob(filepath.Join(base, prefix+"*"+suffix)) // whose folders something else has removed
	for _, path := range locks {
		if _, err := os.Lstat(strings.TrimSuffix(path, suffix)); !os.IsNotExist(err) {
			continue
		}
		lock := flock.New(path)
		if free, err := lock.TryLock(); err == nil && free {
			lock.Close()
			os.Remove(path)
			continue
		}
		lock.Close()
	}
}
