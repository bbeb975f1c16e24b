package project

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
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
	settle    = 60 * time.Millisecond // editors save in several steps
	poll      = 2 * time.Second       // when the system has no more watches to give
	mostDirty = 1000                  // paths with news; beyond that everything is looked at
)

// Watch calls changed with what other programs do to the project's files, and
// keeps the State up to date with it; saves through this Project are not
// reported. Calls come from one goroutine; after stop has returned none comes.
// changed may use the Project but must not call stop. A Project has one Watch at a time.
func (p *Project) Watch(changed func([]Change)) (stop func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w, err := fsnotify.NewWatcher()
	p.watcher, p.live = w, err == nil
	for dir := range p.tree.folders {
		p.watchFolderLocked(dir)
	}
	if _, err = p.refreshLocked(); err != nil {
		p.endWatchLocked()
		return nil, explain(err, "watched", p.Name)
	}
	p.pending, p.news = map[string]string{}, make(chan struct{}, 1)
	done, ended := make(chan struct{}), make(chan struct{})
	f := follower{p: p, dir: p.realDir(), done: done, news: p.news, changed: changed, dirty: newLook()}
	if w != nil {
		f.events, f.errors = w.Events, w.Errors
	}
	go func() {
		defer close(ended)
		f.run()
		p.mu.Lock()
		p.endWatchLocked()
		p.mu.Unlock()
	}()
	return sync.OnceFunc(func() { close(done); <-ended }), nil
}

func (p *Project) endWatchLocked() {
	if p.watcher != nil {
		p.watcher.Close()
	}
	p.watcher, p.live, p.pending, p.news = nil, false, nil, nil
}

// realDir is the folder where a link to it leads: some systems watch the link, not the folder.
func (p *Project) realDir() string {
	if real, err := filepath.EvalSymlinks(p.Dir); err == nil {
		return real
	}
	return p.Dir
}

// watchFolderLocked has the system tell what happens in a folder. Watching one
// twice does no harm. Without a watch for each folder, they are looked at from time to time.
func (p *Project) watchFolderLocked(dir string) {
	if p.watcher == nil {
		return
	}
	full := filepath.Join(p.realDir(), filepath.FromSlash(dir))
	if err := p.watcher.Add(full); err != nil || len(p.tree.folders) > MaxFiles {
		if _, gone := os.Lstat(full); gone == nil {
			p.pollLocked()
		}
	}
}

// pollLocked has the Watch look from time to time from now on.
func (p *Project) pollLocked() {
	p.live = false
	p.wakeLocked()
}

// follower looks again at what the system says has changed.
type follower struct {
	p       *Project
	dir     string // where the events' names are
	done    <-chan struct{}
	news    <-chan struct{}
	events  <-chan fsnotify.Event
	errors  <-chan error
	changed func([]Change)

	dirty look      // what happened and was not looked at yet
	first time.Time // of a burst of events
}

func newLook() look {
	return look{folders: map[string]bool{}, written: map[string]bool{}, renewed: map[string]bool{}}
}

func (f *follower) run() {
	var tick *time.Ticker // when the system does not tell
	var ticks <-chan time.Time
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	defer quiet.Stop()
	for {
		if tick == nil && !f.p.isLive() {
			tick = time.NewTicker(poll)
			defer tick.Stop()
			ticks = tick.C
		}
		select {
		case <-f.done:
			return
		case e, ok := <-f.events:
			if !ok {
				return
			}
			if !f.took(e) {
				continue
			}
			if f.first.IsZero() {
				f.first = time.Now()
			}
			if time.Since(f.first) < 10*settle { // a program that never stops writing must not hide the rest
				quiet.Reset(settle)
			}
		case _, ok := <-f.errors: // an overflow: some events are lost, what they were about is not
			if !ok {
				return
			}
			f.dirty.all = true
			quiet.Reset(settle)
		case <-quiet.C:
			f.look()
		case <-ticks:
			f.dirty.all = true
			f.look()
		case <-f.news:
			f.tell()
		}
	}
}

// took notes what an event is about, if it is about anything of the project.
func (f *follower) took(e fsnotify.Event) bool {
	rel, err := filepath.Rel(f.dir, e.Name)
	if err != nil {
		f.dirty.all = true
		return true
	}
	name := filepath.ToSlash(rel)
	if name != "." && strings.HasPrefix(path.Base(name), ".") {
		return false
	}
	f.dirty.folders[path.Dir(name)] = true
	if e.Has(fsnotify.Write) {
		f.dirty.written[name] = true
	}
	if e.Has(fsnotify.Create) || e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		f.dirty.renewed[name] = true
	}
	if len(f.dirty.folders)+len(f.dirty.written)+len(f.dirty.renewed) > mostDirty {
		f.dirty.all = true
	}
	return true
}

func (f *follower) look() {
	l := f.dirty
	f.dirty, f.first = newLook(), time.Time{}
	f.p.mu.Lock()
	if err := f.p.lookLocked(l); err == nil {
		f.p.settleLocked()
	}
	f.p.mu.Unlock()
	f.tell()
}

// tell reports what was found to have changed.
func (f *follower) tell() {
	f.p.mu.Lock()
	f.p.settleLocked()
	list := make([]Change, 0, len(f.p.pending))
	for name, hash := range f.p.pending {
		list = append(list, Change{name, hash})
	}
	clear(f.p.pending)
	f.p.mu.Unlock()
	slices.SortFunc(list, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	if len(list) > 0 {
		f.changed(list)
	}
}

func (p *Project) isLive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.live
}
