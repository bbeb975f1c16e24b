package project

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
)

const tmpDir = ours + "/tmp"

// putLocked makes name hold content, or leaves it as it was: temporary file, sync,
// rename, sync of the folder. Another Studio that opens the project meanwhile
// may clean the temporary file away; then put starts over.
func (p *Project) putLocked(name string, content []byte) error {
	at := p.open(name)
	defer at.close()
	return p.putAtLocked(at, content)
}

func (p *Project) putAtLocked(at *place, content []byte) error {
	var err error
	for range 5 {
		if err = p.putOnceLocked(at, content); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		at = &place{name: at.name, root: p.root, base: at.name, lazy: at.lazy} // its folder may be gone as well
	}
	return err
}

func (p *Project) putOnceLocked(at *place, content []byte) (err error) {
	tmp, err := p.openTemp()
	if err != nil {
		return err
	}
	defer tmp.Close()
	switch dir := path.Dir(at.name); {
	case strings.HasPrefix(at.name, ours+"/"):
		if err := p.ownFolder(dir); err != nil {
			return err
		}
	case dir != "." && !at.held:
		if err := p.root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := p.fault("create"); err != nil {
		return err
	}
	temp := randomName()
	f, err := tmp.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, at.mode())
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			tmp.Remove(temp)
		}
	}()
	if err := p.fault("write"); err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := p.fault("sync"); err != nil {
		return err
	}
	if !at.lazy {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	info, infoErr := f.Stat()
	if err := f.Close(); err != nil {
		return err
	}
	if err := p.fault("rename"); err != nil {
		return err
	}
	if err := p.root.Rename(tmpDir+"/"+temp, at.name); err != nil {
		return err
	}
	if !at.lazy {
		at.sync()
	}
	if infoErr != nil {
		info = nil // then it is read again when somebody looks
	}
	p.wroteLocked(at.name, content, info)
	return nil
}

// openTemp opens the folder for temporary files, and makes it if need be.
func (p *Project) openTemp() (*os.Root, error) {
	if tmp, err := openOwn(p.root, tmpDir); err == nil {
		return tmp, nil
	}
	if err := p.ownFolder(tmpDir); err != nil {
		return nil, err
	}
	return openOwn(p.root, tmpDir)
}

// syncDir makes a rename survive a power cut. Systems that cannot sync a folder keep it by themselves.
func (p *Project) syncDir(dir string) {
	if d, err := p.root.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// What lies below .studio is Studio's own, and comes along with a project that
// somebody else has made. There a link (or a junction) in place of a folder
// could point at the project's files, which Studio then would take for its own
// and clean away. So no link is followed, neither there nor in .studio's place.

// isOwn reports whether a folder below .studio is there, and no link on the way to it.
func isOwn(root *os.Root, dir string) bool {
	for i := range len(dir) + 1 {
		if i < len(dir) && dir[i] != '/' {
			continue
		}
		if info, err := root.Lstat(dir[:i]); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// ownFolder makes a folder below .studio and keeps version control away from it.
func (p *Project) ownFolder(dir string) error {
	if isOwn(p.root, dir) {
		return nil
	}
	if err := makeOwn(p.root, dir); err != nil {
		return err
	}
	ignore := ours + "/.gitignore"
	if _, err := p.root.Lstat(ignore); errors.Is(err, fs.ErrNotExist) {
		return writeSynced(p.root, ignore, []byte("*\n")) // made anew: no link is written through
	}
	return nil
}

// makeOwn makes a folder and those that it lies in. What has such a name and is
// no folder is moved out of the way: it is not ours to remove.
func makeOwn(root *os.Root, dir string) error {
	if parent := path.Dir(dir); parent != "." {
		if err := makeOwn(root, parent); err != nil {
			return err
		}
	}
	info, err := root.Lstat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		if err := root.Rename(dir, path.Join(path.Dir(dir), "."+strings.TrimPrefix(path.Base(dir), ".")+".moved-"+randomName()[:6])); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := root.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) { // another Studio may have been first
		return err
	}
	return nil
}

// cleanTemps removes what a killed Studio left over.
func (p *Project) cleanTemps() {
	if !isOwn(p.root, tmpDir) {
		return
	}
	entries, err := fs.ReadDir(p.root.FS(), tmpDir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			p.root.Remove(tmpDir + "/" + e.Name())
		}
	}
}

func randomName() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
