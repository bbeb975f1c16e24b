package devfstest

import (
	"bytes"
	"context"
	"io"
	"sort"
	"sync"

	"studioide/internal/devfs"
	"studioide/internal/devlink"
	"studioide/internal/problem"
)

// Fake is a devfs.FS in memory.
type Fake struct {
	Capacity int64                         // 0: 4 MB
	Fault    func(act, path string) error  // "root", "list", "read", "write", "remove", "format", "usage"; nil: none
	Step     func(path string, done int64) // called while writing, without any lock
	mu       sync.Mutex
	files    map[string][]byte
}

func (f *Fake) fault(ctx context.Context, act, path string) error {
	if ctx.Err() != nil {
		return problem.Of(ctx.Err())
	}
	if f.Fault == nil {
		return nil
	}
	return f.Fault(act, path)
}

func (f *Fake) capacity() int64 {
	if f.Capacity == 0 {
		return 4 << 20
	}
	return f.Capacity
}

func (f *Fake) used() (n int64) {
	for _, c := range f.files {
		n += int64(len(c))
	}
	return n
}

func (f *Fake) list() []devfs.File {
	files := []devfs.File{}
	for path, c := range f.files {
		files = append(files, devfs.File{Path: path, Size: int64(len(c)), Hash: devfs.Hash(c)})
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files
}

// Root implements devfs.FS.
func (f *Fake) Root(ctx context.Context) (devfs.Root, error) {
	if err := f.fault(ctx, "root", ""); err != nil {
		return devfs.Root{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	files := f.list()
	return devfs.Root{Hash: devfs.RootHash(files), Count: len(files)}, nil
}

// Usage implements devfs.FS.
func (f *Fake) Usage(ctx context.Context) (used, free int64, err error) {
	if err := f.fault(ctx, "usage", ""); err != nil {
		return 0, 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.used(), f.capacity() - f.used(), nil
}

// List implements devfs.FS.
func (f *Fake) List(ctx context.Context) ([]devfs.File, error) {
	if err := f.fault(ctx, "list", ""); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.list(), nil
}

// Read implements devfs.FS.
func (f *Fake) Read(ctx context.Context, path string, w io.Writer) error {
	if err := f.fault(ctx, "read", path); err != nil {
		return err
	}
	f.mu.Lock()
	c, ok := f.files[path]
	f.mu.Unlock()
	if !ok {
		return devlink.ErrNoFile
	}
	_, err := w.Write(c)
	return err
}

// Write implements devfs.FS.
func (f *Fake) Write(ctx context.Context, path string, content []byte, progress func(done, total int64)) (devfs.WriteResult, error) {
	if err := devfs.CheckPath(path); err != nil {
		return devfs.WriteResult{}, err
	}
	total := int64(len(content))
	for done := int64(0); done < total; {
		if err := f.fault(ctx, "write", path); err != nil {
			return devfs.WriteResult{}, err
		}
		done = min(done+4096, total)
		if f.Step != nil {
			f.Step(path, done)
		}
		if progress != nil {
			progress(done, total)
		}
	}
	if err := f.fault(ctx, "write", path); err != nil {
		return devfs.WriteResult{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.used()-int64(len(f.files[path]))+total > f.capacity() {
		return devfs.WriteResult{}, devlink.ErrNoSpace
	}
	if f.files == nil {
		f.files = map[string][]byte{}
	}
	f.files[path] = bytes.Clone(content)
	return devfs.WriteResult{Sent: total}, nil
}

// Remove implements devfs.FS.
func (f *Fake) Remove(ctx context.Context, path string) error {
	if err := f.fault(ctx, "remove", path); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.files, path)
	return nil
}

// Format implements devfs.FS.
func (f *Fake) Format(ctx context.Context) error {
	if err := f.fault(ctx, "format", ""); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = nil
	return nil
}
