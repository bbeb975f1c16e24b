package workbench

import (
	"bytes"
	"context"
	"encoding/json"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/problem"
	"studioide/internal/session"
	"studioide/internal/toolchain"
)

// InstallToolchain fetches TinyGo and puts it into Studio's cache.
func (w *Workbench) InstallToolchain() (api.Progress, error) {
	w.actionMu.Lock()
	defer w.actionMu.Unlock()
	return w.startLocked("toolchain", "Looking for TinyGo.", func(ctx context.Context, report session.Report) (string, error) {
		tiny, err := w.builder.Tools.Install(ctx, "", toolchain.Report(report))
		w.compilersMu.Lock()
		w.lookLocked() // before the action ends: what waits for TinyGo goes on then
		w.compilersMu.Unlock()
		return "TinyGo " + tiny.Version + " is installed.", err
	})
}

// lookSoon finds out in the background what can be built on this computer.
// Compilers come and go while Studio runs; it is called when a page comes or a
// build starts, and as long as their files stay the same it starts no process.
func (w *Workbench) lookSoon() {
	if w.ctx.Err() != nil || !w.compilersMu.TryLock() {
		return
	}
	w.jobs.Add(1)
	go func() {
		defer w.jobs.Done()
		defer w.compilersMu.Unlock()
		w.lookLocked()
	}()
}

// lookLocked tells every page what has changed about the compilers. It is called with compilersMu held.
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
	w.mu.Lock()
	newState, newKinds := !same(w.toolchain, state), !same(w.kinds, kinds)
	w.toolchain, w.kinds = state, kinds
	w.mu.Unlock()
	if newKinds {
		w.hub.Publish(api.Event{Kinds: &kinds})
	}
	if newState {
		w.hub.Publish(api.Event{Toolchain: &state})
	}
}

// same says whether two things are the same to a page.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
