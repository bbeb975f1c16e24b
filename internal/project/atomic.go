package project

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
)

const tmpDir = ours + "/tmp"

// put makes name hold content, or leaves it as it was: temporary file, sync,
// rename, sync of the folder. Another Studio that opens the project meanwhile
// may clean the temporary file away; then put starts over.
func (p *Project) put(name string, content []byte) error {
	var err error
	for range 5 {
		if err = p.putOnce(name, content); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

func (p *Project) putOnce(name string, content []byte) (err error) {
	if err := p.ownFolder(tmpDir); err != nil {
		return err
	}
	if dir := path.Dir(name); dir != "." {
		if err := p.root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := p.fault("create"); err != nil {
		return err
	}
	temp := tmpDir + "/" + randomName()
	mode := fs.FileMode(0o644)
	if old, err := p.root.Stat(name); err == nil {
		mode = old.Mode().Perm()
	}
	f, err := p.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			p.root.Remove(temp)
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
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := p.fault("rename"); err != nil {
		return err
	}
	if err := p.root.Rename(temp, name); err != nil {
		return err
	}
	p.syncDir(path.Dir(name))
	return nil
}

// syncDir makes a rename survive a power cut. Systems that cannot sync a folder keep it by themselves.
func (p *Project) syncDir(dir string) {
	if d, err := p.root.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// ownFolder makes a folder below .studio and keeps version control away from it.
func (p *Project) ownFolder(dir string) error {
	if info, err := p.root.Lstat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := p.root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	ignore := ours + "/.gitignore"
	if _, err := p.root.Lstat(ignore); errors.Is(err, fs.ErrNotExist) {
		return p.root.WriteFile(ignore, []byte("*\n"), 0o644)
	}
	return nil
}

// cleanTemps removes what a killed Studio left over.
func (p *Project) cleanTemps() {
	entries, err := fs.ReadDir(p.root.FS(), tmpDir)
	if err != nil {
		return
	}
	for _, e := range entries {
		p.root.Remove(tmpDir + "/" + e.Name())
	}
}

func randomName() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
