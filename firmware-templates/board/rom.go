package board

import (
	"errors"

	"studio/board/sizes"
	"studio/board/store"
)

// rom is a file store that is part of the program: what a board without flash
// of its own for files serves. The link has nothing to do with it.
type rom string

var errReadOnly = errors.New("board: these files are part of the program")

func (r rom) Size() int64  { return int64(len(r)) }
func (r rom) Block() int64 { return store.SectorSize }

func (r rom) Read(p []byte, off int64) error {
	if off < 0 || off+int64(len(p)) > int64(len(r)) {
		return errReadOnly
	}
	copy(p, r[off:])
	return nil
}

func (r rom) Program([]byte, int64) error { return errReadOnly }
func (r rom) Erase(_, _ int64) error      { return errReadOnly }

// kept reports whether the board has a file store that can change. One that is
// part of the program only serves pages.
func (fs *files) kept() bool { return fs.Store != nil && !fs.builtIn }

// mount opens the file store, if there is one.
func (fs *files) mount(flash store.Flash) {
	if flash != nil {
		fs.Store, _ = store.Mount(flash, sizes.Files)
		_, fs.builtIn = flash.(rom)
	}
}
