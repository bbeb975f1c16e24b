package project

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
)

// List returns the project's files as they are now, see State. Without a Watch it looks at all of them.
func (p *Project) List() ([]api.File, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.currentLocked()
	if err != nil {
		return nil, err
	}
	return s.Files, nil
}

func isText(content []byte) bool { return utf8.Valid(content) && bytes.IndexByte(content, 0) < 0 }

// load reads a regular file of at most MaxFile bytes.
func (p *Project) load(name string) ([]byte, error) {
	at := p.open(name)
	defer at.close()
	return at.load()
}

func tooLarge(name string, size int64) error {
	return ErrTooLarge.With(name, fmt.Sprintf("%.1f", float64(size)/(1<<20)), MaxFile>>20)
}

// Read returns a file's content and its hash, which the next Write wants back.
func (p *Project) Read(name string) (content []byte, hash string, err error) {
	if err := CheckPath(name); err != nil {
		return nil, "", err
	}
	at, err := p.openFit(name)
	if err != nil {
		return nil, "", err
	}
	defer at.close()
	content, err = at.load()
	if err != nil {
		return nil, "", explain(err, "read", name)
	}
	return content, Hash(content), nil
}

// Special values of Write's ifMatch.
const (
	IfNew  = ""  // there must be no such file
	Always = "*" // whatever is there; another version goes to the trash
)

