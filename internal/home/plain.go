package home

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrNotPlain is what ReadPlain says of a named pipe, a device, a socket or a folder.
var ErrNotPlain = errors.New("not a plain file")

// ErrTooLong is what ReadPlain says of a file with more than it may read.
var ErrTooLong = errors.New("too long")

// ReadPlain reads a regular file of at most limit bytes. What is something else
// is refused, not waited for: opening a named pipe would wait for its writer,
// and some devices never end. A link to a regular file is followed.
func ReadPlain(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening it might do something already
		return nil, fmt.Errorf("%s: %w", path, ErrNotPlain)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil { // it may have been exchanged meanwhile
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, ErrNotPlain)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s has more than %d bytes: %w", path, limit, ErrTooLong)
	}
	return b, err
}
