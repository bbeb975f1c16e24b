package project

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"studioide/internal/api"
	"studioide/internal/problem"
)

// State is what a project holds at one moment. It never changes: a change of the
// project makes another one, so two of the same pointer are the same.
type State struct {
	Files   []api.File // regular files in path order; without hidden ones, links, and names that Studio could not make
	LeftOut []Unfit    // what lies in www/ and is no part of the project
	Meta    Meta
	Author  string // who the project itself says it is from, see Project.Author
	Sources Sources
}

// File finds a file by its path.
func (s *State) File(name string) (api.File, bool) {
	i, found := slices.BinarySearchFunc(s.Files, name, func(f api.File, name string) int { return strings.Compare(f.Path, name) })
	if !found {
		return api.File{}, false
	}
	return s.Files[i], true
}

// Sources are the folders and files that a build may read, links and other
// oddities included. Programs and go.mod are read from memory, all else from the disk.
type Sources struct {
	folders map[string][]fs.DirEntry
	files   map[string]*file
	load    func(name string) ([]byte, error)
}

// ReadDir lists a folder in order; "." is the project's.
func (s Sources) ReadDir(name string) ([]fs.DirEntry, error) {
	list, ok := s.folders[name]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return list, nil
}

// ReadFile gives a file's content, which is not the caller's to change.
func (s Sources) ReadFile(name string) ([]byte, error) {
	f, ok := s.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if f.kept != nil {
		return f.kept, nil
	}
	return s.load(name)
}

// State gives what is known of the project. It reads nothing from the disk once
// somebody has looked: with a Watch, what other programs do is in it a moment
// later; Refresh does not wait for that.
func (p *Project) State() *State {
	if s := p.state.Load(); s != nil {
		return s
	}
	s, err := p.Refresh()
	if err != nil {
		return &State{Files: []api.File{}, Meta: readMeta(p.root, p.Name)}
	}
	return s
}

// Refresh looks at all folders and reads the files that have changed. Before
// something is made of the files it finds what a Watch has not told yet, and
// what systems never tell, as for network drives.
func (p *Project) Refresh() (*State, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refreshLocked()
}

func (p *Project) refreshLocked() (*State, error) {
	if err := p.lookLocked(look{all: true}); err != nil {
		return nil, explain(err, "listed", p.Name)
	}
	p.origin = p.readOrigin()
	return p.settleLocked(), nil
}

// currentLocked is the state as it is now: while the system tells what changes
// it is known already.
func (p *Project) currentLocked() (*State, error) {
	if s := p.state.Load(); s != nil && p.live {
		return s, nil
	}
	return p.refreshLocked()
}

// watched is the state if the system tells what changes in it; nil when it does not.
func (p *Project) watched() *State {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.live {
		return nil
	}
	return p.state.Load()
}

// settleLocked makes a new state if something has changed, and gives the present one.
func (p *Project) settleLocked() *State {
	old := p.state.Load()
	if old != nil && !p.tree.changed && old.Author == p.authorLocked() {
		return old
	}
	p.tree.changed = false
	s := &State{Files: p.tree.list(), LeftOut: p.tree.leftOut(), Meta: p.metaLocked(), Author: p.authorLocked(), Sources: p.tree.sources()}
	s.Sources.load = p.load
	p.state.Store(s)
	return s
}

// metaLocked is Meta as it was when the folder was looked at.
func (p *Project) metaLocked() Meta {
	top := p.tree.folders["."]
	if top == nil {
		return parseMeta(nil, p.Name)
	}
	e, ok := top.entries[metaFile]
	switch {
	case ok && e.file != nil && e.file.kept != nil:
		return parseMeta(e.file.kept, p.Name)
	case ok && isLink(e.kind):
		return readMeta(p.root, p.Name)
	}
	return parseMeta(nil, p.Name)
}

func (p *Project) authorLocked() string {
	if top := p.tree.folders["."]; top != nil {
		if e := top.entries[metaFile]; e != nil && e.file != nil && e.file.kept != nil {
			if name := parseAuthor(e.file.kept); name != "" {
				return name
			}
		}
	}
	return p.origin
}

// list are the project's files.
func (t *tree) list() []api.File {
	files := []api.File{}
	for dir, folder := range t.folders {
		for base, e := range folder.entries {
			if e.file != nil && !e.file.unfit {
				files = append(files, api.File{Path: path.Join(dir, base), Size: e.file.size, Hash: e.file.hash(), Text: e.file.text})
			}
		}
	}
	slices.SortFunc(files, func(a, b api.File) int { return strings.Compare(a.Path, b.Path) })
	return files
}

// leftOut is what lies in www/ and cannot be part of the project. Hidden files are left out without a word.
func (t *tree) leftOut() (list []Unfit) {
	for dir, folder := range t.folders {
		if dir != "www" && !strings.HasPrefix(dir, "www/") {
			continue
		}
		for base, e := range folder.entries {
			name := path.Join(dir, base)
			if bad := CheckPath(name); bad != nil {
				list = append(list, Unfit{name, problem.Of(bad)})
			} else if e.file == nil && !e.kind.IsDir() {
				list = append(list, Unfit{name, errKindLink.With(base)})
			}
		}
	}
	if t.refused != "" {
		list = append(list, Unfit{t.refused, errFullProject.With(MaxFiles)})
	}
	slices.SortFunc(list, func(a, b Unfit) int { return strings.Compare(a.Path, b.Path) })
	return list
}

func (t *tree) sources() Sources {
	s := Sources{folders: make(map[string][]fs.DirEntry, len(t.folders)), files: map[string]*file{}}
	for dir, folder := range t.folders {
		list := make([]fs.DirEntry, 0, len(folder.entries))
		for base, e := range folder.entries {
			list = append(list, dirEntry{base, e})
			if e.file != nil {
				s.files[path.Join(dir, base)] = e.file
			}
		}
		slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		s.folders[dir] = list
	}
	return s
}

type dirEntry struct {
	name  string
	entry *entry
}

func (d dirEntry) Name() string      { return d.name }
func (d dirEntry) IsDir() bool       { return d.entry.kind.IsDir() }
func (d dirEntry) Type() fs.FileMode { return d.entry.kind }

func (d dirEntry) Info() (fs.FileInfo, error) {
	if d.entry.info == nil {
		return nil, fs.ErrNotExist
	}
	return d.entry.info, nil
}