// Write saves content if the file still has the hash ifMatch. Otherwise it
// changes nothing and returns file.conflict: the caller still has its version,
// the disk the other. It returns the new hash.
func (p *Project) Write(name string, content []byte, ifMatch string) (hash string, err error) {
	if err := CheckPath(name); err != nil {
		return "", err
	}
	if len(content) > MaxFile {
		return "", tooLarge(name, int64(len(content)))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.writeLocked(name, content, ifMatch)
}

func (p *Project) writeLocked(name string, content []byte, ifMatch string) (string, error) {
	at, err := p.openFit(name)
	if err != nil {
		return "", err
	}
	hash := Hash(content)
	defer at.close()
	old, err := at.load()
	exists := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !(errors.Is(err, ErrTooLarge) && ifMatch == Always) {
		return "", explain(err, "saved", name)
	}
	switch {
	case exists && bytes.Equal(old, content):
		p.wroteLocked(name, content, at.info)
		return hash, nil // both sides made the same change
	case exists && ifMatch == IfNew:
		return "", errExistsOpen.With(name)
	case !exists && ifMatch != IfNew && ifMatch != Always:
		return "", errConflictRemoved.With(name)
	case exists && ifMatch != Always && !strings.EqualFold(ifMatch, Hash(old)):
		return "", ErrConflict.With(name)
	}
	if !exists {
		if err := p.checkFree(name, ""); err != nil {
			return "", err
		}
	}
	if ifMatch == Always && (exists || errors.Is(err, ErrTooLarge)) {
		if err := p.keepCopyLocked(name, old); err != nil {
			return "", explain(err, "saved", name)
		}
	}
	if err := p.putAtLocked(at, content); err != nil {
		return "", explain(err, "saved", name)
	}
	return hash, nil
}

// WriteBeside saves content next to name under a free name, for keeping both
// versions of a conflict: www/led.html → www/led-mine.html; Go files get .txt,
// so that the program still has one main. It returns the path.
func (p *Project) WriteBeside(name string, content []byte) (string, error) {
	if err := CheckPath(name); err != nil {
		return "", err
	}
	if len(content) > MaxFile {
		return "", tooLarge(name, int64(len(content)))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ext := path.Ext(name)
	base := strings.TrimSuffix(name, ext)
	if ext == ".go" {
		ext = ".go.txt"
	}
	for n := 1; n < 100; n++ {
		beside := base + "-mine" + ext
		if n > 1 {
			beside = fmt.Sprintf("%s-mine-%d%s", base, n, ext)
		}
		if err := CheckPath(beside); err != nil {
			return "", err
		}
		_, err := p.writeLocked(beside, content, IfNew)
		if errors.Is(err, ErrExists) {
			continue
		}
		return beside, err
	}
	return "", errExistsCopies.With(name)
}

// Rename moves a file. The new name must be free.
func (p *Project) Rename(from, to string) error {
	for _, name := range []string{from, to} {
		if err := CheckPath(name); err != nil {
			return err
		}
	}
	if from == to {
		return nil
	}
	for _, name := range []string{from, to} {
		if err := p.checkHidden(name, false); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.root.Lstat(from); err != nil {
		return explain(err, "renamed", from)
	}
	if from == "main.go" || from == metaFile {
		return needed(from, "renamed")
	}
	if err := p.checkFree(to, from); err != nil {
		return err
	}
	if _, err := p.root.Lstat(to); err == nil && !strings.EqualFold(from, to) {
		return errExistsTarget.With(to)
	}
	if strings.HasPrefix(to, from+"/") {
		return errKindItself.With(from)
	}
	p.keepLocked(Reason{Why: WhyRename, About: from})
	if dir := path.Dir(to); dir != "." {
		if err := p.root.MkdirAll(dir, 0o755); err != nil {
			return explain(err, "renamed", from)
		}
	}
	if err := p.root.Rename(from, to); err != nil {
		return explain(err, "renamed", from)
	}
	p.syncDir(path.Dir(to))
	p.movedLocked(from, to)
	return nil
}

// Remove moves a file or folder to the project's trash.
func (p *Project) Remove(name string) error {
	if err := CheckPath(name); err != nil {
		return err
	}
	if name == "main.go" {
		return needed(name, "removed")
	}
	if err := p.checkHidden(name, false); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.root.Lstat(name); err != nil {
		return explain(err, "removed", name)
	}
	p.keepLocked(Reason{Why: WhyRemove, About: name})
	if err := p.discardLocked(name); err != nil {
		return explain(err, "removed", name)
	}
	p.removedLocked(name)
	p.sweepTrashLocked(time.Now())
	return nil
}

// keepLocked takes a snapshot before something that can be undone without it as well: on a
// full disk a file can still be removed.
func (p *Project) keepLocked(r Reason) {
	p.snapshotLocked(r, time.Now())
}

func needed(name, doing string) error {
	return errNeeded.With(name, doing)
}

// checkFree refuses a new name that differs from an existing one only in case:
// on Windows and macOS the two would be one file. except is about to go away.
func (p *Project) checkFree(name, except string) error {
	dir := "."
	for _, part := range strings.Split(name, "/") {
		entries, err := fs.ReadDir(p.root.FS(), dir)
		if err != nil {
			return nil // not there yet
		}
		for _, e := range entries {
			there := path.Join(dir, e.Name())
			if e.Name() != part && strings.EqualFold(e.Name(), part) && there != except {
				return errCase.With(there, part)
			}
		}
		dir = path.Join(dir, part)
	}
	return nil
}

// discardLocked moves name into the trash; keepCopyLocked puts a copy of content there.
func (p *Project) discardLocked(name string) error {
	to, err := p.trashName(name)
	if err != nil {
		return err
	}
	if err := p.root.Rename(name, to); err != nil {
		return err
	}
	p.syncDir(path.Dir(name))
	return nil
}

func (p *Project) keepCopyLocked(name string, content []byte) error {
	to, err := p.trashName(name)
	if err != nil {
		return err
	}
	if content == nil { // too large to hold: move it
		return p.root.Rename(name, to)
	}
	return p.putLocked(to, content)
}

// trashName makes a place for name: .studio/trash/20060102-150405-ab12/www/led.html.
func (p *Project) trashName(name string) (string, error) {
	to := trashDir + "/" + time.Now().UTC().Format(stampForm) + "-" + randomName()[:4] + "/" + name
	if err := p.ownFolder(path.Dir(to)); err != nil {
		return "", err
	}
	return to, nil
}

// Open gives read access to one file for streaming; the caller closes it.
func (p *Project) Open(name string) (*os.File, error) {
	if err := CheckPath(name); err != nil {
		return nil, err
	}
	info, err := p.root.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errKind.With(name)
	}
	if err != nil {
		return nil, explain(err, "read", name)
	}
	f, err := p.root.Open(name)
	if err != nil {
		return nil, explain(err, "read", name)
	}
	return f, nil
}
