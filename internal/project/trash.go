package project

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// What is removed from a project lies in .studio/trash, by the moment at which it was
// removed; removed projects lie in .trash beside the projects. Both empty themselves: what
// was removed TrashDays ago, and the oldest of what is more than MaxTrash or
// MaxProjectTrash, goes for good. What has a name that Studio does not give is left alone.

// Trashed is a file that can be brought back.
type Trashed struct {
	ID   string // of the removal
	Path string // in the project
	Time int64  // when it was removed; Unix milliseconds
	Size int64
}

const (
	trashDir     = ours + "/trash"
	recordingDir = ours + "/recordings"
	projectTrash = ".trash"
	stampForm    = "20060102-150405"
	mostTrashed  = 1000   // files that are listed
	mostLooked   = 20_000 // entries of a trash that are looked at
)

var trashStamp = lazyregexp.New(`^([0-9]{8}-[0-9]{6})-[0-9a-f]{4}$`)

// Recordings opens the folder of the project's recordings, which is made if it is not there and make says so. Without
// one the error is fs.ErrNotExist.
func (p *Project) Recordings(make bool) (*os.Root, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if make {
		if err := p.ownFolder(recordingDir); err != nil {
			return nil, explain(err, "kept", recordingDir)
		}
	} else if !isOwn(p.root, recordingDir) {
		return nil, fs.ErrNotExist
	}
	dir, err := openOwn(p.root, recordingDir)
	return dir, explain(err, "read", recordingDir)
}

// stampTime is when something with that name was removed.
func stampTime(stamp string) (time.Time, bool) {
	m := trashStamp().FindStringSubmatch(stamp)
	if m == nil {
		return time.Time{}, false
	}
	at, err := time.Parse(stampForm, m[1])
	return at, err == nil && at.UnixMilli() <= latest
}

// removals are the names in the project's trash, newest first.
func (p *Project) removals() []string {
	if !isOwn(p.root, trashDir) {
		return nil
	}
	entries, err := fs.ReadDir(p.root.FS(), trashDir)
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		if _, ok := stampTime(e.Name()); ok && e.IsDir() {
			list = append(list, e.Name())
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}

// Trash lists what was removed from the project, newest first; of much the newest thousand.
func (p *Project) Trash() []Trashed {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, looked := []Trashed{}, 0
	for _, id := range p.removals() {
		at, _ := stampTime(id)
		top := trashDir + "/" + id
		fs.WalkDir(p.root.FS(), top, func(name string, d fs.DirEntry, err error) error {
			if looked++; looked > mostLooked || len(list) == mostTrashed {
				return fs.SkipAll
			}
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			file := strings.TrimPrefix(name, top+"/")
			info, err := d.Info()
			if err == nil && CheckPath(file) == nil {
				list = append(list, Trashed{id, file, at.UnixMilli(), info.Size()})
			}
			return nil
		})
	}
	return list
}

// RestoreTrashed brings a removed file back to where it was. What has taken its place
// meanwhile is kept in a snapshot.
func (p *Project) RestoreTrashed(id, name string) error {
	if err := CheckPath(name); err != nil {
		return err
	}
	if _, ok := stampTime(id); !ok {
		return errNotInTrash.With(shown(name))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	dir, err := openOwn(p.root, path.Dir(trashDir+"/"+id+"/"+name))
	if err != nil {
		return errNotInTrash.With(shown(name)).Because(err)
	}
	defer dir.Close()
	base := path.Base(name)
	info, err := dir.Lstat(base)
	if err != nil || !info.Mode().IsRegular() {
		return errNotInTrash.With(shown(name)).Because(err)
	}
	if err := p.checkHidden(name, true); err != nil {
		return err
	}
	if _, err := p.root.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		if err := p.moveBackLocked(trashDir+"/"+id+"/"+name, name); err != nil {
			return err
		}
	} else {
		if info.Size() > MaxFile {
			return tooLarge(name, info.Size())
		}
		content, err := readAtMost(dir, base, MaxFile)
		if err != nil {
			return explain(err, say.ProjectBroughtBack(), name)
		}
		if _, err := p.bringBackLocked(name, content); err != nil {
			return err
		}
		dir.Remove(base)
	}
	removeEmpty(p.root.FS(), trashDir+"/"+id, p.root.Remove)
	return nil
}

// moveBackLocked moves a file out of the trash to a name that is free.
func (p *Project) moveBackLocked(from, name string) error {
	if err := p.checkFree(name, ""); err != nil {
		return err
	}
	if dir := path.Dir(name); dir != "." {
		if err := p.root.MkdirAll(dir, 0o755); err != nil {
			return explain(err, say.ProjectBroughtBack(), name)
		}
	}
	if err := p.root.Rename(from, name); err != nil {
		return explain(err, say.ProjectBroughtBack(), name)
	}
	p.syncDir(path.Dir(name))
	_, err := p.refreshLocked()
	return err
}

func readAtMost(root *os.Root, name string, most int64) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = tooLarge(name, int64(len(b)))
	}
	return b, err
}

