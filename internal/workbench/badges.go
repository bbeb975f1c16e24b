package workbench

import (
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/devfs"
	"studioide/internal/project"
	"studioide/internal/session"
)

// badges say of each file, and of the program, whether the board has it as it is
// in the project. They are made of what is known: asking for them reads nothing.
type badges struct {
	mu      sync.Mutex
	onBoard []devfs.File    // what the board had when it was last asked; nil: unknown
	sending map[string]bool // paths on their way
	program program         // what Run would build, when it was last worked out
}

// program is what a build id depends on, and the id.
type program struct {
	of programKey
	id string // "": it could not be built
}

type programKey struct {
	state   *project.State
	board   string
	sandbox bool
	tools   int // see compilers
}

// setOnBoard takes what the board has; nil: nobody knows.
func (b *badges) setOnBoard(files []devfs.File) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.onBoard = files
}

// knowsBoard tells whether it is known what the board has.
func (b *badges) knowsBoard() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.onBoard != nil
}

func (b *badges) setSending(paths []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sending = make(map[string]bool, len(paths))
	for _, p := range paths {
		b.sending[p] = true
	}
}

// compare gives the badges of files.
func (b *badges) compare(local []api.File) []api.FileState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return compare(local, b.onBoard, b.sending)
}

// changed lists the web files that the board has not, or not in this version.
func (b *badges) changed(local []api.File) (paths []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range compare(local, b.onBoard, nil) {
		if f.State == api.SyncChanged || f.State == api.SyncMissing {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

func (b *badges) setProgram(of programKey, id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.program = program{of, id}
}

// programID is the build id that Run would give, or known is false and it is the last one that is known for that board.
func (b *badges) programID(of programKey) (id string, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.program.of == of {
		return b.program.id, true
	}
	if b.program.of.board == of.board && b.program.of.sandbox == of.sandbox {
		return b.program.id, false
	}
	return "", false
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
		w.badges.setOnBoard(files)
	}
	w.mu.Unlock()
	w.publishFiles()
}

func (w *Workbench) setSending(paths []string) {
	w.badges.setSending(paths)
	w.publishFiles()
}

// fileStates gives every badge.
func (w *Workbench) fileStates() []api.FileState {
	p, err := w.Project()
	if err != nil {
		return []api.FileState{}
	}
	program := api.FileState{Path: "main.go", State: api.SyncUnknown}
	if s := w.board(); s != nil {
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
	return slices.Concat([]api.FileState{program}, w.badges.compare(p.State().Files))
}

func (w *Workbench) publishFiles() {
	states := w.fileStates()
	w.hub.Publish(api.Event{BoardFiles: &states})
}

// boardOf adds to a session's state what only the project knows: whether the
// board runs what Run would build now. Where that is not worked out yet, it is
// soon, and told then; until then it is as it was.
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
	id, known := w.badges.programID(w.programOf(p.State(), kind))
	if !known {
		w.reckonSoon()
	}
	b.Current = id == b.BuildID
	return b
}

// programOf says what Run would build for a board.
func (w *Workbench) programOf(state *project.State, kind board.Board) programKey {
	return programKey{state: state, board: kind.ID, sandbox: kind.Virtual && !w.trust.get().Trusted, tools: w.compilers.version()}
}

// reckonSoon works out in the background what Run would build, and tells pages.
func (w *Workbench) reckonSoon() {
	if w.ctx.Err() != nil || !w.reckonsSoon.CompareAndSwap(false, true) {
		return
	}
	w.jobs.Add(1)
	go func() {
		defer w.jobs.Done()
		w.reckoning.Lock()
		w.reckonsSoon.Store(false) // what changes from now on is for another turn
		news := w.reckonLocked()
		w.reckoning.Unlock()
		if news {
			w.publishFiles()
			w.publishBoard()
		}
	}()
}

// reckon works out what Run would build, if that has changed.
func (w *Workbench) reckon() {
	w.reckoning.Lock()
	defer w.reckoning.Unlock()
	w.reckonLocked()
}

// reckonLocked is called with reckoning held. It tells whether anything had changed.
func (w *Workbench) reckonLocked() (changed bool) {
	p, err := w.Project()
	s := w.board()
	if err != nil || s == nil {
		return false
	}
	b := s.State()
	if b.BuildID == "" {
		return false
	}
	kind, err := selectedBoard(b)
	if err != nil {
		return false
	}
	state := p.State()
	of := w.programOf(state, kind)
	if _, known := w.badges.programID(of); known {
		return false
	}
	id, err := w.builder.ID(w.ctx, session.Described(p, kind, session.Building{State: state, Sandbox: of.sandbox}))
	if err != nil {
		id = ""
	}
	if w.ctx.Err() != nil {
		return false
	}
	w.badges.setProgram(of, id)
	return true
}

func (w *Workbench) publishBoard() {
	if s := w.board(); s != nil {
		b := w.boardOf(s.State())
		w.hub.Publish(api.Event{Board: &b})
	}
}
