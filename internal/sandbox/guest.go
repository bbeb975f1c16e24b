package sandbox

import (
	"io"
	"net"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"studio/host"
)

// guest is the program that this process runs. What is not said to be guarded
// belongs to the goroutine that runs it.
type guest struct {
	input  *host.Inbox
	output *outlet
	chip   *chip    // nil: there is none
	net    *network // nil: the program has not opened it
	files  map[uint32]file

	bell chan struct{} // something has happened outside
	time *time.Timer   // of rest

	rests   atomic.Uint32 // how often it has come to rest
	resting atomic.Bool   // it rests now, and the watchdog does
	awake   chan struct{} // for the watchdog: it rests no more
	debt    atomic.Int64  // nanoseconds that it has to wait for what it has taken too much

	callMu sync.Mutex // guards call
	call   [32]byte   // the callback that runs, and its length at the end

	calls     int // of functions, for collect
	allocated uint64
	sample    [1]metrics.Sample
}

// file is a descriptor of the program's. read and write do not wait: errAgain.
type file interface {
	read(p []byte) (int, errno)
	write(p []byte) (int, errno)
	readable() bool
	writable() bool
	// close ends it, write says that only writing is over.
	close(write bool) errno
	kind() byte // as WASI numbers file types
}

const (
	serialBuffer = 16 << 10
	chipBuffer   = 68 << 10 // a piece of flash and its frame
)

// newGuest gives a program its serial line and its chip, if there is one.
func newGuest(in io.Reader, out io.Writer, conn net.Conn) *guest {
	g := &guest{input: newInbox(serialBuffer), output: newOutlet(serialBuffer), bell: make(chan struct{}, 1), awake: make(chan struct{}, 1),
		time: time.NewTimer(time.Hour)}
	g.sample[0].Name = "/gc/heap/allocs:bytes"
	go g.input.Run(in, g.ring)
	go g.output.run(&slow{w: out}, g.ring)
	g.chip = newChip(g, conn)
	g.net = &network{g: g}
	g.files = map[uint32]file{0: serialIn{g}, 1: serialOut{g, true}, 2: serialOut{g, false}, 3: g.chip, 4: g.net}
	return g
}

// ring ends the program's rest, this one or the next.
func (g *guest) ring() {
	select {
	case g.bell <- struct{}{}:
	default:
	}
}

// rest waits for ring, at most for d, unless d is negative.
func (g *guest) rest(d time.Duration) {
	g.collect()
	g.rests.Add(1)
	g.resting.Store(true)
	if d < 0 {
		<-g.bell
	} else {
		g.time.Reset(d)
		select {
		case <-g.bell:
		case <-g.time.C:
		}
	}
	if !g.resting.Swap(false) { // the watchdog has gone to rest as well
		select {
		case g.awake <- struct{}{}:
		default:
		}
	}
}

// garbage is how much may be allocated before there is a collection.
const garbage = 4 << 20

// collect collects garbage when there is enough; see the package comment. It is
// called often, from the program's goroutine.
func (g *guest) collect() {
	if g.calls++; g.calls&63 != 0 {
		return
	}
	metrics.Read(g.sample[:])
	if now := g.sample[0].Value.Uint64(); now-g.allocated > garbage {
		runtime.GC()
		g.allocated = now
	}
}

// say prints something of our own.
func (g *guest) say(text string) { g.output.putAll([]byte(text)) }

// exit ends the process, when what was printed is out.
func (g *guest) exit(status int) {
	g.output.drained()
	os.Exit(status)
}

// serialIn is descriptor 0.
type serialIn struct{ g *guest }

func (s serialIn) read(p []byte) (int, errno) {
	n, open := s.g.input.Read(p)
	if n == 0 && open {
		return 0, errAgain
	}
	return n, 0
}
func (s serialIn) readable() bool          { return s.g.input.Ready() }
func (serialIn) write([]byte) (int, errno) { return 0, errNotCapable }
func (serialIn) writable() bool            { return true }
func (serialIn) close(bool) errno          { return 0 }
func (serialIn) kind() byte                { return characterDevice }

// serialOut are descriptors 1 and 2. What Go's runtime prints cannot be told to
// come again, so that a write to 2 waits; the board's runtime writes its frames
// to 1, each with one call, and what is printed does not get into one.
type serialOut struct {
	g     *guest
	whole bool
}

func (s serialOut) write(p []byte) (int, errno) {
	if !s.whole {
		s.g.output.putAll(p)
		return len(p), 0
	}
	n, open := s.g.output.put(p, true)
	switch {
	case !open:
		return 0, errPipe
	case n == 0 && len(p) > 0:
		return 0, errAgain
	}
	return n, 0
}
func (serialOut) read([]byte) (int, errno) { return 0, errNotCapable }
func (serialOut) readable() bool           { return true }
func (s serialOut) writable() bool         { return !s.whole || s.g.output.ready() }
func (serialOut) close(bool) errno         { return 0 }
func (serialOut) kind() byte               { return characterDevice }

// slow is an output of which a program cannot write more than so much in the long run.
type slow struct {
	w      io.Writer
	budget float64 // bytes
	last   time.Time
}

const (
	outputRate  = 4 << 20 // bytes a second
	outputBurst = 8 << 20
)

func (s *slow) Write(p []byte) (int, error) {
	now := time.Now()
	if s.last.IsZero() {
		s.budget = outputBurst
	} else {
		s.budget = min(s.budget+outputRate*now.Sub(s.last).Seconds(), outputBurst)
	}
	s.last = now
	if s.budget -= float64(len(p)); s.budget < 0 {
		time.Sleep(time.Duration(-s.budget / outputRate * float64(time.Second)))
	}
	return s.w.Write(p)
}