// sweepTrashLocked removes for good what is too old or too much.
func (p *Project) sweepTrashLocked(now time.Time) {
	left := int64(MaxTrash)
	for _, id := range p.removals() {
		at, _ := stampTime(id)
		dir := trashDir + "/" + id
		if left >= 0 {
			left -= sizeOf(p.root.FS(), dir)
		}
		if left < 0 || now.Sub(at) > TrashDays*24*time.Hour {
			p.root.RemoveAll(dir) // which follows no link
		}
	}
}

// ClearTrash removes for good what was removed from the project.
func (p *Project) ClearTrash() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.removals() {
		if err := p.root.RemoveAll(trashDir + "/" + id); err != nil { // which follows no link
			return explain(err, "removed", trashDir)
		}
	}
	return nil
}

// sizeOf adds up a folder's files. One with very many entries counts as endless.
func sizeOf(files fs.FS, dir string) (size int64) {
	looked := 0
	fs.WalkDir(files, dir, func(_ string, d fs.DirEntry, err error) error {
		if looked++; looked > mostLooked {
			size = MaxProjectTrash
			return fs.SkipAll
		}
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	return size
}

// TrashedProject is a project that can be brought back.
type TrashedProject struct {
	ID    string // its folder's name in the trash
	Name  string // what its folder was called
	Title string
	Time  int64 // when it was removed; Unix milliseconds
	at    time.Time
}

// Trash lists the removed projects, newest first.
func (s *Store) Trash() []TrashedProject {
	list := []TrashedProject{}
	if !isOwn(s.root, projectTrash) {
		return list
	}
	entries, err := fs.ReadDir(s.root.FS(), projectTrash)
	if err != nil {
		return list
	}
	for _, e := range entries {
		t, ok := trashedProject(e.Name())
		if !ok || !e.IsDir() && !isLink(e.Type()) {
			continue
		}
		if e.IsDir() {
			if root, err := s.root.OpenRoot(projectTrash + "/" + t.ID); err == nil {
				t.Title = readMeta(root, t.Name).Title
				root.Close()
			}
		}
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b TrashedProject) int { return b.at.Compare(a.at) })
	return list
}

// trashedProject takes a name in the trash apart: led-20060102-150405-ab12.
func trashedProject(id string) (t TrashedProject, ok bool) {
	const tail = len(stampForm) + 1 + 4
	if len(id) < tail+2 || id[len(id)-tail-1] != '-' {
		return t, false
	}
	t = TrashedProject{ID: id, Name: id[:len(id)-tail-1]}
	t.Title = t.Name
	t.at, ok = stampTime(id[len(id)-tail:])
	t.Time = t.at.UnixMilli()
	return t, ok && CheckFolder(t.Name) == nil
}

// RestoreTrashed brings a removed project back, under its name or, when that is taken
// now, with a number behind it. It returns the name.
func (s *Store) RestoreTrashed(id string) (string, error) {
	t, ok := trashedProject(id)
	if !ok || strings.ContainsAny(id, `/\`) || !isOwn(s.root, projectTrash) {
		return "", errNotInTrash.With(shown(id))
	}
	if info, err := s.root.Lstat(projectTrash + "/" + id); err != nil || !info.IsDir() && !isLink(info.Mode()) {
		return "", errNotInTrash.With(shown(t.Name)).Because(err)
	}
	name, err := s.freeName(t.Name, "")
	if err != nil {
		return "", err
	}
	if err := s.root.Rename(projectTrash+"/"+id, name); err != nil {
		return "", explain(err, say.ProjectBroughtBack(), t.Name)
	}
	return name, nil
}

// EmptyTrash removes for good the projects that are too old or too much.
func (s *Store) EmptyTrash(now time.Time) {
	left := int64(MaxProjectTrash)
	for _, t := range s.Trash() {
		name := projectTrash + "/" + t.ID
		if info, err := s.root.Lstat(name); left >= 0 && err == nil && info.IsDir() {
			left -= sizeOf(s.root.FS(), name)
		}
		if left < 0 || now.Sub(t.at) > TrashDays*24*time.Hour {
			s.discard(name)
		}
	}
}

// ClearTrash removes all removed projects for good.
func (s *Store) ClearTrash() error {
	for _, t := range s.Trash() {
		if err := s.discard(projectTrash + "/" + t.ID); err != nil {
			return explain(err, "removed", t.Name)
		}
	}
	return nil
}

// discard removes a project for good; of a link to a folder of elsewhere, the link.
func (s *Store) discard(name string) error {
	if s.root.Remove(name) == nil { // a link, which RemoveAll might take for its folder where it is a junction
		return nil
	}
	return s.root.RemoveAll(name)
}

// Remove moves a project to the store's trash and says where it is now. The project must not be open.
func (s *Store) Remove(name string) (trashed string, err error) {
	if err := s.check(name); err != nil {
		return "", err
	}
	if err := makeOwn(s.root, projectTrash); err != nil {
		return "", explain(err, "removed", name)
	}
	to := projectTrash + "/" + name + "-" + time.Now().UTC().Format(stampForm) + "-" + randomName()[:4]
	if err := s.root.Rename(name, to); err != nil {
		return "", explain(err, "removed", name)
	}
	s.EmptyTrash(time.Now())
	return filepath.Join(s.Dir, filepath.FromSlash(to)), nil
}
