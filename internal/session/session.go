package session

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/board"
	"studioide/internal/bridge"
	"studioide/internal/devfs"
	"studioide/internal/devlink"
	"studioide/internal/flasher"
	"studioide/internal/netfault"
	"studioide/internal/port"
	"studioide/internal/problem"
	"studioide/internal/virtual"
)

// Config of a Session. Target is required; a nil Emit is allowed.
type Config struct {
	Target Target
	Emit   func(api.Event)
	Pages  *Pages // serve the board's pages on an origin of their own; nil: don't
	Wait   bool   // leave the port alone until the first action needs it: a bootloader may sit there that no question should disturb
	Log    *slog.Logger

	// Watched gives what is closed while somebody looks; how the program is, is asked
	// less often meanwhile nobody does. nil: somebody always does.
	Watched func() <-chan struct{}

	Record func(api.Message) // gets every message of consoles and pages, in order; must not block; nil: nobody records

	// Answers is called, if not nil, when a program answers to which a Run still
	// owes its web files (see Session.Run); it must not block. PushOwed sends them.
	Answers func()
}

// Pages says how the board's pages are served on this computer.
type Pages struct {
	Port    int                                      // wanted port of the origin; 0: any
	Owner   string                                   // whose pages they are; see bridge.Config
	Framers []string                                 // origins that may show the pages in a frame; nil: all
	Problem func(page string, p api.Diagnostic)      // something went wrong in a page, named by its file
	Loaded  func(page string)                        // a page was opened: older problems of it are history
	Source  func(path string) (text string, ok bool) // text of a project's file
}

// Session is one board. Its methods may be called from any goroutine.
type Session struct {
	target       Target
	watched      func() <-chan struct{}
	log          *slog.Logger
	restartEvery time.Duration // see netfault.Restart
	emit         func(api.Event)
	onOwedAnswer func()           // Config.Answers
	network      netfault.Network // what is between Studio and the board's server
	ctx          context.Context  // ends with Close
	cancel       context.CancelFunc
	done         sync.WaitGroup
	ended        func() error // what Close does, once

	console  *console
	proxy    *bridge.Proxy // nil without Config.Pages
	sockets  *bridge.Connections
	messages *bridge.Log

	action chan struct{} // holds one token: who has it may act on the board
	retry  chan struct{} // wakes the goroutine that opens the port
	begin  chan struct{} // closed when the port may be opened without an action
	once   sync.Once     // closes begin

	faults   sync.Mutex         // one fault is ordered at a time; taken before emitMu
	endFault context.CancelFunc // ends what SetFault has begun; nil: nothing. Guarded by faults

	emitMu   sync.Mutex // orders events; taken before mu
	mu       sync.Mutex
	known    api.Board     // what is known beside the state: it is told with the state put in, see state.wire
	conn     *devlink.Conn // nil while nobody is connected or an action has the port
	files    devfs.FS      // nil while the link is down
	change   chan struct{} // closed and replaced whenever known, state or conn changes
	state    state         // of the board's program
	endWatch func()        // ends the watch over conn
	path     string        // where the message console wants to be connected; "": the user closed it
	owner    string        // whose pages are served
	exit     virtual.Event // how the virtual board's last program ended, or why none was started
	bootText bootScanner   // what the program has printed since it was started
	owed     Files         // web files of a Run whose program has not answered yet; nil: none
	pins     []api.Pin     // of a real board, as its program tells them

	lastSeen    lastSeen       // whoever acts owns this and what follows
	lastFlashed []flasher.Part // what was flashed last; nil: nobody knows
}

