package project

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// tree is what was found in a project's folder when it was looked at, and what
// has been done to it through the Project since. What is hidden is not in it.
type tree struct {
	folders map[string]*folder // by path; "." is the project's own
	fit     int                // files that are the project's
	refused string             // the first one in www/ for which there was no place any more; "": none
	kept    int                // bytes of all contents that are kept
	changed bool               // since a State was made of it
}

type folder struct {
	info    fs.FileInfo // nil: it was made through the Project and not looked at yet
	entries map[string]*entry
}

// entry is replaced when it changes: a State may still have the old one.
type entry struct {
	kind fs.FileMode // type bits
	info fs.FileInfo // nil as in folder
	file *file       // of a regular file
}

type file struct {
	unfit bool      // its name is none for a project: all that is known of it is that it is there
	read  time.Time // when it was read
	size  int64
	sum   [sha256.Size]byte // of its content; beyond MaxFile, of its size and time
	text  bool
	kept  []byte // its content, if a build or the project itself reads it; nil: it is on the disk
}

// Contents that are kept in memory: what every build reads, and studio.json.
const (
	maxKeptFile = 2 << 20
	maxKept     = 16 << 20
	maxMeta     = 64 << 10
)

func (f *file) hash() string { return hex.EncodeToString(f.sum[:16]) }

// whole is the name of its content among those that are kept; see wholeHash.
func (f *file) whole() string { return hex.EncodeToString(f.sum[:]) }

func newTree() *tree { return &tree{folders: map[string]*folder{}} }

func (t *tree) at(name string) *entry {
	if f := t.folders[path.Dir(name)]; f != nil {
		return f.entries[path.Base(name)]
	}
	return nil
}

// set puts an entry into its place, making the folders on the way.
func (t *tree) set(name string, e *entry) {
	dir := path.Dir(name)
	f := t.folders[dir]
	if f == nil {
		f = &folder{entries: map[string]*entry{}}
		t.folders[dir] = f
		if dir != "." {
			t.set(dir, &entry{kind: fs.ModeDir})
		}
	}
	t.count(f.entries[path.Base(name)], -1)
	f.entries[path.Base(name)] = e
	t.count(e, 1)
	t.changed = true
}

// drop forgets a file, or a folder with all that is in it.
func (t *tree) drop(name string) {
	if f := t.folders[path.Dir(name)]; f != nil {
		t.count(f.entries[path.Base(name)], -1)
		delete(f.entries, path.Base(name))
	}
	t.changed = true
	t.dropFolder(name)
}

func (t *tree) dropFolder(name string) {
	for dir, f := range t.folders {
		if dir == name || strings.HasPrefix(dir, name+"/") {
			for _, e := range f.entries {
				t.count(e, -1)
			}
			delete(t.folders, dir)
		}
	}
}

// move gives a file or a folder another name.
func (t *tree) move(from, to string) {
	e := t.at(from)
	if e == nil {
		return
	}
	moved := map[string]*folder{}
	for dir, f := range t.folders {
		if dir == from || strings.HasPrefix(dir, from+"/") {
			moved[to+dir[len(from):]] = f
			delete(t.folders, dir)
		}
	}
	t.drop(from)
	t.set(to, e)
	for dir, f := range moved {
		t.folders[dir] = f
	}
}

func (t *tree) count(e *entry, by int) {
	if e == nil || e.file == nil {
		return
	}
	t.kept += by * len(e.file.kept)
	if !e.file.unfit {
		t.fit += by
	}
}

// look says what is looked at.
type look struct {
	all     bool            // every folder; files that were changed a moment ago are read again
	folders map[string]bool // these, and those in them that are new
	written map[string]bool // files that are read again in any case
	renewed map[string]bool // folders that may be others than those that had the names
}

