package project

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// Snapshot is all files of a project as they were at one moment: an entry of its history.
// Contents are kept once per hash in .studio/objects, the lists in .studio/snapshots.
//
// Both come along with a project that somebody else has made: what a list says is checked
// (see sound), a content is compared with its hash, and no link is followed.
type Snapshot struct {
	ID   string `json:"id"`   // sorts by age
	Time int64  `json:"time"` // Unix milliseconds
	Reason
	Label string      `json:"label,omitempty"` // of what earlier versions have kept: why, in words
	Files []SavedFile `json:"files"`           // in path order
}

// Reason says why a snapshot was taken.
type Reason struct {
	Why   Why    `json:"why,omitempty"`
	About string `json:"about,omitempty"` // of a Run the board, of WhyReplace what was replaced, of others the file; "" is the whole project
	Build string `json:"build,omitempty"` // of a Run: the program's id, as the board says it
}

// Why a snapshot was taken.
type Why string

const (
	WhyRun     Why = "run"     // it was brought to a board
	WhyWork    Why = "work"    // the first change after an hour: what was there before it
	WhyRestore Why = "restore" // before something was brought back
	WhyRemove  Why = "remove"  // before a file was removed
	WhyRename  Why = "rename"  // before a file, or the project, got another name
	WhyReplace Why = "replace" // before something was replaced in all files
)

const (
	workEvery   = time.Hour
	listed      = 150           // bytes that a file takes in a list, about
	maxList     = 1 << 20       // bytes of a snapshot's list
	latest      = 4102444800000 // Unix milliseconds: the year 2100. Who claims a later time has made it up.
	mostSynced  = 32            // contents of one snapshot that are synced one by one: the disk may take milliseconds for each
	mostObjects = 100_000       // files that are looked at when old contents are removed
)

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

// Snapshot keeps the project's present files, and why. When nothing has changed since the
// newest snapshot, and that one was taken for the same reason, that one is returned.
func (p *Project) Snapshot(r Reason) (Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.snapshotLocked(r, time.Now())
}

// KeepWork keeps the project as it is before the user's next change, when the newest
// snapshot is an hour old or there is none. Within the hour it looks at nothing.
func (p *Project) KeepWork() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keepWorkLocked(time.Now())
}

func (p *Project) keepWorkLocked(now time.Time) error {
	if p.readOnly {
		return nil
	}
	if p.kept.IsZero() {
		list, err := p.snapshotsLocked()
		if err != nil {
			return explain(err, "read", snapshotDir)
		}
		for _, s := range list { // the newest may have been taken before the clock went back
			if at := time.UnixMilli(s.Time); at.After(p.kept) && !at.After(now) {
				p.kept = at
			}
		}
	}
	if since := now.Sub(p.kept); since >= 0 && since < workEvery {
		return nil
	}
	p.kept = now // also when it cannot be kept: not again at every save
	_, err := p.snapshotLocked(Reason{Why: WhyWork}, now)
	return err
}

func (p *Project) snapshotLocked(r Reason, now time.Time) (_ Snapshot, err error) {
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
	r.About = plain(r.About)
	s := Snapshot{Time: now.UnixMilli(), Reason: r}
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
		if !p.hasObject(object, size) {
			content, err := p.load(f.Path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return Snapshot{}, explain(err, "read", f.Path)
			}
			if object, size = wholeHash(content), int64(len(content)); !p.hasObject(object, size) { // it may have changed this moment
				at := place{name: objectName(object), root: p.root, base: objectName(object), lazy: len(made) >= mostSynced}
				if err := p.putAtLocked(&at, content); err != nil {
					return Snapshot{}, explain(err, "kept", f.Path)
				}
				made = append(made, objectName(object))
			}
		}
		s.Files = append(s.Files, SavedFile{f.Path, size, object})
	}
	p.kept = now
	if len(old) > 0 && slices.Equal(old[0].Files, s.Files) && (r.Why == WhyWork || old[0].Reason == r) {
		return old[0], nil
	}
	b, err := json.Marshal(s)
	if err == nil {
		err = p.putLocked(listName(s.ID), b)
	}
	if err != nil {
		return Snapshot{}, explain(err, "kept", say.ProjectThisVersion())
	}
	p.pruneLocked(append([]Snapshot{s}, old...))
	return s, nil
}

