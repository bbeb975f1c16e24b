package project

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"studioide/internal/api"
)

// Store is a folder of projects.
type Store struct {
	Dir       string // absolute
	root      *os.Root
	templates fs.FS
	claim     *flock.Flock // nil: not claimed
}

// OpenStore opens the folder dir, making it if need be. templates holds one folder per template (see Templates).
func OpenStore(dir string, templates fs.FS) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(abs, 0o755)
	}
	if err != nil {
		return nil, noStore(dir, "made", err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, noStore(dir, "opened", err)
	}
	s := &Store{Dir: abs, root: root, templates: templates}
	cleanHalfMade(root)
	return s, nil
}

func noStore(dir, doing string, err error) error {
	if DiskFull(err) || errors.Is(err, fs.ErrPermission) {
		return explain(err, doing, dir)
	}
	return errNoStore.With(dir, reason(err)).Because(err)
}

// Close lets go of the folder.
func (s *Store) Close() error {
	s.release()
	return s.root.Close()
}

const halfMade = ".making-"

// cleanHalfMade removes projects whose making was interrupted. Young ones may be another Studio's.
func cleanHalfMade(root *os.Root) {
	entries, _ := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		name, ok := strings.CutPrefix(e.Name(), halfMade)
		if info, err := e.Info(); err == nil && ok && len(name) == len(randomName()) && time.Since(info.ModTime()) > 10*time.Minute {
			root.RemoveAll(e.Name())
		}
	}
}

// List returns the projects in order of their titles.
func (s *Store) List() ([]api.Project, error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return nil, explain(err, "listed", s.Dir)
	}
	list := []api.Project{}
	for _, e := range entries {
		linked := isLink(e.Type())
		if !e.IsDir() && !linked || CheckFolder(e.Name()) != nil {
			continue
		}
		root, err := s.openRoot(e.Name(), linked)
		if linked && s.leadsNowhere(e.Name()) {
			list = append(list, api.Project{Name: e.Name(), Title: e.Name(), Gone: true})
			continue
		}
		if err != nil {
			continue
		}
		if isProject(root) {
			m := readMeta(root, e.Name())
			list = append(list, api.Project{Name: e.Name(), Title: m.Title, Board: m.Board, Modified: modified(root).UnixMilli()})
		}
		root.Close()
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := strings.ToLower(list[i].Title), strings.ToLower(list[j].Title)
		return a < b || a == b && list[i].Name < list[j].Name
	})
	return list, nil
}

// A project in the store may be a link that the user has put there to a folder
// of elsewhere. It is followed, as the shell would; links inside of a project
// that lead out of it are not.

// isLink reports whether an entry is a link: a symbolic one, or what Windows
// calls a junction.
func isLink(m fs.FileMode) bool { return m&(fs.ModeSymlink|fs.ModeIrregular) != 0 }

func (s *Store) openRoot(name string, linked bool) (*os.Root, error) {
	if linked {
		return os.OpenRoot(filepath.Join(s.Dir, name))
	}
	return s.root.OpenRoot(name)
}

// leadsNowhere reports whether there is nothing at a link's end, as when a drive is not plugged in.
func (s *Store) leadsNowhere(name string) bool {
	_, err := os.Stat(filepath.Join(s.Dir, name))
	return err != nil && !errors.Is(err, fs.ErrPermission)
}

// modified is when the newest file near the top was changed.
func modified(root *os.Root) (newest time.Time) {
	seen := 0
	fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if seen++; err != nil || seen > 300 {
			return fs.SkipAll
		}
		if name != "." && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if info, err := d.Info(); err == nil && d.Type().IsRegular() && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return nil
	})
	return newest
}

// Open opens the project of that folder name.
func (s *Store) Open(name string) (*Project, error) {
	if err := s.check(name); err != nil {
		return nil, err
	}
	return OpenDir(filepath.Join(s.Dir, name))
}

// check refuses bad names, and projects that are not there.
func (s *Store) check(name string) error {
	if err := CheckFolder(name); err != nil {
		return err
	}
	info, err := s.root.Lstat(name)
	if err == nil && isLink(info.Mode()) {
		if s.leadsNowhere(name) {
			to, err := s.root.Readlink(name)
			return errLink.With(name, to, s.Dir).Because(err)
		}
		info, err = os.Stat(filepath.Join(s.Dir, name))
	}
	if err != nil || !info.IsDir() {
		return errNoSuchProject.With(name).Because(err)
	}
	return nil
}

