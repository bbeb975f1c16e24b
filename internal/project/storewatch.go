package project

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	storeSettle = 200 * time.Millisecond // a copy arrives in many steps
	storeRest   = 3 * time.Second        // without news, what has arrived is whole
	storePoll   = 5 * time.Second        // where the system does not tell
	mostArrive  = 200                    // folders at a time that are watched while they are filled
)

// Watch calls changed when there are other projects in the store, or they have
// other titles, whoever has put them there. Calls come from one goroutine; after
// stop has returned none comes. changed may use the Store but must not call stop.
func (s *Store) Watch(changed func()) (stop func()) {
	a := arrivals{store: s, changed: changed, known: map[string]bool{}, filling: map[string]bool{}}
	var events <-chan fsnotify.Event
	var errors <-chan error
	if w, err := fsnotify.NewWatcher(); err == nil {
		if err := w.Add(s.Dir); err == nil {
			a.watcher, events, errors = w, w.Events, w.Errors
		} else {
			w.Close()
		}
	}
	a.look()
	a.rest() // those that are there already are whole
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		a.follow(done, events, errors)
	}()
	return sync.OnceFunc(func() { close(done); <-ended })
}

// arrivals follows what comes into a store and leaves it.
type arrivals struct {
	store   *Store
	watcher *fsnotify.Watcher // nil: the system does not tell
	changed func()
	known   map[string]bool // folders
	filling map[string]bool // those that are new and still watched
	last    []string        // the projects and their titles
}

// follow waits for news until done.
func (a *arrivals) follow(done <-chan struct{}, events <-chan fsnotify.Event, errors <-chan error) {
	if a.watcher != nil {
		defer a.watcher.Close()
	}
	var ticks <-chan time.Time
	if a.watcher == nil {
		tick := time.NewTicker(storePoll)
		defer tick.Stop()
		ticks = tick.C
	}
	quiet, rest := time.NewTimer(time.Hour), time.NewTimer(time.Hour)
	quiet.Stop()
	rest.Stop()
	var first time.Time
	for {
		select {
		case <-done:
			return
		case e, ok := <-events:
			if !ok {
				return
			}
			if strings.HasPrefix(filepath.Base(e.Name), ".") {
				continue
			}
			if first.IsZero() {
				first = time.Now()
			}
			if time.Since(first) < 10*storeSettle {
				quiet.Reset(storeSettle)
			}
			rest.Reset(storeRest)
		case _, ok := <-errors: // some events are lost
			if !ok {
				return
			}
			quiet.Reset(storeSettle)
			rest.Reset(storeRest)
		case <-quiet.C:
			first = time.Time{}
			a.look()
		case <-rest.C:
			a.look()
			a.rest()
		case <-ticks:
			a.look()
		}
	}
}

// look lists the projects, and watches folders that are new: they become projects when they are filled.
func (a *arrivals) look() {
	entries, err := fs.ReadDir(a.store.root.FS(), ".")
	if err != nil {
		return
	}
	there := map[string]bool{}
	for _, e := range entries {
		if name := e.Name(); e.IsDir() && CheckFolder(name) == nil {
			there[name] = true
			if !a.known[name] && a.watcher != nil && len(a.filling) < mostArrive && a.watcher.Add(filepath.Join(a.store.Dir, name)) == nil {
				a.filling[name] = true
			}
		}
	}
	for name := range a.filling {
		if !there[name] {
			delete(a.filling, name) // the system has forgotten it as well
		}
	}
	a.known = there
	list, err := a.store.List()
	if err != nil {
		return
	}
	var now []string
	for _, p := range list {
		now = append(now, p.Name+"\x00"+p.Title+"\x00"+p.Board)
	}
	if a.last != nil && !slices.Equal(now, a.last) {
		a.changed()
	}
	a.last = append([]string{}, now...)
}

// rest watches no longer what has been filled. What is no project yet may still become one.
func (a *arrivals) rest() {
	for name := range a.filling {
		root, err := a.store.openRoot(name, false)
		if err == nil && isProject(root) {
			a.watcher.Remove(filepath.Join(a.store.Dir, name))
			delete(a.filling, name)
		}
		if err == nil {
			root.Close()
		}
	}
}