// hasObject reports whether a content is kept; what is no plain file of its size in its place is not it.
func (p *Project) hasObject(object string, size int64) bool {
	info, err := p.root.Lstat(objectName(object))
	return err == nil && info.Mode().IsRegular() && info.Size() == size && isOwn(p.root, path.Dir(objectName(object)))
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

var snapshotID = lazyregexp.New(`^[0-9]{13}-[0-9a-f]{6}$`)

// snapshotsLocked reads no more lists than twice what is kept, however many somebody has put there.
func (p *Project) snapshotsLocked() ([]Snapshot, error) {
	list := []Snapshot{}
	if !isOwn(p.root, snapshotDir) {
		return list, nil
	}
	entries, err := fs.ReadDir(p.root.FS(), snapshotDir)
	if err != nil {
		return nil, err
	}
	slices.Reverse(entries) // their names sort by age
	read := 0
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || !e.Type().IsRegular() || !snapshotID().MatchString(id) {
			continue
		}
		if info, err := e.Info(); err != nil || info.Size() > maxList {
			continue
		}
		if read++; read > 2*MaxSnapshots {
			break
		}
		if s, ok := p.readList(id); ok {
			list = append(list, s)
		}
	}
	return list, nil
}

func listName(id string) string { return snapshotDir + "/" + id + ".json" }

// readList reads one snapshot's list. One that was damaged from outside is not ours to remove.
func (p *Project) readList(id string) (s Snapshot, ok bool) {
	b, err := p.load(listName(id))
	if err != nil || json.Unmarshal(b, &s) != nil || s.ID != id || !s.sound() {
		return Snapshot{}, false
	}
	s.About, s.Label = plain(s.About), plain(s.Label)
	return s, true
}

// sound refuses lists that name files outside the project, objects or sizes that cannot
// be, a file twice, and times that would come before those of all that is kept from now on.
func (s Snapshot) sound() bool {
	var at int64
	fmt.Sscanf(s.ID, "%d", &at)
	if at > latest || s.Time < 0 || s.Time > latest || len(s.Files) > MaxFiles || len(s.Build) > 100 {
		return false
	}
	seen := map[string]bool{}
	for _, f := range s.Files {
		if CheckPath(f.Path) != nil || seen[f.Path] || len(f.Object) != 64 || strings.Trim(f.Object, "0123456789abcdef") != "" || f.Size < 0 || f.Size > MaxFile {
			return false
		}
		seen[f.Path] = true
	}
	return true
}

// ReadSnapshot returns one file of a snapshot.
func (p *Project) ReadSnapshot(id, name string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.readSnapshotLocked(id, name)
}

func (p *Project) readSnapshotLocked(id, name string) ([]byte, error) {
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

// findLocked reads one list, and none of the others.
func (p *Project) findLocked(id string) (Snapshot, error) {
	if !snapshotID().MatchString(id) || !isOwn(p.root, snapshotDir) {
		return Snapshot{}, errNoSnapshot
	}
	if info, err := p.root.Lstat(listName(id)); err != nil || !info.Mode().IsRegular() || info.Size() > maxList {
		return Snapshot{}, errNoSnapshot.Because(err)
	}
	s, ok := p.readList(id)
	if !ok {
		return Snapshot{}, errNoSnapshot
	}
	return s, nil
}

func (p *Project) object(f SavedFile) ([]byte, error) {
	var content []byte
	err := fs.ErrNotExist
	if p.hasObject(f.Object, f.Size) {
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

// lasting orders snapshots, newest first, by what is dropped last: the newest half of what is
// kept, then Runs and work. What was taken before a removal, a new name, a replacement or a
// restore comes by the hundred when somebody tidies up, and must not push those out.
func lasting(list []Snapshot) []Snapshot {
	newest := min(len(list), MaxSnapshots/2)
	order := slices.Clone(list)
	slices.SortStableFunc(order[newest:], func(a, b Snapshot) int { return a.Why.rank() - b.Why.rank() })
	return order
}

func (w Why) rank() int {
	switch w {
	case WhyRestore, WhyRemove, WhyRename, WhyReplace:
		return 1
	}
	return 0
}

// pruneLocked drops what lasts least of the snapshots beyond the limits, then objects that no snapshot names.
func (p *Project) pruneLocked(list []Snapshot) {
	list = lasting(list)
	keep, size := 0, int64(0)
	named := map[string]bool{}
	for _, s := range list {
		for _, f := range s.Files {
			if size += listed; !named[f.Object] {
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
		p.root.Remove(listName(s.ID))
	}
	looked := 0
	fs.WalkDir(p.root.FS(), objectDir, func(name string, d fs.DirEntry, err error) error {
		if looked++; looked > mostObjects {
			return fs.SkipAll
		}
		if err == nil && d.Type().IsRegular() && !named[d.Name()] {
			p.root.Remove(name)
		}
		return nil
	})
}
