package project

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"studioide/ui/src/words/say"
)

// Snapshot is all files of a project as they were when a program was flashed.
// Contents are kept once per hash in .studio/objects, the lists in .studio/snapshots.
type Snapshot struct {
	ID    string      `json:"id"`   // sorts by age
	Time  int64       `json:"time"` // Unix milliseconds
	Label string      `json:"label"`
	Files []SavedFile `json:"files"`
}

// SavedFile is one file of a Snapshot; Object is the whole SHA-256 of its content.
type SavedFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Object string `json:"object"`
}

const (
	snapshotDir = ours + "/snapshots"
	objectDir   = ours + "/objects"
)

// Snapshot keeps the project's present files, and says why in label ("flashed
// to Virtual ESP32-C3"). When nothing changed since the newest snapshot, that one is returned.
func (p *Project) Snapshot(label string) (Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.snapshotLocked(label, time.Now())
}

func (p *Project) snapshotLocked(label string, now time.Time) (_ Snapshot, err error) {
	var made []string
	defer func() {
		if err != nil { // on a full disk a half-kept version must not take up what is left
			for _, object := range made {
				p.root.Remove(object)
			}
		}
	}()
	state, err := p.currentLocked()
	if err != nil {
		return Snapshot{}, err
	}
	old, err := p.snapshotsLocked()
	if err != nil {
		return Snapshot{}, explain(err, "read", snapshotDir)
	}
	s := Snapshot{Time: now.UnixMilli(), Label: label}
	s.ID = fmt.Sprintf("%013d-%s", s.Time, randomName()[:6])
	if len(old) > 0 && s.ID[:13] <= old[0].ID[:13] { // the clock went back
		var last int64
		fmt.Sscanf(old[0].ID, "%d", &last)
		s.ID = fmt.Sprintf("%013d-%s", last+1, randomName()[:6])
	}
	for _, f := range state.Files {
		if f.Size > MaxFile {
			continue
		}
		object, size := state.Sources.files[f.Path].whole(), f.Size
		if !p.hasObject(object) {
			content, err := p.load(f.Path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return Snapshot{}, explain(err, "read", f.Path)
			}
			if object, size = wholeHash(content), int64(len(content)); !p.hasObject(object) { // it may have changed this moment
				if err := p.putLocked(objectName(object), content); err != nil {
					return Snapshot{}, explain(err, "kept", f.Path)
				}
				made = append(made, objectName(object))
			}
		}
		s.Files = append(s.Files, SavedFile{f.Path, size, object})
	}
	if len(old) > 0 && slices.Equal(old[0].Files, s.Files) {
		return old[0], nil
	}
	b, err := json.Marshal(s)
	if err == nil {
		err = p.putLocked(snapshotDir+"/"+s.ID+".json", b)
	}
	if err != nil {
		return Snapshot{}, explain(err, "kept", say.ProjectThisVersion())
	}
	p.pruneLocked(append([]Snapshot{s}, old...))
	return s, nil
}

// hasObject reports whether a content is kept; what is no plain file in its place is not it.
func (p *Project) hasObject(object string) bool {
	info, err := p.root.Lstat(objectName(object))
	return err == nil && info.Mode().IsRegular() && isOwn(p.root, path.Dir(objectName(object)))
}

func objectName(object string) string { return objectDir + "/" + object[:2] + "/" + object }

// Snapshots lists what was kept, newest first.
func (p *Project) Snapshots() ([]Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, err := p.snapshotsLocked()
	if err != nil {
		return nil, explain(err, "read", snapshotDir)
	}
	return list, nil
}

func (p *Project) snapshotsLocked() ([]Snapshot, error) {
	list := []Snapshot{}
	if !isOwn(p.root, snapshotDir) {
		return list, nil
	}
	entries, err := fs.ReadDir(p.root.FS(), snapshotDir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || !e.Type().IsRegular() {
			continue
		}
		b, err := p.load(snapshotDir + "/" + e.Name())
		var s Snapshot
		if err != nil || json.Unmarshal(b, &s) != nil || s.ID != id || len(s.ID) < 14 || !s.sound() {
			continue // damaged from outside: not ours to remove
		}
		list = append(list, s)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID > list[j].ID })
	return list, nil
}

