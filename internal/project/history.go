package project

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"studioide/ui/src/words/say"
)

// Difference is a file that is not the same in two states of a project.
type Difference struct {
	Path string
	How  How
}

// How a file differs, from the older state to the newer one.
type How string

const (
	Added   How = "added"
	Changed How = "changed"
	Removed How = "removed"
)

// differences compares two lists.
func differences(older, newer []SavedFile) []Difference {
	before := make(map[string]string, len(older))
	for _, f := range older {
		before[f.Path] = f.Object
	}
	list := []Difference{}
	for _, f := range newer {
		object, there := before[f.Path]
		delete(before, f.Path)
		switch {
		case !there:
			list = append(list, Difference{f.Path, Added})
		case object != f.Object:
			list = append(list, Difference{f.Path, Changed})
		}
	}
	for name := range before {
		list = append(list, Difference{name, Removed})
	}
	slices.SortFunc(list, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// Since lists what a snapshot has that the one before it had not.
func (s Snapshot) Since(before Snapshot) []Difference { return differences(before.Files, s.Files) }

// Compare finds a snapshot, and what has changed since in the project as it is now.
func (p *Project) Compare(id string) (Snapshot, []Difference, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.findLocked(id)
	if err != nil {
		return s, nil, err
	}
	now, err := p.currentLocked()
	if err != nil {
		return s, nil, err
	}
	var files []SavedFile
	for _, f := range now.Files {
		if f.Size <= MaxFile {
			files = append(files, SavedFile{f.Path, f.Size, now.Sources.files[f.Path].whole()})
		}
	}
	return s, differences(s.Files, files), nil
}

// Restore makes the project's files what they were in a snapshot. The present
// ones are kept in a snapshot of their own first; files that the old version did not have go to the trash.
// It returns the paths that changed. What is interrupted by a sudden end is brought to its end when the project is opened.
func (p *Project) Restore(id string) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.restoreLocked(id)
}

func (p *Project) restoreLocked(id string) ([]string, error) {
	s, err := p.findLocked(id)
	if err != nil {
		return nil, err
	}
	contents := make(map[string][]byte, len(s.Files)) // all of them are read before any is written, or pruned
	size := int64(0)
	for _, f := range s.Files {
		if size += f.Size; size > MaxHistory {
			return nil, errSnapshotDamaged.With(f.Path)
		}
		if contents[f.Path], err = p.object(f); err != nil {
			return nil, err
		}
		if err := p.checkHidden(f.Path, true); err != nil {
			return nil, err
		}
	}
	if _, err := p.snapshotLocked(Reason{Why: WhyRestore}, time.Now()); err != nil {
		return nil, err
	}
	if err := p.putLocked(restoring, []byte(id)); err != nil {
		return nil, explain(err, "kept", restoring)
	}
	defer p.root.Remove(restoring) // also after a failure, which is told
	now, err := p.refreshLocked()
	if err != nil {
		return nil, err
	}
	changed := []string{}
	// What has to go goes first: a folder may be in the place of a file, or a name that differs in case only.
	for _, f := range now.Files {
		if _, wanted := contents[f.Path]; wanted || f.Size > MaxFile {
			continue
		}
		if err := p.discardLocked(f.Path); err != nil {
			return changed, explain(err, "removed", f.Path)
		}
		p.removedLocked(f.Path)
		changed = append(changed, f.Path)
	}
	for _, f := range s.Files {
		if now, err := p.load(f.Path); err == nil && bytes.Equal(now, contents[f.Path]) {
			continue
		}
		p.clearEmptyLocked(f.Path)
		if err := p.putLocked(f.Path, contents[f.Path]); err != nil {
			return changed, explain(err, say.ProjectBroughtBack(), f.Path)
		}
		changed = append(changed, f.Path)
	}
	p.sweepTrashLocked(time.Now())
	slices.Sort(changed)
	return changed, nil
}

// restoring holds the id of the snapshot that is being restored, while that is so.
const restoring = ours + "/restoring"

// finishRestore brings a Restore to its end that a sudden end of Studio has interrupted, so that the project is what it
// was before or after it, and nothing in between. Long afterwards the user has gone on with what was there.
func (p *Project) finishRestore() {
	info, err := p.root.Lstat(restoring)
	if err != nil || !isOwn(p.root, ours) || !info.Mode().IsRegular() || info.Size() > 100 {
		return
	}
	id, err := p.root.ReadFile(restoring)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && time.Since(info.ModTime()) < 24*time.Hour {
		if _, err = p.restoreLocked(string(id)); err == nil {
			return
		}
	}
	p.root.Remove(restoring)
}

// RestoreFile makes one file what it was in a snapshot, or brings it back. The project
// as it is now is kept first. It reports whether that has changed anything.
func (p *Project) RestoreFile(id, name string) (changed bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	content, err := p.readSnapshotLocked(id, name)
	if err != nil {
		return false, err
	}
	return p.bringBackLocked(name, content)
}

// bringBackLocked gives a file of the project a content that it had. What is there now is kept in a snapshot first.
func (p *Project) bringBackLocked(name string, content []byte) (changed bool, err error) {
	if err := p.checkHidden(name, true); err != nil {
		return false, err
	}
	now, err := p.load(name)
	if err == nil && bytes.Equal(now, content) {
		return false, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		if err := p.checkFree(name, ""); err != nil {
			return false, err
		}
	}
	if _, err := p.snapshotLocked(Reason{Why: WhyRestore, About: name}, time.Now()); err != nil {
		return false, err
	}
	p.clearEmptyLocked(name)
	return true, explain(p.putLocked(name, content), say.ProjectBroughtBack(), name)
}

// Replace gives a file another content, as one that is brought back: what is there now is
// kept in a snapshot first. It returns the new hash.
func (p *Project) Replace(name string, content []byte) (hash string, err error) {
	if err := CheckPath(name); err != nil {
		return "", err
	}
	if len(content) > MaxFile {
		return "", tooLarge(name, int64(len(content)))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err = p.bringBackLocked(name, content)
	return Hash(content), err
}

// clearEmptyLocked removes a folder that is in a file's place and holds nothing but empty folders.
func (p *Project) clearEmptyLocked(name string) {
	if info, err := p.root.Lstat(name); err == nil && info.IsDir() {
		removeEmpty(p.root.FS(), name, p.root.Remove)
	}
}

// removeEmpty removes a folder's empty folders, and itself if that leaves nothing in it.
func removeEmpty(files fs.FS, dir string, remove func(string) error) {
	entries, err := fs.ReadDir(files, dir)
	if err != nil || len(entries) > MaxFiles {
		return
	}
	for _, e := range entries {
		if e.IsDir() && strings.Count(dir, "/") < MaxDepth+4 {
			removeEmpty(files, path.Join(dir, e.Name()), remove)
		}
	}
	remove(dir) // which fails when something is in it
}
