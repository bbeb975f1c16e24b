package workbench

import (
	"context"
	"sort"
	"strings"
	"time"

	"studioide/internal/api"
	"studioide/internal/devfs"
	"studioide/internal/project"
	"studioide/internal/session"
)

// refreshFiles asks the board which files it has, and tells every page.
func (w *Workbench) refreshFiles(ctx context.Context, s *session.Session) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	files, err := s.ListFiles(ctx)
	if err != nil {
		files = nil
	} else if files == nil {
		files = []devfs.File{}
	}
	w.mu.Lock()
	if w.session == s {
		w.onBoard = files
	}
	w.mu.Unlock()
	w.publishFiles()
}

func (w *Workbench) setSending(paths []string) {
	w.mu.Lock()
	clear(w.sending)
	for _, p := range paths {
		w.sending[p] = true
	}
	w.mu.Unlock()
	w.publishFiles()
}

// changedFiles lists the web files that the board has not, or not in this version.
func (w *Workbench) changedFiles(p *project.Project) []string {
	files, err := p.List()
	if err != nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var paths []string
	for _, f := range compare(files, w.onBoard, nil) {
		if f.State == api.SyncChanged || f.State == api.SyncMissing {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// fileStates computes every badge.
func (w *Workbench) fileStates() []api.FileState {
	p, err := w.Project()
	if err != nil {
		return []api.FileState{}
	}
	files, err := p.List()
	if err != nil {
		return []api.FileState{}
	}
	w.mu.Lock()
	s := w.session
	states := compare(files, w.onBoard, w.sending)
	w.mu.Unlock()
	program := api.FileState{Path: "main.go", State: api.SyncUnknown}
	if s != nil {
		switch b := w.boardOf(s.State()); {
		case b.State == api.BoardEmpty:
			program.State = api.SyncMissing
		case b.BuildID == "":
		case b.Current:
			program.State = api.SyncSame
		default:
			program.State = api.SyncChanged
		}
	}
	return append([]api.FileState{program}, states...)
}

// compare sets the project's web files against the board's files; onBoard nil means that nobody knows. Pure.
func compare(local []api.File, onBoard []devfs.File, sending map[string]bool) []api.FileState {
	board := map[string]devfs.File{}
	for _, f := range onBoard {
		board[strings.TrimPrefix(f.Path, "/")] = f
	}
	var states []api.FileState
	for _, f := range local {
		if !strings.HasPrefix(f.Path, "www/") {
			continue
		}
		st := api.FileState{Path: f.Path, State: api.SyncUnknown}
		if onBoard != nil {
			on, there := board[devfs.Name(f.Path)]
			st.Size = on.Size
			switch {
			case there && on.Hash == f.Hash:
				st.State = api.SyncSame
			case there:
				st.State = api.SyncChanged
			default:
				st.State = api.SyncMissing
			}
			if st.State != api.SyncSame && sending[f.Path] {
				st.State = api.SyncSending
			}
		}
		delete(board, devfs.Name(f.Path))
		states = append(states, st)
	}
	var only []api.FileState
	for path, f := range board {
		only = append(only, api.FileState{Path: path, State: api.SyncBoardOnly, Size: f.Size})
	}
	sort.Slice(only, func(i, j int) bool { return only[i].Path < only[j].Path })
	return append(states, only...)
}

func (w *Workbench) publishFiles() {
	states := w.fileStates()
	w.hub.Publish(api.Event{BoardFiles: &states})
}

// boardOf adds to a session's state what only the project knows: whether the board runs what main.go says.
func (w *Workbench) boardOf(b api.Board) api.Board {
	if b.BuildID == "" {
		return b
	}
	p, err := w.Project()
	if err != nil {
		return b
	}
	kind, err := selectedBoard(b)
	if err != nil {
		return b
	}
	r, err := w.request(p, kind)
	if err != nil {
		return b
	}
	id, err := w.builder.ID(w.ctx, r)
	b.Current = err == nil && id == b.BuildID
	return b
}

func (w *Workbench) publishBoard() {
	w.mu.Lock()
	s := w.session
	w.mu.Unlock()
	if s == nil {
		return
	}
	b := w.boardOf(s.State())
	w.hub.Publish(api.Event{Board: &b})
}

// boardEvent passes on what the session says. It must not block the session.
func (w *Workbench) boardEvent(e api.Event) {
	switch {
	case e.Board != nil:
		w.followPort(e.Board.Port)
		b := w.boardOf(*e.Board)
		w.hub.Publish(api.Event{Board: &b})
		w.boardChanged(b)
	case e.Problems != nil:
		w.mu.Lock()
		w.problems.program = found{list: *e.Problems, in: w.lastRun}
		w.mu.Unlock()
		w.publishProblems()
		go w.findPlaces(*e.Problems)
	default:
		w.hub.Publish(e)
	}
}

// boardChanged follows the board through its states: a program that answers has files to list, one that does not has none that we know.
func (w *Workbench) boardChanged(b api.Board) {
	w.mu.Lock()
	s, known := w.session, w.onBoard != nil
	if b.State == api.BoardRunning && b.LastEnd == "" && w.problems.program.list != nil {
		w.problems.program = found{}
		defer w.publishProblems()
	}
	hasFiles := b.Link && b.FilesCap > 0
	if !hasFiles {
		w.onBoard = nil
	}
	w.mu.Unlock()
	switch {
	case hasFiles && !known && s != nil:
		go w.refreshFiles(w.ctx, s)
	case !hasFiles && known:
		go w.publishFiles()
	}
}