// New starts a session. It returns at once; the board shows up through events and State.
func New(c Config) (*Session, error) {
	if c.Emit == nil {
		c.Emit = func(api.Event) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Watched == nil {
		always := make(chan struct{})
		close(always)
		c.Watched = func() <-chan struct{} { return always }
	}
	s := &Session{target: c.Target, restartEvery: netfault.RestartEvery, watched: c.Watched, log: c.Log, emit: c.Emit, onOwedAnswer: c.Answers,
		action: make(chan struct{}, 1), retry: make(chan struct{}, 1), begin: make(chan struct{}), change: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.ended = sync.OnceValue(s.end)
	s.action <- struct{}{}
	s.state = firstProgramState()
	s.state.ours = c.Target.Virtual != nil // a virtual board starts no others
	s.known = firstKnown(c.Target)
	s.console = &console{emit: func(m api.Console) { s.send(api.Event{Console: &m}) }}
	if err := s.startBridge(c); err != nil {
		s.cancel()
		return nil, err
	}
	if v := c.Target.Virtual; v != nil {
		stop := v.Watch(s.virtualEvent)
		context.AfterFunc(s.ctx, stop)
	}
	if d := c.Target.Dialer; d != nil {
		d.Listen(s.dialsChanged)
	}
	if !c.Wait {
		s.mayOpen()
	}
	s.done.Add(1)
	go s.keepOpen()
	return s, nil
}

// mayOpen lets the port be opened without an action that needs it.
func (s *Session) mayOpen() { s.once.Do(func() { close(s.begin) }) }

// firstKnown is what is known of a board before anybody has asked it.
func firstKnown(t Target) api.Board {
	b := api.Board{Port: t.Port, Virtual: t.Virtual != nil,
		LED: -1, Button: -1, Clients: -1, WiFi: api.WiFi{State: "none"}}
	if t.Board.ID != "" {
		board.Identity{}.Chosen(t.Board).Wire(&b)
	} else {
		b.Name = t.Port
	}
	return b
}

// Close gives the port back and powers a virtual board off. It waits for actions under way to stop.
// Whoever calls it again waits for the same end.
func (s *Session) Close() error { return s.ended() }

func (s *Session) end() error {
	s.cancel()
	<-s.action // whoever acts has seen the end of ctx; nobody acts from now on
	if p := s.detach(); p != nil {
		p.Close()
	}
	s.done.Wait()
	s.closeBridge()
	return s.target.Close()
}

// send hands one event on. It is called without mu.
func (s *Session) send(e api.Event) {
	s.emitMu.Lock()
	defer s.emitMu.Unlock()
	s.emit(e)
}

// update changes what is known of the board, and tells about it if that is another board now.
// change is called with mu held.
func (s *Session) update(change func(*api.Board)) {
	s.emitMu.Lock()
	defer s.emitMu.Unlock()
	s.mu.Lock()
	before := s.state.wire(s.known)
	change(&s.known)
	now := s.state.wire(s.known)
	if now != before {
		close(s.change)
		s.change = make(chan struct{})
	}
	s.mu.Unlock()
	if now != before {
		if s.proxy != nil && (now.Address != before.Address || now.WiFi != before.WiFi) {
			s.proxy.SetHosts(hostsOf(now)...)
		}
		s.emit(api.Event{Board: &now})
	}
}

// learn takes a new fact about the board's program. more, if not nil, sets what else is known with it.
func (s *Session) learn(fact func(state) state, more func(*api.Board)) {
	s.update(func(b *api.Board) {
		s.state = fact(s.state)
		if !s.state.keepsProgram() {
			clearProgram(b)
		}
		if more != nil {
			more(b)
		}
	})
}

// identify takes a new answer to the question which board it is.
func (s *Session) identify(answer func(board.Identity) board.Identity) {
	s.update(func(b *api.Board) { answer(board.IdentityOf(*b)).Wire(b) })
}

// Choose takes the user's word for which board it is.
func (s *Session) Choose(b board.Board) {
	s.identify(func(i board.Identity) board.Identity { return i.Chosen(b) })
}

// Expect takes what the port tells: the boards that it may lead to.
func (s *Session) Expect(maybe []board.Board) {
	s.identify(func(i board.Identity) board.Identity { return i.AtPort(maybe) })
}

// Maybe are the boards that it may be: one, when it is known; none, when there is no hint.
func (s *Session) Maybe() []board.Board { return board.IdentityOf(s.State()).Boards() }

// State returns what is known of the board now.
func (s *Session) State() api.Board {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.wire(s.known)
}

// wait returns when ok does, or with ctx's error.
func (s *Session) wait(ctx context.Context, ok func(api.Board) bool) error {
	for {
		s.mu.Lock()
		now, change := s.state.wire(s.known), s.change
		s.mu.Unlock()
		if ok(now) {
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.ctx.Done():
			return port.ErrGone
		}
	}
}

// Silent is what has to be told of a program made with Studio that was started and
// has not answered yet, or does no more; nil when it answers.
func (s *Session) Silent() *problem.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state.is == api.BoardRunning:
		return nil
	case s.state.problem != nil:
		return s.state.problem
	}
	return silent(s.state.lost, s.state.printed)
}

// Console returns what the board printed last (at most 64 KB), and the place in all its output where that ends.
func (s *Session) Console() (text string, at int64) { return s.console.text() }

// ClearConsole forgets what the board printed.
func (s *Session) ClearConsole() { s.console.clear() }

// WriteText sends text to the running program.
func (s *Session) WriteText(ctx context.Context, text string) error {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	if conn == nil {
		return s.notConnected()
	}
	return conn.WriteText(ctx, []byte(text))
}

func (s *Session) notConnected() *problem.Problem {
	b := s.State()
	if b.Problem != nil {
		return b.Problem
	}
	if b.State == api.BoardBusy {
		return errBusy
	}
	return errNotConnected
}

