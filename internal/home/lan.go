package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// lanFile holds the certificate that Studio has made for other devices, with its key.
const lanFile = "lan.pem"

// LANCertificate is the certificate and key that were kept, nil when there are
// none. A key that others could have read is none.
func (h Home) LANCertificate() ([]byte, error) {
	path := filepath.Join(h.Config, lanFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, nil
	}
	b, err := ReadPlain(path, 64<<10)
	switch {
	case errors.Is(err, ErrNotPlain):
		return nil, errNotAFile.With(path).Because(err)
	case errors.Is(err, ErrTooLong):
		return nil, nil
	case err != nil:
		return nil, errUnusable.With(h.Config).Because(err)
	}
	return b, nil
}

// KeepLANCertificate keeps them for this user only.
func (h Home) KeepLANCertificate(pem []byte) error {
	if err := writeWhole(filepath.Join(h.Config, lanFile), pem); err != nil {
		return errUnusable.With(h.Config).Because(err)
	}
	return nil
}
