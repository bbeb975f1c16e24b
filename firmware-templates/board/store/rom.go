package store

import "errors"

// ROM is flash that is part of the program, for boards without flash of their
// own for files. It can only be read.
type ROM string

var errReadOnly = errors.New("store: these files are part of the program")

func (r ROM) Size() int64  { return int64(len(r)) }
func (r ROM) Block() int64 { return SectorSize }

func (r ROM) Read(p []byte, off int64) error {
	if off < 0 || off+int64(len(p)) > int64(len(r)) {
		return errReadOnly
	}
	copy(p, r[off:])
	return nil
}

func (r ROM) Program([]byte, int64) error { return errReadOnly }
func (r ROM) Erase(_, _ int64) error      { return errReadOnly }
