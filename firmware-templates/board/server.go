package board

import (
	"sync"
	"time"
	"unsafe"

	"studio/board/store"
)

// server is everything behind the package's functions. mu guards all of it.
// The goroutine that runs it lets go of mu while it calls the program and
// while it waits, so that the program may send from where it likes.
type server struct {
	mu      sync.Mutex
	began   time.Time
	started bool
	limits  Limits

	onText      func(*Client, string)
	onTextBytes func(*Client, []byte)
	onBinary    func(*Client, []byte)
	onAccept    func(*Client)
	onClosed    func(*Client)
	onLine      func(string)
	every       []timer
	routes      *routes  // what else the program answers itself
	calling     callback // which of them runs

	conns   []*conn
	clients int // open WebSockets
	lastID  int
	files   files
	link    service
	net     network
	typed   lines

	lastEnd        lastEnd // of the program before this one
	lastEndPrinted bool    // and that is printed
	feedAt         int64   // when the watchdog is to be told again that all is well

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

var std = server{began: time.Now()}

// now is the time in milliseconds since the start.
func (s *server) now() int64 { return int64(time.Since(s.began) / time.Millisecond) }

// elapsed is the time in microseconds since the start.
func (s *server) elapsed() int64 { return int64(time.Since(s.began) / time.Microsecond) }

// micros is the link's clock.
func (s *server) micros() uint32 { return uint32(time.Since(s.began) / time.Microsecond) }

func (s *server) configure(l Limits) {
	s.mu.Lock()
	started := s.started
	if !started {
		s.limits = l
	}
	s.mu.Unlock()
	if started {
		println("board.Configure comes too late: call it before board.Serve or board.Start.")
	}
}

// prepare allocates everything that has a fixed size.
func (s *server) prepare(flash store.Flash) {
	l := &s.limits
	preset(&l.MaxMessage, "MaxMessage", 256, 1<<20)
	preset(&l.Clients, "Clients", defaultClients, 1000)
	preset(&l.Sockets, "Sockets", defaultSockets, 1000)
	preset(&l.Line, "Line", 256, 1<<16)
	preset(&l.MaxRequest, "MaxRequest", 1024, 1<<16)
	l.fit(memoryLeft())
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
	println("board.Configure: " + name + " cannot be " + sign + formatted(&w, uint32(min(wanted, 1<<30))) + ". It is " + formatted(&i, uint32(is)) + ".")
}

// fit lowers the limits when all connections together would need more than half
// of the memory that is left: it is better said now than found out by a page.
func (l *Limits) fit(left int) {
	if left < 0 {
		return
	}
	const each = inSize + outSize + 512 // of a connection, beside its message
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
	s.mu.Lock()
	if s.started {
		s.mu.Unlock()
		return false
	}
	s.started = true
	s.prepare(openFlash())
	s.mu.Unlock()
	openSerial()
	openNetwork(s)
	return true
}

// run serves for ever.
func (s *server) run() {
	watchCallbacks()
	s.mu.Lock()
	for {
		busy := s.step()
		wait := int64(0)
		if !busy {
			wait = s.idle()
		}
		s.mu.Unlock()
		pause(wait)
		s.mu.Lock()
	}
}

// step does all that can be done now; true: there may be more.
func (s *server) step() (busy bool) {
	s.reportAliveLocked()
	busy = s.pump()
	for _, k := range s.conns {
		if k != nil && s.serve(k, s.now()) {
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
// nothing of the program's and may be called by anyone who holds mu.
func (s *server) pump() (busy bool) {
	busy = s.link.in(s)
	return s.link.out(s) || busy
}

// yieldLocked lets others run for a moment. The caller holds mu, and must look
// again at everything afterwards.
func (s *server) yieldLocked() {
	s.reportAliveLocked()
	s.mu.Unlock()
	yield()
	s.mu.Lock()
}

// timers calls what is due.
func (s *server) timers() (called bool) {
	for i := 0; i < len(s.every); i++ {
		t := &s.every[i]
		now := s.now()
		if now < t.due {
			continue
		}
		period := max(int64(t.period/time.Millisecond), 1)
		t.due += period * ((now-t.due)/period + 1)
		f := t.f
		s.beginCallLocked(every)
		f()
		s.endCall()
		called = true
	}
	return called
}

// idle is for how many milliseconds there is nothing to do unless something
// wakes us.
func (s *server) idle() int64 {
	now := s.now()
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

// wake ends the server's pause.
func (s *server) wake() { wake() }

// stringOf gives the bytes as a string without copying them.
func stringOf(p []byte) string { return unsafe.String(unsafe.SliceData(p), len(p)) }