// Create makes a project from a template and opens it. The folder's name is
// made from the title; a number is added when it is taken.
func (s *Store) Create(template, title string) (*Project, error) {
	return s.CreateWith(template, title, "")
}

// CreateWith is Create with another program in place of the template's, unless it is empty.
func (s *Store) CreateWith(template, title, program string) (*Project, error) {
	title = strings.TrimSpace(title)
	info, err := findTemplate(s.templates, template)
	if err != nil {
		return nil, err
	}
	if title == "" {
		title = info.Title
	}
	if err := checkTitle(title); err != nil {
		return nil, err
	}
	return s.make(title, func(title string) ([]madeFile, error) {
		files, err := templateFiles(s.templates, template, title)
		for i := range files {
			if program != "" && files[i].path == "main.go" {
				files[i].content = []byte(program)
			}
		}
		return files, err
	})
}

// make makes a project of files and opens it. The folder's name is made from the title; a
// number is added to both when it is taken.
func (s *Store) make(title string, files func(title string) ([]madeFile, error)) (*Project, error) {
	base := folderFor(title)
	for n := 1; n < 1000; n++ {
		name, shownTitle := base, title
		if n > 1 {
			name, shownTitle = fmt.Sprintf("%s-%d", base, n), fmt.Sprintf("%s %d", title, n)
		}
		if s.taken(name) {
			continue
		}
		list, err := files(shownTitle)
		if err == nil {
			err = makeProject(s.root, name, list)
		}
		if errors.Is(err, ErrExists) {
			continue // another Studio was faster
		}
		if err != nil {
			return nil, explain(err, "made", name)
		}
		return s.Open(name)
	}
	return nil, errProjectExists.With(title)
}

// freeName is base, or base with a number when there is such a folder. The one called but is about to go away.
func (s *Store) freeName(base, but string) (string, error) {
	for n := 1; n < 1000; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		if strings.EqualFold(name, but) || !s.taken(name) {
			return name, nil
		}
	}
	return "", errProjectExists.With(base)
}

func (s *Store) taken(name string) bool {
	entries, _ := fs.ReadDir(s.root.FS(), ".")
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) {
			return true
		}
	}
	return false
}

// Create makes a project from a template in the new folder dir ("studio new").
// An empty folder is taken as it is.
func Create(templates fs.FS, template, dir string) error {
	info, err := findTemplate(templates, template)
	if err != nil {
		return err
	}
	return createIn(dir, func(name string) ([]madeFile, error) {
		title := info.Title
		if folderFor(title) != name && name != template {
			title = name
		}
		return templateFiles(templates, template, title)
	})
}

// createIn makes a project of files in the folder dir, which must be new or empty.
func createIn(dir string, files func(name string) ([]madeFile, error)) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return explain(err, "made", dir)
	}
	parent, name := filepath.Split(abs)
	if err := CheckFolder(name); err != nil {
		return err
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return explain(err, "made", parent)
	}
	root, err := os.OpenRoot(parent)
	if err != nil {
		return explain(err, "opened", parent)
	}
	defer root.Close()
	cleanHalfMade(root)
	list, err := files(name)
	if err != nil {
		return explain(err, "made", name)
	}
	if _, err := root.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return makeProject(root, name, list)
	}
	return fillEmpty(abs, list)
}

// fillEmpty makes a project in an empty folder that stays the same folder: a terminal may be in it.
func fillEmpty(dir string, files []madeFile) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return explain(err, "opened", dir)
	}
	defer root.Close()
	if err := takeBack(root); err != nil {
		return explain(err, "made", dir)
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	mine := func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), halfMade) }
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !mine(e) }) {
		return errExistsFolder.With(dir).Because(err)
	}
	for _, e := range entries { // of who was killed before anything was in its place
		if err := root.RemoveAll(e.Name()); err != nil {
			return explain(err, "made", dir)
		}
	}
	if err := makeProject(root, madeWhole, files); err != nil {
		return err
	}
	return explain(moveOut(root, root.Rename), "made", dir)
}

const (
	madeWhole = halfMade + "whole"     // a project in the folder that it is to fill
	moving    = madeWhole + "/.moving" // the names of what is moved out of it, once that may have begun
)

// makeIt are the files that make a folder a project.
var makeIt = []string{"main.go", metaFile}

