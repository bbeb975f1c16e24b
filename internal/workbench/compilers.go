package workbench

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/problem"
	"studioide/internal/session"
	"studioide/internal/toolchain"
	"studioide/ui/src/words/say"
)

// compilers are what can be built with on this computer, as of the last look.
type compilers struct {
	looking sync.Mutex // held while somebody looks at them; taken before mu

	mu        sync.Mutex
	toolchain api.Toolchain
	kinds     []api.BoardKind
	changes   int
}

func (c *compilers) get() (api.Toolchain, []api.BoardKind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.toolchain, c.kinds
}

// version is another one whenever the compilers have changed.
func (c *compilers) version() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changes
}

func (c *compilers) set(state api.Toolchain, kinds []api.BoardKind) (newState, newKinds bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	newState, newKinds = !same(c.toolchain, state), !same(c.kinds, kinds)
	if newState {
		c.changes++
	}
	c.toolchain, c.kinds = state, kinds
	return newState, newKinds
}

// InstallToolchain fetches TinyGo and puts it into Studio's cache.
func (w *Workbench) InstallToolchain() (api.Progress, error) {
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	return w.startLocked("toolchain", say.ActionLookingForTinygo(), func(ctx context.Context, report session.Report) (string, error) {
		tiny, err := w.builder.Tools.Install(ctx, "", toolchain.Report(report))
		w.compilers.looking.Lock()
		w.lookLocked() // before the action ends: what waits for TinyGo goes on then
		w.compilers.looking.Unlock()
		return say.ActionTinygoInstalled(tiny.Version), err
	})
}

// lookSoon finds out in the background what can be built on this computer.
// Compilers come and go while Studio runs; it is called when a page comes or a
// build starts, and as long as their files stay the same it starts no process.
func (w *Workbench) lookSoon() {
	if w.ctx.Err() != nil || !w.compilers.looking.TryLock() {
		return
	}
	w.jobs.Add(1)
	go func() {
		defer w.jobs.Done()
		defer w.compilers.looking.Unlock()
		w.lookLocked()
	}()
}

// lookLocked tells every page what has changed about the compilers. It is called with looking held.
func (w *Workbench) lookLocked() {
	state := w.builder.Tools.State(w.ctx)
	kinds := board.Kinds()
	for i := range kinds {
		b, _ := board.Find(kinds[i].ID)
		kinds[i].Problem = problem.Of(w.builder.CanBuild(w.ctx, b))
	}
	if w.ctx.Err() != nil {
		return // they were not asked to the end
	}
	newState, newKinds := w.compilers.set(state, kinds)
	if newKinds {
		w.hub.Publish(api.Event{Kinds: &kinds})
	}
	if newState {
		w.hub.Publish(api.Event{Toolchain: &state})
		w.reckonSoon()
	}
}

// same says whether two things are the same to a page.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