// lookLocked brings the tree up to date with the disk. What other programs have
// changed is told to the Watch.
func (p *Project) lookLocked(l look) error {
	if l.all || p.tree.folders["."] == nil {
		info, err := p.root.Lstat(".")
		if err != nil {
			return err
		}
		l.all = true
		before := p.tree.refused
		p.tree.refused = ""
		err = p.lookIntoLocked(".", info, l)
		p.tree.changed = p.tree.changed || before != p.tree.refused
		return err
	}
	for name := range l.folders {
		f := p.tree.folders[name]
		if f == nil {
			continue // it is new, and its parent is looked at
		}
		if err := p.lookIntoLocked(name, f.info, l); err != nil && name == "." {
			return err
		}
	}
	return nil
}

func (p *Project) lookIntoLocked(dir string, info fs.FileInfo, l look) error {
	f := p.tree.folders[dir]
	if f == nil || f.info == nil || info == nil || !os.SameFile(f.info, info) || l.renewed[dir] {
		p.watchFolderLocked(dir) // before it is read: nothing may happen in between
		l = look{all: true, written: l.written, renewed: l.renewed}
	}
	entries, err := fs.ReadDir(p.root.FS(), dir)
	if err != nil && dir == "." {
		return err
	}
	if f == nil {
		f = &folder{entries: map[string]*entry{}}
		p.tree.folders[dir] = f
	}
	f.info = info
	if dir == "." { // where there are too many, these are the last that are missing
		slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(lateness(a), lateness(b)) })
	}
	there := make(map[string]bool, len(entries))
	for _, d := range entries { // none, if it cannot be read or is gone again
		name := path.Join(dir, d.Name())
		if strings.HasPrefix(d.Name(), ".") {
			continue
		}
		info, err := d.Info()
		if err != nil {
			continue
		}
		if p.lookAtLocked(name, info, l) {
			there[d.Name()] = true
		}
	}
	for base, e := range f.entries {
		if name := path.Join(dir, base); !there[base] {
			p.forgetLocked(name, e)
		}
	}
	return nil
}

// lateness tells when something of the project's folder is looked at: files, then www/, then other folders.
func lateness(d fs.DirEntry) int {
	switch {
	case !d.IsDir():
		return 0
	case d.Name() == "www":
		return 1
	}
	return 2
}

// lookAtLocked takes what is there under a name, and tells whether that is anything to know of.
func (p *Project) lookAtLocked(name string, info fs.FileInfo, l look) bool {
	old, kind := p.tree.at(name), info.Mode().Type()
	if old != nil && old.kind != kind {
		p.forgetLocked(name, old)
		old = nil
	}
	if kind.IsDir() {
		if path.Base(name) == "node_modules" {
			return false
		}
		if old == nil || old.info == nil {
			p.tree.set(name, &entry{kind: kind, info: info})
		}
		if !p.descends(name) {
			return true
		}
		known := p.tree.folders[name]
		if l.all || known == nil || known.info == nil || !os.SameFile(known.info, info) || l.renewed[name] {
			p.lookIntoLocked(name, info, l)
		}
		return true
	}
	if !info.Mode().IsRegular() {
		if old == nil {
			p.tree.set(name, &entry{kind: kind, info: info})
		}
		return true
	}
	if old != nil && !l.written[name] && sameFile(old.info, info) && (!l.all || !isYoung(old)) {
		return true
	}
	if CheckPath(name) != nil {
		p.tree.set(name, &entry{kind: kind, info: info, file: &file{unfit: true, size: info.Size()}})
		return true
	}
	if old == nil && p.tree.fit >= MaxFiles {
		if p.tree.refused == "" && strings.HasPrefix(name, "www/") {
			p.tree.refused, p.tree.changed = name, p.tree.changed || !l.all // see lookLocked
		}
		return false
	}
	f, err := p.readLocked(name, info)
	if err != nil {
		return false // gone again, or not to be read
	}
	if old != nil && old.file.sum == f.sum && old.file.size == f.size {
		f.kept = old.file.kept
		p.tree.folders[path.Dir(name)].entries[path.Base(name)] = &entry{kind: kind, info: info, file: f} // the same to everybody
		return true
	}
	p.tree.set(name, &entry{kind: kind, info: info, file: f})
	p.tellLocked(name, f.hash())
	return true
}

