package gopls

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"studioide/internal/compile"
)

// session is one page's connection, and the server that runs for it.
type session struct {
	server *Server
	page   Conn
	end    context.CancelCauseFunc
	view   atomic.Pointer[compile.View]
	p      atomic.Pointer[process]
	out    chan []byte // messages for the page
	done   <-chan struct{}

	syncing sync.Mutex      // held while the workspace is brought up to date; taken before mu
	there   map[string]bool // what is in app/, by paths below it

	mu       sync.Mutex
	asked    json.RawMessage // id of the page's initialize; nil: it has not asked yet
	ready    bool            // the server has answered ours
	docs     map[string]*document
	pending  map[int64]call
	next     int64
	found    map[string][]diagnostic // by path in the project
	judge    bool                    // somebody is about to put what was found into words
	again    bool                    // … and has to do it once more
	stopIdle func() bool
}

// document is a text that the page has open.
type document struct {
	text    []byte
	version int
	open    bool // the server has it, too
}

// call is a request that the server has not answered yet.
type call struct {
	id     json.RawMessage // the page's; nil: it is none of the page's
	method string
	then   func(result json.RawMessage, failed bool)
}

// Bounds of what a page may have under way.
const (
	maxDocuments = 200
	maxText      = 2 << 20
	maxPending   = 200
)

func (se *session) processID() int {
	if p := se.p.Load(); p != nil {
		return p.cmd.Process.Pid
	}
	return 0
}

// run starts the server and lets messages through until ctx ends.
func (se *session) run(ctx context.Context) error {
	path, err := se.server.Path(ctx)
	if err != nil {
		return err
	}
	view, err := se.server.View(ctx)
	if err != nil {
		return err
	}
	if _, err := view.Sync(ctx, se.server.Tree()); err != nil {
		return err
	}
	se.there = map[string]bool{"go.mod": true, "go.sum": true}
	for _, name := range view.Files() {
		se.there[name] = true
	}
	se.view.Store(view)
	p, err := start(ctx, path, view.Root, se.server.Cache, view.Env)
	if err != nil {
		return err
	}
	se.p.Store(p)
	var jobs sync.WaitGroup
	defer jobs.Wait()
	defer p.stop()
	stop := se.server.clock()(startsIn, func() {
		se.mu.Lock()
		late := !se.ready
		se.mu.Unlock()
		if late {
			p.group.Kill()
		}
	})
	defer stop()
	jobs.Add(2)
	go func() {
		defer jobs.Done()
		se.write(ctx)
	}()
	go func() {
		defer jobs.Done()
		err := se.listen(p)
		se.mu.Lock()
		answered := se.ready
		se.mu.Unlock()
		if ctx.Err() == nil {
			why := se.server.died(time.Since(p.since), answered)
			if se.server.Log != nil {
				se.server.Log.Info("gopls has ended", "err", err, "said", p.tail.String())
			}
			se.end(ended(why))
		}
	}()
	se.call("initialize", initialize(view), nil, func(_ json.RawMessage, failed bool) {
		if failed {
			p.group.Kill()
			return
		}
		se.notify("initialized", struct{}{})
		se.mu.Lock()
		defer se.mu.Unlock()
		se.ready = true
		for name, d := range se.docs {
			se.openLocked(name, d)
		}
		se.welcomeLocked()
	})
	<-ctx.Done()
	return nil
}

// busy: somebody wants something. The server ends a while after the last time.
func (se *session) busy() {
	se.mu.Lock()
	defer se.mu.Unlock()
	select {
	case <-se.done:
		return
	default:
	}
	if se.stopIdle != nil {
		se.stopIdle()
	}
	se.stopIdle = se.server.clock()(se.server.idleTime(), func() { se.end(ended(Idle)) })
}

// finish ends the connection, if it has not ended, and its timer.
func (se *session) finish() {
	se.end(ended(Gone))
	se.mu.Lock()
	defer se.mu.Unlock()
	if se.stopIdle != nil { // it had ended before it began
		se.stopIdle()
	}
}

func (se *session) readPage() {
	for {
		b, err := se.page.Read()
		if err != nil {
			se.end(ended(Gone))
			return
		}
		se.busy()
		if !se.fromPage(b) {
			se.end(ended(Spoilt))
			return
		}
	}
}

func (se *session) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-se.out:
			if err := se.page.Write(b); err != nil {
				se.end(ended(Gone))
				return
			}
		}
	}
}

func (se *session) listen(p *process) error {
	for {
		b, err := p.read()
		if err != nil {
			return err
		}
		se.fromServer(b)
	}
}

// send sends a message to the page.
func (se *session) send(message any) {
	b, err := json.Marshal(message)
	if err != nil {
		return // it was made of what was read as JSON
	}
	select {
	case se.out <- b:
	case <-se.done:
	}
}

// tell sends a message to the server. That it is gone is noticed by who listens to it.
func (se *session) tell(message any) {
	if b, err := json.Marshal(message); err == nil {
		se.p.Load().write(b)
	}
}

func (se *session) notify(method string, params any) {
	se.tell(notification{"2.0", method, params})
}

// call asks the server. id is the page's, nil for what it has not asked; then gets the answer.
func (se *session) call(method string, params any, id json.RawMessage, then func(result json.RawMessage, failed bool)) {
	se.mu.Lock()
	if len(se.pending) >= maxPending {
		se.mu.Unlock()
		if id != nil {
			se.send(refusal(id, codeBusy, "busy"))
		}
		return
	}
	se.next++
	n := se.next
	se.pending[n] = call{id, method, then}
	se.mu.Unlock()
	se.tell(request{"2.0", n, method, params})
}

// overlay is the project's files with the texts of the page on top.
type overlay struct {
	compile.Tree
	texts map[string][]byte
}

func (o overlay) ReadFile(name string) ([]byte, error) {
	if text, ok := o.texts[name]; ok {
		return text, nil
	}
	return o.Tree.ReadFile(name)
}

// tree is what the program is made of now; nil: there is none.
func (se *session) tree() (compile.Tree, map[string]int) {
	under := se.server.Tree()
	if under == nil {
		return nil, nil
	}
	o, versions := overlay{under, map[string][]byte{}}, map[string]int{}
	se.mu.Lock()
	defer se.mu.Unlock()
	for name, d := range se.docs {
		o.texts[name], versions[name] = d.text, d.version
	}
	return o, versions
}

// changed brings the workspace up to date and tells the server.
func (se *session) changed() {
	se.syncing.Lock()
	defer se.syncing.Unlock()
	view, p, under := se.view.Load(), se.p.Load(), se.server.Tree()
	if view == nil || p == nil || under == nil {
		return
	}
	changed, err := view.Sync(context.Background(), under)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && se.server.Log != nil {
		se.server.Log.Info("the workspace of gopls is not up to date", "err", err)
	}
	if len(changed) == 0 {
		return
	}
	var events []fileEvent
	for _, name := range changed {
		events = append(events, se.eventOf(view, name))
	}
	se.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": slices.Clip(events)})
	se.mu.Lock()
	defer se.mu.Unlock()
	for name, d := range se.docs { // one that has been made on the disk by now
		if se.ready && !d.open {
			se.openLocked(name, d)
		}
	}
}
