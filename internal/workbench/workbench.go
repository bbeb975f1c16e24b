package workbench

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"studio"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/gopls"
	"studioide/internal/home"
	"studioide/internal/lan"
	"studioide/internal/library"
	"studioide/internal/port"
	"studioide/internal/project"
	"studioide/internal/recording"
	"studioide/internal/session"
)

// Config of a Workbench.
type Config struct {
	Home     home.Home
	Projects string // folder of projects; Home.Projects when empty
	Version  string
	PagePort int      // wanted port of the board page's origin, for the first project that has one
	Origins  []string // Studio's own origins: only they may show the board's pages in a frame
	Virtual  session.VirtualOptions
	LAN      lan.Options // of the board's page for other devices, should the user ask for that
	Log      *slog.Logger
}

// Workbench is the state that all pages of one Studio share: the open project and
// the selected board, and the parts that each do one thing with them.
type Workbench struct {
	home      home.Home
	config    Config
	log       *slog.Logger
	store     *project.Store
	builder   *compile.Builder
	hub       Hub
	libraries library.Fetcher
	language  *gopls.Server
	ctx       context.Context // ends with Close
	cancel    context.CancelFunc
	jobs      sync.WaitGroup // goroutines that are no actions
	ended     func() error   // what Close does, once

	unwatchStore func()

	runner     runner
	settings   settings
	ports      ports
	compilers  compilers
	badges     badges
	findings   findings
	searching  sync.Mutex // held while files are looked through: one search at a time
	trust      trust
	warmUp     warmUp
	tests      tests
	loads      job[api.Load] // pretend pages
	recordings recordings
	replaying  job[api.Replay]
	lan        lanState

	reckoning   sync.Mutex  // held while the program's build id is worked out; taken before mu
	reckonsSoon atomic.Bool // somebody waits to do that

	mu       sync.Mutex // of what is on the table; taken before the parts' own
	project  *project.Project
	unwatch  func()
	session  *session.Session // nil while the board could not be opened at all
	absent   api.Board        // what to show then
	autoPush *time.Timer
}

// Open puts the last project and the last board on the table. With no project
// at all it makes one, so that a newcomer starts with something that runs.
func Open(c Config) (*Workbench, error) {
	if c.Projects == "" {
		c.Projects = c.Home.Projects
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	store, err := project.OpenStore(c.Projects, studio.Templates())
	if err != nil {
		return nil, err
	}
	owner := project.Owner{PID: os.Getpid(), Since: time.Now()}
	owner.Host, _ = os.Hostname()
	if len(c.Origins) > 0 {
		owner.Address = c.Origins[0]
	}
	if err := store.Claim(owner); errors.Is(err, project.ErrNoClaim) {
		c.Log.Warn("the folder of projects cannot be locked", "err", err)
	} else if err != nil {
		store.Close()
		return nil, err
	}
	w := &Workbench{home: c.Home, config: c, log: c.Log, store: store, builder: newBuilder(c.Home)}
	w.language = w.newLanguage()
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.ended = sync.OnceValue(w.end)
	w.runner.ctx, w.runner.hub, w.runner.log = w.ctx, &w.hub, w.log
	w.settings.home, w.settings.hub, w.settings.log = c.Home, &w.hub, w.log
	w.trust.home = c.Home
	w.tests.job = job[api.TestRun]{w: w, busy: errTesting, event: func(r *api.TestRun) api.Event { return api.Event{Tests: r} }}
	w.loads = job[api.Load]{w: w, busy: errLoading, event: func(l *api.Load) api.Event { return api.Event{Load: l} }}
	w.replaying = job[api.Replay]{w: w, busy: recording.ErrReplaying, event: func(r *api.Replay) api.Event { return api.Event{Replay: r} }}
	w.compilers.kinds = board.Kinds()
	w.jobs.Go(func() { store.EmptyTrash(time.Now()) })
	if w.settings.now, err = c.Home.LoadSettings(); err != nil {
		w.log.Warn("the settings could not be read; Studio starts with those of a newcomer", "err", err)
	}
	if err := w.openLast(); err != nil {
		w.log.Warn("no project could be opened", "err", err)
	}
	w.runner.turn.Lock()
	w.selectPortLocked(w.settings.get().Port)
	w.runner.turn.Unlock()
	w.lookSoon()
	w.unwatchStore = store.Watch(w.publishProjects)
	w.jobs.Add(1)
	go w.watchPorts()
	return w, nil
}

func newBuilder(h home.Home) *compile.Builder { return compile.New(h.Cache) }

// Close ends every action, saves the settings and gives the board back. Whoever calls it again waits for the same end.
func (w *Workbench) Close() error { return w.ended() }

func (w *Workbench) end() error {
	w.cancel()
	w.CloseToLAN()
	w.mu.Lock()
	if w.autoPush != nil {
		w.autoPush.Stop()
	}
	s, unwatch, p := w.session, w.unwatch, w.project
	w.mu.Unlock()
	if s != nil {
		s.Close()
	}
	w.runner.jobs.Wait()
	w.jobs.Wait()
	w.recordings.mu.Lock()
	w.leaveRecordingsLocked()
	w.recordings.mu.Unlock()
	w.unwatchStore()
	if unwatch != nil {
		unwatch()
	}
	if p != nil {
		p.Close()
	}
	if err := w.KeepSettings(); err != nil {
		w.log.Warn("settings could not be saved", "err", err)
	}
	return w.store.Close()
}

// Hub is where pages listen.
func (w *Workbench) Hub() *Hub { return &w.hub }

// openLast opens the project of the settings, or the newest one, or a new one.
func (w *Workbench) openLast() error {
	list, err := w.store.List()
	if err != nil {
		return err
	}
	last := w.settings.get().Project
	for _, p := range list {
		if p.Name == last {
			return w.OpenProject(p.Name)
		}
	}
	if len(list) > 0 {
		newest := list[0]
		for _, p := range list {
			if p.Modified > newest.Modified {
				newest = p
			}
		}
		return w.OpenProject(newest.Name)
	}
	_, err = w.CreateProject("led", "LED over WebSocket", "")
	return err
}

// Snapshot gathers everything a page needs.
func (w *Workbench) Snapshot() api.Snapshot {
	s := api.Snapshot{Version: w.config.Version}
	var err error
	if s.Projects, err = w.store.List(); err != nil {
		w.log.Warn("projects cannot be listed", "err", err)
	}
	if s.Templates, err = w.store.Templates(); err != nil {
		w.log.Warn("templates cannot be listed", "err", err)
	}
	w.lookSoon()
	s.Project = w.openFiles()
	s.Toolchain, s.Kinds = w.compilers.get()
	s.Settings, s.Ports, s.Progress = w.settings.get(), w.ports.get(), w.runner.last()
	s.Problems, s.Sizes = w.findings.about(w.state()), w.findings.sizesOf()
	w.mu.Lock()
	se := w.session
	s.Board = w.absent
	w.mu.Unlock()
	s.Pins, s.Messages = []api.Pin{}, []api.Message{}
	s.Socket, s.Sockets = api.Socket{State: "closed"}, []api.Socket{}
	if se != nil {
		s.Board = w.boardOf(se.State())
		s.Pins = se.Pins()
		s.Socket, s.Sockets = se.Sockets().First().State(), se.Sockets().More()
		s.Console, s.ConsoleAt = se.Console()
		s.Messages, s.Cleared = se.Messages().Last(500), se.Messages().Cleared()
	}
	s.BoardFiles = w.fileStates()
	s.Tests, s.Load, s.Replay = w.tests.last(), w.loads.last(), w.replaying.last()
	s.Recording = w.recordingState()
	s.LAN = w.lanNow()
	if s.Projects == nil {
		s.Projects = []api.Project{}
	}
	if s.Ports == nil {
		s.Ports = []api.Port{}
	}
	return s
}

// Refresh looks at the disk for somebody who comes new to it: what systems never tell of is found then.
func (w *Workbench) Refresh() {
	p, err := w.Project()
	if err != nil {
		return
	}
	if _, err := p.Refresh(); err != nil {
		w.log.Warn("the project's files cannot be listed", "dir", p.Dir, "err", err)
	}
	w.trust.look(p)
	w.reckon()
}

// board is the selected board; nil while it could not be opened at all.
func (w *Workbench) board() *session.Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.session
}