// sound refuses lists that name files outside the project or objects that cannot be.
func (s Snapshot) sound() bool {
	for _, f := range s.Files {
		if CheckPath(f.Path) != nil || len(f.Object) != 64 || strings.Trim(f.Object, "0123456789abcdef") != "" {
			return false
		}
	}
	return true
}

// ReadSnapshot returns one file of a snapshot.
func (p *Project) ReadSnapshot(id, name string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.findLocked(id)
	if err != nil {
		return nil, err
	}
	for _, f := range s.Files {
		if f.Path == name {
			return p.object(f)
		}
	}
	return nil, errNotInVersion.With(shown(name))
}

func (p *Project) findLocked(id string) (Snapshot, error) {
	list, err := p.snapshotsLocked()
	if err != nil {
		return Snapshot{}, explain(err, "read", snapshotDir)
	}
	for _, s := range list {
		if s.ID == id {
			return s, nil
		}
	}
	return Snapshot{}, errNoSnapshot
}

func (p *Project) object(f SavedFile) ([]byte, error) {
	var content []byte
	err := fs.ErrNotExist
	if p.hasObject(f.Object) {
		content, err = p.load(objectName(f.Object))
	}
	if err == nil && wholeHash(content) != f.Object {
		err = errors.New("content does not match its hash")
	}
	if err != nil {
		return nil, errSnapshotDamaged.With(f.Path).Because(err)
	}
	return content, nil
}

// Restore makes the project's files what they were in a snapshot. The present
// ones are kept in a snapshot of their own first; files that the old version did not have go to the trash.
// It returns the paths that changed.
func (p *Project) Restore(id string) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.findLocked(id)
	if err != nil {
		return nil, err
	}
	contents := make([][]byte, len(s.Files)) // all of them are read before any is written, or pruned
	for i, f := range s.Files {
		if contents[i], err = p.object(f); err != nil {
			return nil, err
		}
		if err := p.checkHidden(f.Path, true); err != nil {
			return nil, err
		}
	}
	if _, err := p.snapshotLocked(say.ProjectBeforeGoingBack(), time.Now()); err != nil {
		return nil, err
	}
	changed := []string{}
	wanted := map[string]bool{}
	for i, f := range s.Files {
		wanted[f.Path] = true
		if now, err := p.load(f.Path); err == nil && bytes.Equal(now, contents[i]) {
			continue
		}
		if err := p.putLocked(f.Path, contents[i]); err != nil {
			return changed, explain(err, say.ProjectBroughtBack(), f.Path)
		}
		changed = append(changed, f.Path)
	}
	now, err := p.refreshLocked()
	if err != nil {
		return changed, err
	}
	for _, f := range now.Files {
		if !wanted[f.Path] && f.Size <= MaxFile {
			if err := p.discardLocked(f.Path); err != nil {
				return changed, explain(err, "removed", f.Path)
			}
			p.removedLocked(f.Path)
			changed = append(changed, f.Path)
		}
	}
	return changed, nil
}

// pruneLocked drops the oldest snapshots beyond the limits, then objects that no snapshot names.
func (p *Project) pruneLocked(list []Snapshot) {
	keep, size := 0, int64(0)
	named := map[string]bool{}
	for _, s := range list {
		for _, f := range s.Files {
			if !named[f.Object] {
				size += f.Size
			}
		}
		if keep > 0 && (keep == MaxSnapshots || size > MaxHistory) {
			break
		}
		for _, f := range s.Files {
			named[f.Object] = true
		}
		keep++
	}
	if keep == len(list) {
		return
	}
	if !isOwn(p.root, objectDir) {
		return
	}
	for _, s := range list[keep:] {
		p.root.Remove(snapshotDir + "/" + s.ID + ".json")
	}
	fs.WalkDir(p.root.FS(), objectDir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && !named[d.Name()] {
			p.root.Remove(name)
		}
		return nil
	})
}
