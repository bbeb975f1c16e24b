package virtual

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"studioide/ui/src/words/say"
)

// dirLock keeps a second process away from a board's folder. The system lets
// go of it when the process ends, however it ends.
type dirLock struct{ lock *flock.Flock }

func lockDir(dir string) (*dirLock, error) {
	pidFile := filepath.Join(dir, "pid") // apart from the lock: Windows lets nobody read a locked file
	for _, name := range []string{"lock", "pid"} {
		if err := isPlainOrNew(filepath.Join(dir, name)); err != nil {
			return nil, stateProblem(err)
		}
	}
	l := flock.New(filepath.Join(dir, "lock"))
	ok, err := l.TryLock()
	if err != nil {
		return nil, stateProblem(err)
	}
	if !ok {
		who := say.VirtualAnotherStudio()
		if b, err := os.ReadFile(pidFile); err == nil {
			if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
				who = say.VirtualAnotherStudioProcess(pid)
			}
		}
		return nil, errInUse.With(who)
	}
	os.WriteFile(pidFile, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644) // only for the message above
	return &dirLock{l}, nil
}

func (l *dirLock) release() {
	if l != nil {
		l.lock.Close()
	}
}
