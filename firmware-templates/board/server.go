package board

import (
	"time"

	"studio/board/chars"
	"studio/board/chip"
	"studio/board/crash"
	"studio/board/loop"
	"studio/board/sizes"
	"studio/board/store"
)

// server is everything behind the package's functions. The loop's lock guards all
// of it.
type server struct {
	loop.Loop
	started bool
	limits  Limits

	onText      func(*Client, string)
	onTextBytes func(*Client, []byte)
	onBinary    func(*Client, []byte)
	onAccept    func(*Client)
	onClosed    func(*Client)
	onLine      func(string)
	every       []timer
	routes      *routes        // what else the program answers itself
	calling     crash.Callback // which of them runs

	conns   []*conn
	clients int // open WebSockets
	lastID  int
	files   files
	link    service
	net     network
	typed   lines

	lastEnd crash.End // of the program before this one

	pinCalls     bool  // a pin has a function to be called
	waitFree     int64 // until when sending may not wait, microseconds: see waitLocked
	slowWarnedAt int64 // when the console was last told of a slow page

	recall recall // strings that the program has been given
}

type timer struct {
	period time.Duration
	due    int64 // milliseconds
	f      func()
}

var std = server{Loop: loop.Loop{Began: time.Now()}}

// The program's own packages come after this one, so that everything that they
// do is heard, and a program that is held does not even begin.
func init() {
	crash.Begin(callbackNames[:])
	if std.lastEnd = crash.Last(); std.lastEnd.Held {
		Serve()
	}
}

func (s *server) configure(l Limits) {
	s.Lock()
	started := s.started
	if !started {
		s.limits = l
	}
	s.Unlock()
	if started {
		println("board.Configure comes too late: call it before board.Serve or board.Start.")
	}
}

// prepare allocates everything that has a fixed size.
func (s *server) prepare(flash store.Flash) {
	l := &s.limits
	preset(&l.MaxMessage, "MaxMessage", 256, 1<<20)
	preset(&l.Clients, "Clients", sizes.Clients, 1000)
	preset(&l.Sockets, "Sockets", sizes.Sockets, 1000)
	preset(&l.Line, "Line", 256, 1<<16)
	preset(&l.MaxRequest, "MaxRequest", 1024, 1<<16)
	l.fit(chip.MemoryLeft())
	s.conns = make([]*conn, l.Sockets)
	s.typed.init(l.Line)
	s.files.mount(flash)
	s.link.init(s)
}

// preset makes a limit one that can be kept, and says so when it is another one
// than the program wants.
func preset(v *int, name string, def, most int) {
	switch wanted := *v; {
	case wanted == 0:
		*v = def
	case wanted < 0:
		*v = def
		warnLimit(name, wanted, def)
	case wanted > most:
		*v = most
		warnLimit(name, wanted, most)
	}
}

func warnLimit(name string, wanted, is int) {
	var w, i [10]byte
	sign := ""
	if wanted < 0 {
		sign, wanted = "-", -wanted
	}
	println("board.Configure: " + name + " cannot be " + sign + chars.Decimal(&w, uint32(min(wanted, 1<<30))) + ". It is " + chars.Decimal(&i, uint32(is)) + ".")
}

// fit lowers the limits when all connections together would need more than half
// of the memory that is left: it is better said now than found out by a page.
func (l *Limits) fit(left int) {
	if left < 0 {
		return
	}
	const each = sizes.Receive + sizes.Send + 512 // of a connection, beside its message
	if most := left/2/l.Sockets - each; l.MaxMessage > max(most, 256) {
		println("There is not enough memory for so long messages on so many connections (see board.Limits, Sockets).")
		wanted := l.MaxMessage
		l.MaxMessage = max(most, 256)
		warnLimit("MaxMessage", wanted, l.MaxMessage)
	}
	if most := max(left/2/(l.MaxMessage+each), 2); l.Sockets > most {
		println("There is not enough memory for so many connections.")
		wanted := l.Sockets
		l.Sockets = most
		warnLimit("Sockets", wanted, most)
	}
}

// start opens files, serial line and network. False: that was done before.
func (s *server) start() bool {
	s.Lock()
	if s.started {
		s.Unlock()
		return false
	}
	s.started = true
	s.prepare(openFlash())
	s.Unlock()
	chip.OpenSerial()
	openNetwork(s)
	return true
}

// run serves for ever.
func (s *server) run() {
	crash.Watch(s.running)
	s.Lock()
	for {
		wait := int64(0)
		if !s.step() {
			wait = s.idle()
		}
		s.PauseLocked(wait)
	}
}

// step does all that can be done now; true: there may be more.
func (s *server) step() (busy bool) {
	crash.AliveLocked(s.Now())
	busy = s.pump()
	for _, k := range s.conns {
		if k != nil && s.serve(k, s.Now()) {
			busy = true
		}
	}
	busy = s.timers() || busy
	busy = s.line() || busy
	busy = s.watchPins() || busy
	busy = s.net.tell(s) || busy
	return s.link.out(s) || busy
}

// pump moves bytes between the serial line, the link and its streams. It calls
// nothing of the program's and may be called by anyone who holds the lock.
func (s *server) pump() (busy bool) {
	busy = s.link.in(s)
	return s.link.out(s) || busy
}

// yieldLocked lets others run for a moment: everything may have changed afterwards.
func (s *server) yieldLocked() {
	crash.AliveLocked(s.Now())
	s.YieldLocked()
}

// running is the callback that runs.
func (s *server) running() crash.Callback {
	s.Lock()
	defer s.Unlock()
	return s.calling
}

// timers calls what is due.
func (s *server) timers() (called bool) {
	for i := 0; i < len(s.every); i++ {
		t := &s.every[i]
		now := s.Now()
		if now < t.due {
			continue
		}
		period := max(int64(t.period/time.Millisecond), 1)
		t.due += period * ((now-t.due)/period + 1)
		f := t.f
		callLocked(s, every, plain, f)
		called = true
	}
	return called
}

// idle is for how many milliseconds there is nothing to do unless something
// wakes us.
func (s *server) idle() int64 {
	now := s.Now()
	wait := int64(60_000)
	for i := range s.every {
		wait = min(wait, s.every[i].due-now)
	}
	for _, k := range s.conns {
		if k != nil {
			wait = min(wait, k.deadline()+1-now)
		}
	}
	return max(min(wait, s.link.idle(s), s.pinsIdle()), 1)
}
