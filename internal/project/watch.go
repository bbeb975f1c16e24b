package project

import (
	"io/fs"
	"path/filepath"
	"sort"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Change is a file that another program changed. An empty Hash says that it is gone.
type Change struct {
	Path string
	Hash string
}

const (
	settle = 60 * time.Millisecond // editors save in several steps
	poll   = 2 * time.Second       // when the system has no more watches to give
)

// Watch calls changed with what other programs do to the project's files;
// saves through this Project are not reported. Calls come from one goroutine;
// after stop has returned none comes. changed may use the Project but must not call stop.
func (p *Project) Watch(changed func([]Change)) (stop func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	files, err := p.list()
	if err != nil {
		return nil, explain(err, "watched", p.Name)
	}
	for _, f := range files {
		p.known[f.Path] = f.Hash
	}
	done, ended := make(chan struct{}), make(chan struct{})
	w, err := fsnotify.NewWatcher()
	if err == nil {
		err = p.watchFolders(w)
	}
	if err != nil && w != nil { // out of watches: look from time to time
		w.Close()
		w = nil
	}
	go func() {
		defer close(ended)
		if w != nil {
			defer w.Close()
		}
		p.follow(w, done, changed)
	}()
	return sync.OnceFunc(func() { close(done); <-ended }), nil
}

// watchFolders watches every folder that may hold files. Watching one twice does no harm.
func (p *Project) watchFolders(w *fsnotify.Watcher) error {
	dir := p.Dir
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real // some systems watch the link, not the folder
	}
	n := 0
	return fs.WalkDir(p.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if name != "." && (CheckPath(name) != nil || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if n++; n > MaxFiles {
			return fs.SkipAll
		}
		return w.Add(filepath.Join(dir, filepath.FromSlash(name)))
	})
}

func (p *Project) follow(w *fsnotify.Watcher, done <-chan struct{}, changed func([]Change)) {
	var events chan fsnotify.Event
	var errs chan error
	var tick <-chan time.Time
	if w != nil {
		events, errs = w.Events, w.Errors
	} else {
		t := time.NewTicker(poll)
		defer t.Stop()
		tick = t.C
	}
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	defer quiet.Stop()
	var first time.Time // of a burst of events
	for {
		select {
		case <-done:
			return
		case _, ok := <-events:
			if !ok {
				return
			}
			if first.IsZero() {
				first = time.Now()
			}
			if time.Since(first) < 10*settle { // a program that never stops writing must not hide the rest
				quiet.Reset(settle)
			}
			continue
		case _, ok := <-errs: // an overflow: some events are lost, the listing is not
			if !ok {
				return
			}
			quiet.Reset(settle)
			continue
		case <-quiet.C:
			first = time.Time{}
			if w != nil {
				p.watchFolders(w)
			}
		case <-tick:
		}
		if list := p.changes(); len(list) > 0 {
			changed(list)
		}
	}
}

// changes compares the folder with what is known.
func (p *Project) changes() []Change {
	p.mu.Lock()
	defer p.mu.Unlock()
	files, err := p.list()
	if err != nil {
		return nil
	}
	var list []Change
	there := make(map[string]bool, len(files))
	for _, f := range files {
		there[f.Path] = true
		if p.known[f.Path] != f.Hash {
			p.known[f.Path] = f.Hash
			list = append(list, Change{f.Path, f.Hash})
		}
	}
	for name := range p.known {
		if !there[name] {
			delete(p.known, name)
			list = append(list, Change{Path: name})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Path < list[j].Path })
	return list
}