// projectAndBoard gives what an action needs, or what is missing.
func (w *Workbench) projectAndBoard() (*project.Project, *session.Session, error) {
	p, err := w.Project()
	if err != nil {
		return nil, nil, err
	}
	s, err := w.Session()
	return p, s, err
}

// Session gives the board, or the problem that keeps it away.
func (w *Workbench) Session() (*session.Session, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.session != nil {
		return w.session, nil
	}
	if w.absent.Problem != nil {
		return nil, w.absent.Problem
	}
	return nil, errNoBoard
}

// SelectPort exchanges the board.
func (w *Workbench) SelectPort(name string) error {
	if err := port.Check(name); err != nil {
		return err
	}
	w.runner.turn.Lock()
	defer w.runner.turn.Unlock()
	if err := w.runner.preemptLocked("port"); err != nil {
		return err
	}
	w.selectPortLocked(name)
	w.SetSettings(func(s *api.Settings) { s.Port = name })
	_, err := w.Session()
	return err
}

// selectPortLocked replaces the board by the one at another port. It is called with the runner's turn held.
func (w *Workbench) selectPortLocked(name string) {
	w.mu.Lock()
	old := w.session
	if old != nil && old.State().Port == name {
		w.mu.Unlock()
		old.Retry()
		return
	}
	w.session = nil
	w.badges.setOnBoard(nil)
	w.mu.Unlock()
	w.findings.forgetBoard()
	w.tests.leave()
	w.loads.leave()
	w.replaying.leave()
	if old != nil {
		old.Close()
	}
	var absent api.Board
	place, dir := w.pagePlaceLocked()
	target, err := session.Find(w.home, name, "", w.config.Virtual)
	var s *session.Session
	if err == nil {
		s, err = session.New(session.Config{Target: target, Emit: w.boardEvent, Watched: w.hub.Watched, Log: w.log, Answers: func() { go w.deliver() }, Record: w.recordings.record,
			Pages: &session.Pages{Port: place.Port, Owner: place.Owner, Framers: w.config.Origins, Problem: w.pageProblem, Loaded: w.pageLoaded, Source: w.pageSource}})
		if err != nil {
			target.Close()
		}
	}
	if err != nil {
		absent = session.Absent(name, err)
	}
	if s != nil {
		place.Port = s.PagePort()
		w.keepPagePlaceLocked(s, dir, place)
	}
	w.mu.Lock()
	w.session, w.absent = s, absent
	w.mu.Unlock()
	if s != nil {
		w.expect(s)
	}
	// Every page forgets the other board's console, messages and pins: it gets a snapshot.
	w.hub.Resync()
}