// descends tells whether a folder may hold files of the project or of its
// program. In www/ a name that no file can have is the end; programs may lie
// below such names.
func (p *Project) descends(name string) bool {
	if strings.HasPrefix(name, "www/") || name == "www" {
		return CheckPath(name) == nil
	}
	return strings.Count(name, "/") < MaxDepth
}

// sameFile tells whether a file looks as it did.
func sameFile(a, b fs.FileInfo) bool {
	return a != nil && b != nil && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// isYoung tells whether a file was read so soon after a change that another one,
// within the same step of the disk's clock, would not show.
func isYoung(e *entry) bool {
	return !e.file.unfit && (e.info == nil || e.file.read.Sub(e.info.ModTime()) < 2*time.Second)
}

func (p *Project) forgetLocked(name string, e *entry) {
	if e.file != nil && !e.file.unfit {
		p.tellLocked(name, "")
	}
	if e.kind.IsDir() {
		for dir, f := range p.tree.folders {
			if dir != name && !strings.HasPrefix(dir, name+"/") {
				continue
			}
			for base, e := range f.entries {
				if e.file != nil && !e.file.unfit {
					p.tellLocked(path.Join(dir, base), "")
				}
			}
		}
	}
	p.tree.drop(name)
}

// tellLocked notes a change by another program for the Watch.
func (p *Project) tellLocked(name, hash string) {
	if p.news == nil {
		return
	}
	p.pending[name] = hash
	p.wakeLocked()
}

// wakeLocked has the Watch, if there is one, look at what is new.
func (p *Project) wakeLocked() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// readLocked reads a file as far as it has to be known. Of files beyond MaxFile size and time are.
func (p *Project) readLocked(name string, info fs.FileInfo) (*file, error) {
	if info.Size() > MaxFile {
		return &file{read: time.Now(), size: info.Size(), sum: sha256.Sum256(fmt.Appendf(nil, "%d %d", info.Size(), info.ModTime().UnixNano()))}, nil
	}
	read := time.Now() // before: what changes meanwhile makes it young
	content, err := p.load(name)
	if err != nil {
		return nil, err
	}
	f := newFile(content)
	f.read = read
	if p.tree.keeps(name, content) {
		f.kept = content
	}
	return f, nil
}

func newFile(content []byte) *file {
	return &file{read: time.Now(), size: int64(len(content)), sum: sha256.Sum256(content), text: isText(content)}
}

func (t *tree) keeps(name string, content []byte) bool {
	if name == metaFile {
		return len(content) < maxMeta
	}
	return (strings.HasSuffix(name, ".go") || name == "go.mod") && len(content) <= maxKeptFile && t.kept+len(content) <= maxKept
}

// wroteLocked takes what was saved through the Project. info is of the file as it was written.
func (p *Project) wroteLocked(name string, content []byte, info fs.FileInfo) {
	if strings.HasPrefix(name, ours+"/") || p.state.Load() == nil {
		return
	}
	delete(p.pending, name) // whoever saved it knows more than what is still to be told
	f := newFile(content)
	if p.tree.keeps(name, content) {
		f.kept = append([]byte{}, content...)
	}
	p.tree.set(name, &entry{info: info, file: f})
	p.settleLocked()
}

// removedLocked takes that a file or folder was removed through the Project.
func (p *Project) removedLocked(name string) {
	if p.state.Load() == nil {
		return
	}
	for other := range p.pending {
		if other == name || strings.HasPrefix(other, name+"/") {
			delete(p.pending, other)
		}
	}
	p.tree.drop(name)
	p.settleLocked()
}

// movedLocked takes that a file or folder was renamed through the Project.
func (p *Project) movedLocked(from, to string) {
	if p.state.Load() == nil {
		return
	}
	p.tree.move(from, to)
	p.settleLocked()
}
