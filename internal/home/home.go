// Package home knows where Studio keeps things on this computer: settings,
// virtual boards, build caches, the signing key of virtual programs, and the
// note that a running Studio leaves for the command line.
//
// STUDIO_HOME moves everything into one folder (tests, several Studios side by side).
package home

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Home is a set of absolute folders. The folders exist once Open has returned.
type Home struct {
	Config   string // settings.json, key, browsers.json, running.json, lan.pem, lock, virtual/NAME/
	Cache    string // build workspaces, program files; may be deleted while Studio is not running
	Projects string // where new projects go unless serve --projects says otherwise
}

// Open finds and makes the folders.
func Open() (Home, error) {
	var h Home
	if dir := os.Getenv("STUDIO_HOME"); dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return h, noFolder(dir, err)
		}
		h = Home{Config: filepath.Join(abs, "config"), Cache: filepath.Join(abs, "cache"), Projects: filepath.Join(abs, "projects")}
	} else {
		config, err := os.UserConfigDir()
		if err != nil {
			return h, errNoHome.Because(err)
		}
		cache, err := os.UserCacheDir()
		if err != nil {
			return h, errNoHome.Because(err)
		}
		user, err := os.UserHomeDir()
		if err != nil {
			return h, errNoHome.Because(err)
		}
		h = Home{Config: filepath.Join(config, "studio"), Cache: filepath.Join(cache, "studio"), Projects: filepath.Join(user, "Studio")}
	}
	for _, dir := range []string{h.Config, h.Cache} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return h, noFolder(dir, err)
		}
	}
	return h, nil
}

func noFolder(dir string, err error) error {
	return errUnusable.With(dir).Because(err)
}

// Key returns this computer's secret for signing virtual programs, made at the first call.
// Only programs that were built here may run natively; see virtual.Pack.
func (h Home) Key() ([]byte, error) { return h.secret("key", 32) }

// secret returns n random bytes that are made once and kept in a file for this user only.
func (h Home) secret(name string, n int) ([]byte, error) {
	path := filepath.Join(h.Config, name)
	b, err := ReadPlain(path, 1<<10)
	if err == nil && len(b) == n {
		return b, nil
	}
	if errors.Is(err, ErrNotPlain) {
		return nil, errNotAFile.With(path).Because(err)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, noFolder(h.Config, err)
	}
	b = make([]byte, n)
	rand.Read(b)
	if err := writeWhole(path, b); err != nil {
		return nil, noFolder(h.Config, err)
	}
	return ReadPlain(path, 1<<10) // another Studio may have been first
}

// VirtualDir is where the virtual board of that name keeps its flash.
func (h Home) VirtualDir(name string) string {
	if name == "" {
		name = "default"
	}
	return filepath.Join(h.Config, "virtual", name)
}

// RunDir is where virtual boards put the programs that they start.
func (h Home) RunDir() string { return filepath.Join(h.Cache, "run") }

// writeWhole makes path hold content or leaves it as it was, whatever happens in between.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
