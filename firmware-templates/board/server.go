package board

import (
	"time"
	"unsafe"

	"studio/board/chip"
	"studio/board/crash"
	"studio/board/devlink"
	"studio/board/loop"
	"studio/board/netif"
	"studio/board/sizes"
	"studio/board/store"
	"studio/board/web"
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
	onConnect   func(*Client)
	onLine      func(string)
	onSockets   []func(*Client, string) // by the number of their path
	every       []timer
	calling     crash.Callback // which of them runs

	web   web.Server
	link  devlink.Service
	net   netif.Network
	typed lines

	lastEnd crash.End // of the program before this one

	pinCalls bool   // a pin has a function to be called
	recall   recall // strings that the program has been given
}

type timer struct {
	period int64 // milliseconds, as due
	due    int64
	f      func()
}

func newTimer(d time.Duration, now int64, f func()) timer {
	return timer{period: max(int64(d/time.Millisecond), 1), due: now + int64(d/time.Millisecond), f: f}
}

var std server

// The program's own packages come after this one, so that everything that they
// do is heard, and a program that is held does not even begin.
func init() {
	std.init()
	crash.Begin(callbackNames[:])
	if std.lastEnd = crash.Last(); std.lastEnd.Held {
		Serve()
	}
}

// init joins the parts.
func (s *server) init() {
	h := hooks{unsafe.Pointer(s)}
	s.web.Init(&s.Loop, h)
	s.link.Init(&s.Loop, h, &s.web, &s.net)
}

// mostSockets is the most connections that a program can allow: 1,000 pretend pages, and those that are there anyway.
const mostSockets = 1024

// prepare allocates everything that has a fixed size.
func (s *server) prepare(flash store.Flash) {
	l := &s.limits
	preset(&l.MaxMessage, "MaxMessage", 256, 1<<20)
	preset(&l.Clients, "Clients", sizes.Clients, mostSockets)
	preset(&l.Sockets, "Sockets", sizes.Sockets, mostSockets)
	preset(&l.Line, "Line", 256, 1<<16)
	preset(&l.MaxRequest, "MaxRequest", 1024, 1<<16)
	l.fit(chip.MemoryLeft())
	s.web.Prepare(web.Limits{MaxMessage: l.MaxMessage, Clients: l.Clients, Sockets: l.Sockets, MaxRequest: l.MaxRequest})
	s.web.Files.Mount(flash)
	s.typed.init(l.Line)
	s.link.Prepare()
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
	netif.Open(&s.net, &s.Loop, &s.web)
	return true
}

// run serves for ever.
func (s *server) run() {
	crash.Watch(s.running)
	s.Lock()
	for {
		wait := int64(0)
		if !s.stepLocked() {
			wait = s.idleLocked()
			crash.RestLocked(wait)
		}
		s.PauseLocked(wait)
	}
}

// stepLocked does all that can be done now; true: there may be more.
func (s *server) stepLocked() (busy bool) {
	crash.AliveLocked(s.Now())
	busy = s.link.PumpLocked()
	busy = s.web.StepLocked() || busy
	busy = s.timersLocked() || busy
	busy = s.lineLocked() || busy
	busy = s.watchPinsLocked() || busy
	return s.link.TellLocked() || busy
}

// running is the callback that runs.
func (s *server) running() crash.Callback {
	s.Lock()
	defer s.Unlock()
	return s.calling
}

// timersLocked calls what is due.
func (s *server) timersLocked() (called bool) {
	for i := 0; i < len(s.every); i++ {
		t := &s.every[i]
		now := s.Now()
		if now < t.due {
			continue
		}
		t.due += t.period * ((now-t.due)/t.period + 1)
		f := t.f
		callLocked(s, every, plain, f)
		called = true
	}
	return called
}

// idleLocked is for how many milliseconds there is nothing to do unless something
// wakes us.
func (s *server) idleLocked() int64 {
	now := s.Now()
	wait := int64(60_000)
	for i := range s.every {
		wait = min(wait, s.every[i].due-now)
	}
	wait = s.web.IdleLocked(wait)
	return max(min(wait, s.link.IdleLocked()), 1)
}