// moveOut puts what madeWhole has into root. What makes it a project comes last, so that half of one is none; when
// something cannot be moved, all is taken back and the folder goes.
func moveOut(root *os.Root, rename func(from, to string) error) error {
	entries, err := fs.ReadDir(root.FS(), madeWhole)
	if err != nil {
		return err
	}
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int {
		return slices.Index(makeIt, a.Name()) - slices.Index(makeIt, b.Name())
	})
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if err := writeSynced(root, moving, []byte(strings.Join(names, "\n"))); err != nil {
		root.RemoveAll(madeWhole)
		return err
	}
	for i, name := range names {
		if err := rename(madeWhole+"/"+name, name); err != nil {
			for _, name := range names[:i] {
				root.Rename(name, madeWhole+"/"+name)
			}
			root.RemoveAll(madeWhole)
			return err
		}
	}
	return root.RemoveAll(madeWhole)
}

// underWay are the names of what was to be moved out when the one who did it was killed; nil: nothing was.
// began: when it was to begin.
func underWay(root *os.Root) (names []string, began time.Time) {
	info, err := root.Lstat(moving)
	if err != nil {
		return nil, time.Time{}
	}
	content, err := fs.ReadFile(root.FS(), moving)
	if err != nil || len(content) == 0 {
		return nil, time.Time{}
	}
	return strings.Split(string(content), "\n"), info.ModTime()
}

// takeBack removes what somebody who was killed has moved into root, unless it is a project, or was changed since.
func takeBack(root *os.Root) error {
	names, began := underWay(root)
	if names == nil || isProject(root) {
		return nil
	}
	for _, name := range names {
		changed := fs.WalkDir(root.FS(), name, func(_ string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if info, err := d.Info(); err != nil || info.ModTime().After(began) {
				return fs.ErrExist
			}
			return nil
		})
		if changed != nil {
			return nil // it is somebody's: the folder has files
		}
	}
	for _, name := range names {
		if _, err := root.Lstat(madeWhole + "/" + name); err == nil {
			continue // it has not been moved; what has its name is somebody's
		}
		if err := root.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}

// finishMoves moves what somebody who was killed has not moved any more, when the rest is a project already.
func finishMoves(root *os.Root) {
	names, _ := underWay(root)
	if names == nil {
		return
	}
	for _, name := range names {
		if _, err := root.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			if root.Rename(madeWhole+"/"+name, name) != nil {
				return
			}
		}
	}
	root.RemoveAll(madeWhole)
}

// madeFile is a file of a project that is being made.
type madeFile struct {
	path    string
	content []byte
	open    func() (io.ReadCloser, error) // instead of content, of one that may be large; nil: content
}

// makeProject writes files into a hidden folder first, so that a project is there as a whole or not at all.
func makeProject(root *os.Root, name string, files []madeFile) (err error) {
	making := halfMade + randomName()
	defer func() {
		if err != nil {
			root.RemoveAll(making)
			err = explain(err, "made", name)
		}
	}()
	if err := root.Mkdir(making, 0o755); err != nil {
		return err
	}
	for i, file := range files {
		to := path.Join(making, file.path)
		if err := root.MkdirAll(path.Dir(to), 0o755); err != nil {
			return err
		}
		if err := file.write(root, to, i < mostSynced); err != nil {
			return err
		}
	}
	if _, err := root.Lstat(name); err == nil {
		return ErrExists.With(name)
	}
	return root.Rename(making, name)
}

func (f madeFile) write(root *os.Root, to string, sync bool) error {
	content := io.Reader(bytes.NewReader(f.content))
	if f.open != nil {
		from, err := f.open()
		if err != nil {
			return err
		}
		defer from.Close()
		content = from
	}
	out, err := root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, content); err == nil && sync {
		err = out.Sync()
	}
	if e := out.Close(); err == nil {
		err = e
	}
	return err
}

func writeSynced(root *os.Root, name string, content []byte) error {
	return madeFile{content: content}.write(root, name, true)
}

// Rename gives a project another title and a folder name to match, which it
// returns. The project must not be open.
func (s *Store) Rename(name, title string) (string, error) {
	if err := s.check(name); err != nil {
		return "", err
	}
	title = strings.TrimSpace(title)
	p, err := s.Open(name)
	if err != nil {
		return "", err
	}
	m := p.Meta()
	m.Title = title
	if !p.readOnly {
		p.Snapshot(Reason{Why: WhyRename})
	}
	err = p.SetMeta(m)
	p.Close()
	if err != nil {
		return "", err
	}
	to, err := s.freeName(folderFor(title), name)
	if err != nil || to == name {
		return name, nil
	}
	if err := s.root.Rename(name, to); err != nil {
		return "", explain(err, "renamed", name)
	}
	return to, nil
}
