package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A project may lie elsewhere, as a working copy of Git does. The store has a link to it
// then, as if the user had put it there (see Store.List).

// Adopt puts a link to the project in dir into the store and returns its name there. When
// there is one already, it is that one's. A folder with pages and without a program is
// refused with ErrPages, see ReadFolder.
func (s *Store) Adopt(dir string) (string, error) {
	real, err := s.elsewhere(dir)
	if err != nil {
		return "", err
	}
	if name, ok := s.adopted(real); ok {
		return name, nil
	}
	root, err := os.OpenRoot(real)
	if err != nil {
		return "", explain(err, "opened", dir)
	}
	defer root.Close()
	if !isProject(root) {
		if b, err := ReadFolder(real); err == nil && b.Pages {
			return "", ErrPages.With(dir)
		}
		return "", errNoProgram.With(dir)
	}
	name, err := s.freeName(folderFor(filepath.Base(real)), "")
	if err != nil {
		return "", err
	}
	if err := linkFolder(real, filepath.Join(s.Dir, name)); err != nil {
		return "", errNoFolderLink.With(s.Dir, reason(err)).Because(err)
	}
	return name, nil
}

// elsewhere checks a folder that the user names, and follows the links on the way to it.
func (s *Store) elsewhere(dir string) (string, error) {
	dir = strings.TrimSpace(dir)
	if rest, ok := strings.CutPrefix(dir, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		if home, err := os.UserHomeDir(); err == nil {
			dir = filepath.Join(home, rest)
		}
	}
	if !filepath.IsAbs(dir) || strings.ContainsRune(dir, 0) {
		return "", errNotWhole.With(shown(dir))
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return "", errDenied.With(dir).Because(err)
		}
		return "", errNoSuchFolder.With(dir).Because(err)
	}
	if info, err := os.Stat(real); err != nil || !info.IsDir() {
		return "", errNoSuchFolder.With(dir).Because(err)
	}
	own, err := filepath.EvalSymlinks(s.Dir)
	if err != nil {
		own = s.Dir
	}
	if rel, err := filepath.Rel(real, own); err == nil && filepath.IsLocal(rel) {
		return "", errHoldsProjects.With(dir) // the folder of projects is in it, or is it
	}
	if rel, err := filepath.Rel(own, real); err == nil && filepath.IsLocal(rel) && (filepath.Dir(rel) != "." || CheckFolder(rel) != nil) {
		return "", errHoldsProjects.With(dir) // it is a part of a project, or of a trash
	}
	return real, nil
}

// adopted finds the project of the store that a folder is.
func (s *Store) adopted(real string) (string, bool) {
	entries, _ := fs.ReadDir(s.root.FS(), ".")
	for _, e := range entries {
		if !e.IsDir() && !isLink(e.Type()) || CheckFolder(e.Name()) != nil {
			continue
		}
		if at, err := filepath.EvalSymlinks(filepath.Join(s.Dir, e.Name())); err == nil && at == real {
			return e.Name(), true
		}
	}
	return "", false
}

// ReadFolder takes a folder of elsewhere for a bundle, to make a project of a copy of it.
// The folder itself is only read, and no link in it is followed.
func ReadFolder(dir string) (*Bundle, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, explain(err, "opened", dir)
	}
	defer root.Close()
	entries, err := folderEntries(root)
	if err != nil {
		return nil, explain(err, "read", dir)
	}
	return bundle(filepath.Base(dir), entries)
}

func folderEntries(root *os.Root) ([]packed, error) {
	var list []packed
	seen := 0
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if seen++; seen > mostPacked {
			return errTooManyFiles.With(MaxFiles)
		}
		switch {
		case err != nil && name == ".":
			return err
		case err != nil || name == ".":
			return nil
		case d.IsDir() && isJunk(d.Name()):
			list = append(list, packed{name: name + "/…"}) // is left out, and told as the folder
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		e := packed{name: name, kind: d.Type(), read: func(most int64) ([]byte, error) {
			b, err := readAtMost(root, name, most)
			if errors.Is(err, ErrTooLarge) {
				err = errEndless
			}
			return b, err
		}}
		if info, err := d.Info(); err == nil {
			e.size = info.Size()
		}
		list = append(list, e)
		return nil
	})
	return list, err
}

// ReadElsewhere is ReadFolder for a folder that the user names.
func (s *Store) ReadElsewhere(dir string) (*Bundle, error) {
	real, err := s.elsewhere(dir)
	if err != nil {
		return nil, err
	}
	return ReadFolder(real)
}
