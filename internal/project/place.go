package project

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// place is where a file lies: its folder, held open, so that a save does not
// walk to it again and again. Where a link is on the way, or no folder, it is the
// project's own, with the rest of the way as the name.
type place struct {
	name string // in the project
	root *os.Root
	base string      // in root
	held bool        // root is to be closed
	link bool        // a link may be on the way, or be the file
	lazy bool        // what is put there need not survive a power cut
	info fs.FileInfo // of the file that was loaded last; nil: there was none
}

// open finds a file's place. The file need not be there.
func (p *Project) open(name string) *place {
	whole := &place{name: name, root: p.root, base: name, link: true}
	at := &place{name: name, root: p.root, base: path.Base(name)}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		info, err := at.root.Lstat(part)
		last := i == len(parts)-1
		switch {
		case last && (err != nil || !isLink(info.Mode())):
			return at
		case err != nil || last || !info.IsDir():
			at.close()
			return whole
		}
		next, err := at.root.OpenRoot(part)
		at.close()
		if err != nil {
			return whole
		}
		at.root, at.held = next, true
	}
	return at
}

// openFit opens the place of a file of the user's; see checkHidden.
func (p *Project) openFit(name string) (*place, error) {
	at := p.open(name)
	if at.link {
		if err := p.checkHidden(name, true); err != nil {
			at.close()
			return nil, err
		}
	}
	return at, nil
}

func (at *place) close() {
	if at.held {
		at.root.Close()
		at.held = false
	}
}

// load reads a regular file of at most MaxFile bytes.
func (at *place) load() ([]byte, error) {
	at.info = nil
	info, err := at.root.Stat(at.base) // before opening: opening a named pipe would wait for its writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errKind.With(at.name)
	}
	if info.Size() > MaxFile {
		return nil, tooLarge(at.name, info.Size())
	}
	f, err := at.root.Open(at.base)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(content) > MaxFile {
		err = tooLarge(at.name, int64(len(content)))
	}
	at.info = info
	return content, err
}

// mode is what a new version of the file may be used for: what the old one may.
func (at *place) mode() fs.FileMode {
	if info, err := at.root.Stat(at.base); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

// sync makes what happened to the folder survive a power cut. Systems that cannot sync a folder keep it by themselves.
func (at *place) sync() {
	if d, err := at.root.Open(path.Dir(at.base)); err == nil {
		d.Sync()
		d.Close()
	}
}

// openOwn opens a folder below .studio, and follows no link on the way; see isOwn.
func openOwn(root *os.Root, dir string) (*os.Root, error) {
	at, held := root, false
	for _, part := range strings.Split(dir, "/") {
		info, err := at.Lstat(part)
		if err == nil && !info.IsDir() {
			err = errNoFolder
		}
		var next *os.Root
		if err == nil {
			next, err = at.OpenRoot(part)
		}
		if held {
			at.Close()
		}
		if err != nil {
			return nil, err
		}
		at, held = next, true
	}
	return at, nil
}

var errNoFolder = errors.New("not a folder")