// Files gives the board's file system, or a problem that says why it is out of reach.
func (s *Session) Files() (devfs.FS, error) {
	s.mu.Lock()
	files, b := s.files, s.state.wire(s.known)
	s.mu.Unlock()
	if files != nil {
		return files, nil
	}
	switch b.State {
	case api.BoardRunning:
		return nil, errFilesNone
	case api.BoardForeign:
		return nil, errFilesForeign
	case api.BoardEmpty:
		return nil, errFilesEmpty
	case api.BoardStopped:
		return nil, errFilesStopped
	case api.BoardCrashed:
		return nil, errFilesCrashed
	case api.BoardStarting:
		return nil, errFilesStarting
	case api.BoardSilent:
		return nil, b.Problem
	}
	return nil, s.notConnected()
}

// keepOpen opens the port again whenever it is lost.
func (s *Session) keepOpen() {
	defer s.done.Done()
	select {
	case <-s.begin:
	case <-s.ctx.Done():
	}
	failed := 0 // times in a row
	for s.ctx.Err() == nil {
		s.mu.Lock()
		conn, change := s.conn, s.change
		s.mu.Unlock()
		if conn == nil {
			select {
			case <-s.action:
			case <-change: // an action may have opened it, and go on
				continue
			case <-s.ctx.Done():
				return
			}
			if conn = s.current(); conn == nil {
				conn = s.open()
			}
			s.unlock()
		}
		if conn == nil {
			failed++
			select {
			case <-s.ctx.Done():
			case <-s.retry: // whoever sees a change of the ports says so
				failed = 0
			case <-time.After(min(time.Second*time.Duration(1+failed/5), 5*time.Second)):
			}
			continue
		}
		failed = 0
		select {
		case <-s.ctx.Done():
			return
		case <-conn.Done():
			s.lostPort(conn)
		}
	}
}

// open opens the port and starts the link, or says why not and returns nil.
func (s *Session) open() *devlink.Conn {
	p, err := s.openPort(s.ctx)
	if err == nil {
		return s.attach(p)
	}
	if !s.waitsAsDrive(err) {
		s.absent(err)
	}
	return nil
}

func (s *Session) current() *devlink.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// Retry tries at once to open a port that could not be opened.
func (s *Session) Retry() {
	select {
	case s.retry <- struct{}{}:
	default:
	}
}

func (s *Session) absent(err error) {
	p := problem.Of(err)
	s.learn(func(now state) state {
		if s.conn != nil {
			return now // it is back
		}
		return now.absent(p)
	}, nil)
}

// clearProgram forgets what a program has told of itself.
func clearProgram(b *api.Board) {
	b.Program, b.BuildID, b.Started = "", "", 0
	b.HeapUsed, b.HeapSize, b.FilesLen, b.FilesCap = 0, 0, 0, 0
	b.Link, b.PageURL, b.Address, b.Via, b.Clients = false, "", "", "", -1
	b.WiFi = api.WiFi{State: "none"}
}

// lostPort is called when conn ended by itself. An action that has taken the port in the meantime deals with it.
func (s *Session) lostPort(conn *devlink.Conn) {
	p, mine := s.detachFrom(conn)
	if !mine {
		return
	}
	if p != nil {
		p.Close()
	}
	err := conn.Err()
	if err == nil || errors.Is(err, port.ErrGone) {
		err = ErrUnplugged.Because(err)
	}
	if s.ctx.Err() == nil {
		s.absent(err)
	}
}

// attach starts the link over p and a watch that finds out what the board does.
func (s *Session) attach(p port.Port) *devlink.Conn {
	s.mayOpen()
	if err := port.Take(p, port.Terms{}); err != nil {
		s.log.Info("the port cannot be taken", "err", err) // the link finds out whether it is gone
	}
	conn := devlink.Start(p, s.printed)
	ctx, end := context.WithCancel(s.ctx)
	watched := make(chan struct{})
	s.mu.Lock()
	s.conn = conn
	s.endWatch = func() { end(); <-watched }
	close(s.change)
	s.change = make(chan struct{})
	s.mu.Unlock()
	s.learn(state.opened, nil)
	s.readVirtualChip()
	go func() { defer close(watched); s.watch(ctx, conn) }()
	return conn
}

// detach ends the link and gives the port, or nil when there is none. It must not be called with mu held.
func (s *Session) detach() port.Port {
	p, _ := s.detachFrom(s.current())
	return p
}

// detachFrom does it if the link is still over conn.
func (s *Session) detachFrom(conn *devlink.Conn) (p port.Port, mine bool) {
	s.mu.Lock()
	if conn == nil || s.conn != conn {
		s.mu.Unlock()
		return nil, false
	}
	end := s.endWatch
	s.conn, s.files, s.endWatch = nil, nil, nil
	s.mu.Unlock()
	end()
	return conn.Release(), true
}

// lock waits for the right to act; false when ctx ended first.
func (s *Session) lock(ctx context.Context) bool {
	select {
	case <-s.action:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Session) unlock() { s.action <- struct{}{} }
