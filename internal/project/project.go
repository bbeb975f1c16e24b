package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Project is an open project. Close it before its folder is renamed or removed.
type Project struct {
	Name string // the folder's name
	Dir  string // absolute

	root     *os.Root
	readOnly bool

	state atomic.Pointer[State] // nil: nobody has looked yet

	mu     sync.Mutex // one change at a time
	tree   *tree      // what the state is made of
	origin string     // where it was cloned from
	kept   time.Time  // when the newest snapshot was taken; zero: not known yet

	// Of the Watch; none: zero.
	watcher *fsnotify.Watcher
	live    bool              // the system tells of every change
	pending map[string]string // path → hash of what other programs have changed, until it is told
	news    chan struct{}     // says that there is such a thing

	fault func(step string) error // tests fail a step of a save
}

// OpenDir opens the folder dir as a project; it needs a main.go. Temporary
// files that a killed Studio left are removed, and what it was bringing back is brought back.
func OpenDir(dir string) (*Project, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, noProject(dir, err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return nil, errDenied.With(abs).Because(err)
		}
		return nil, noProject(dir, err)
	}
	if !isProject(root) {
		root.Close()
		return nil, noProject(dir, nil)
	}
	p := &Project{Name: filepath.Base(abs), Dir: abs, root: root, tree: newTree(),
		fault: func(string) error { return nil }}
	p.cleanTemps()
	if p.readOnly = p.probe() != nil; !p.readOnly {
		finishMoves(root)
		p.finishRestore()
	}
	return p, nil
}

func isProject(root *os.Root) bool {
	for _, name := range []string{"main.go", metaFile} {
		if info, err := root.Stat(name); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

func noProject(dir string, err error) error {
	return errNoProjectHere.With(dir).Because(err)
}

// ReadOnly says that the folder could not be written when it was opened.
func (p *Project) ReadOnly() bool { return p.readOnly }

// probe finds out whether files can be made in the project.
func (p *Project) probe() error {
	if err := p.ownFolder(tmpDir); err != nil {
		if DiskFull(err) {
			return nil // full is not read-only
		}
		return err
	}
	name := tmpDir + "/" + randomName()
	f, err := p.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		if DiskFull(err) {
			return nil
		}
		return err
	}
	f.Close()
	return p.root.Remove(name)
}

// Close lets go of the folder.
func (p *Project) Close() error { return p.root.Close() }
