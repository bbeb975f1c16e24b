package recording

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/problem"
	"studioide/ui/src/words/say"
)

// Config says what a recording is called and how much it may take. The zero value is usable.
type Config struct {
	Name  string // "": the time at which it began
	Board string // what people call the board

	PartSize int64 // bytes after which the next part begins; 0: 64 MB
	Most     int64 // bytes of all parts; the oldest goes when they are more. 0: 2 GB
	Queue    int   // bytes that may wait for the disk; 0: 64 MB

	// Ended is called, if not nil, when the recording has ended by itself, from a
	// goroutine of its own.
	Ended func(About, *problem.Problem)

	now    func() time.Time
	create func(root *os.Root, name string) (file, error)
}

// file is what a part is written to; tests have disks that fill up.
type file interface {
	Write([]byte) (int, error)
	Truncate(int64) error
	Close() error
}

// End is why a recording is over.
type End string

const (
	Running  End = ""         // it is not over
	Stopped  End = "stopped"  // the user stopped it
	Closed   End = "closed"   // its project was closed, or Studio ended
	Broken   End = "broken"   // Studio was killed: found out when the recording was looked at again
	Full     End = "full"     // the disk was full
	Failed   End = "failed"   // the disk did not take it for another reason
	Imported End = "imported" // it was recorded elsewhere
	Replayed End = "replayed" // it is what came back at a replay
)

const (
	partSize  = 64 << 20
	mostBytes = 2 << 30
	mostQueue = 64 << 20
	together  = 50 * time.Millisecond // what comes within that is written at once, unless it is enough earlier; it is what may be lost when Studio is killed
	writeSize = 256 << 10
)

// Writer is a recording under way. It is safe for concurrent use.
type Writer struct {
	c   Config
	dir *os.Root // of this recording
	ix  *index

	save   func(*os.Root, About) error // saveAbout; tests have disks that are slow
	saving sync.Mutex                  // one saves at a time; taken before mu, which is not held for the disk

	mu      sync.Mutex
	about   About
	waiting []chunk // for the disk; all but the last are full
	spare   []chunk // empty
	size    int     // room of what waits
	lost    int     // messages that found too much waiting
	over    End
	wake    chan struct{} // something waits
	enough  chan struct{} // as much as is written at once waits
	quit    chan struct{} // closed when nothing is added any more
	done    chan struct{} // closed when all is written

	// of the goroutine that writes
	f       file
	trouble *problem.Problem
	next    int64        // number of the next line
	text    bytes.Buffer // lines that are written at once
	ends    []int        // of each of them
}

// A chunk of messages is as much as stays in a processor's cache while lines are made of it and written.
type chunk []api.Message

const (
	chunkLen   = 256
	mostSpares = 16
)

// newWriter begins a recording in dir, which it owns from now on.
func newWriter(dir *os.Root, about About, c Config) (*Writer, error) {
	for _, d := range []struct {
		v *int64
		d int64
	}{{&c.PartSize, partSize}, {&c.Most, mostBytes}} {
		if *d.v <= 0 {
			*d.v = d.d
		}
	}
	if c.Queue <= 0 {
		c.Queue = mostQueue
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.create == nil {
		c.create = func(root *os.Root, name string) (file, error) {
			return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		}
	}
	w := &Writer{c: c, dir: dir, ix: &index{}, save: saveAbout, about: about, wake: make(chan struct{}, 1), enough: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	if err := w.nextPart(); err != nil {
		return nil, err
	}
	w.next = w.ix.next()
	go w.run()
	return w, nil
}

// Add records m. It never waits: messages that the disk cannot keep up with are
// counted, and the recording says how many are missing.
func (w *Writer) Add(m api.Message) {
	w.mu.Lock()
	if w.over != Running {
		w.mu.Unlock()
		return
	}
	before, size := w.size, w.size+room(&m)
	if size > w.c.Queue {
		w.lost++
		w.mu.Unlock()
		return
	}
	if m.Time == 0 {
		m.Time = w.c.now().UnixMilli()
	}
	w.addLocked(m)
	w.size = size
	w.mu.Unlock()
	if before == 0 {
		poke(w.wake)
	}
	if before < writeSize && size >= writeSize {
		poke(w.enough)
	}
}

func (w *Writer) addLocked(m api.Message) {
	last := len(w.waiting) - 1
	if last < 0 || len(w.waiting[last]) == chunkLen {
		var next chunk
		if n := len(w.spare); n > 0 {
			next, w.spare = w.spare[n-1], w.spare[:n-1]
		} else {
			next = make(chunk, 0, chunkLen)
		}
		w.waiting = append(w.waiting, next)
		last++
	}
	w.waiting[last] = append(w.waiting[last], m)
}

// room is about what a message takes while it waits; its line takes less.
func room(m *api.Message) int {
	n := 400 + len(m.Data) + len(m.Path) + len(m.Head)
	if h := m.Handshake; h != nil {
		n += len(h.Request) + len(h.Answer)
	}
	return n
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// About is what is known of the recording now.
func (w *Writer) About() About {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.about
	if a.End != Running { // it is written to its end
		return a
	}
	a.End = w.over
	a.Millis = w.c.now().UnixMilli() - a.Started
	w.ix.into(&a)
	return a
}

// Rename gives it another name.
func (w *Writer) rename(name string) error {
	w.saving.Lock()
	defer w.saving.Unlock()
	w.mu.Lock()
	w.about.Name = name
	about := w.about
	w.mu.Unlock()
	return w.save(w.dir, about)
}

// Stop ends the recording when all that was added is written, and returns what
// it has become. Whoever stops it again gets the same.
func (w *Writer) Stop(why End) About {
	w.end(why)
	<-w.done
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.about
}

func (w *Writer) end(why End) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over == Running {
		w.over = why
		close(w.quit)
	}
}

func (w *Writer) run() {
	defer close(w.done)
	for going := true; going && w.trouble == nil; {
		select {
		case <-w.wake:
		case <-w.quit:
			going = false
		}
		w.writeQueue()
		if going {
			select { // more comes soon: one write for many
			case <-time.After(together):
			case <-w.enough:
			case <-w.quit:
			}
		}
	}
	if w.trouble == nil {
		w.writeQueue()
	}
	if w.f != nil {
		if err := w.f.Close(); err != nil && w.trouble == nil {
			w.failed(err)
		}
	}
	w.saving.Lock()
	w.mu.Lock()
	w.waiting, w.size = nil, 0
	w.about.Millis = w.c.now().UnixMilli() - w.about.Started
	w.ix.into(&w.about)
	w.about.End = w.over
	about := w.about
	w.mu.Unlock()
	w.save(w.dir, about) // on a full disk it may fail: then it is found out when somebody looks
	w.dir.Close()
	w.saving.Unlock()
	if w.trouble != nil && w.c.Ended != nil {
		go w.c.Ended(about, w.trouble)
	}
}

// writeQueue brings all that waits to the disk. Lines are made of it here: whoever adds a message is on its way with it.
func (w *Writer) writeQueue() {
	w.mu.Lock()
	if w.lost > 0 {
		text := say.RecordingMissing(w.lost)
		w.addLocked(api.Message{Time: w.c.now().UnixMilli(), Kind: "log", Level: "warn", Data: text, Size: len(text), Millis: -1})
		w.lost = 0
	}
	all := w.waiting
	w.waiting, w.size = nil, 0
	w.mu.Unlock()
	for _, c := range all {
		for rest := c; len(rest) > 0 && w.trouble == nil; {
			rest = rest[w.writeSome(rest):]
		}
		clear(c) // of its texts
		w.mu.Lock()
		if len(w.spare) < mostSpares {
			w.spare = append(w.spare, c[:0])
		}
		w.mu.Unlock()
	}
}

// writeSome writes messages until enough is written at once, or the part is full, and returns how many.
func (w *Writer) writeSome(all chunk) int {
	w.text.Reset()
	w.ends = w.ends[:0]
	most := int(min(w.c.PartSize-w.ix.lastSize(), writeSize))
	for len(w.ends) < len(all) && (len(w.ends) == 0 || w.text.Len() < most) {
		m := &all[len(w.ends)]
		m.Seq = w.next
		w.next++
		if err := appendLine(&w.text, m); err != nil {
			panic("recording: a message that cannot be encoded: " + err.Error()) // plain data
		}
		w.ends = append(w.ends, w.text.Len())
	}
	n := len(w.ends)
	w.write(w.text.Bytes(), w.ends)
	if w.text.Cap() > 4*writeSize {
		w.text = bytes.Buffer{}
	}
	return n
}

// write writes whole lines. When the disk takes only some, those that it took whole stay.
func (w *Writer) write(text []byte, ends []int) {
	before := w.ix.lastSize()
	n, err := w.f.Write(text)
	took := len(ends)
	if err != nil {
		for took > 0 && ends[took-1] > n {
			took--
		}
		whole := before
		if took > 0 {
			whole += int64(ends[took-1])
		}
		w.f.Truncate(whole) // a reader would leave the rest out as well
	}
	w.ix.add(ends[:took])
	if err == nil && w.ix.lastSize() >= w.c.PartSize {
		err = w.nextPart()
	}
	if err != nil {
		w.failed(err)
	}
}

// nextPart begins a part, and lets go of the oldest when there is too much.
func (w *Writer) nextPart() error {
	if w.f != nil {
		if err := w.f.Close(); err != nil {
			return err
		}
		w.f = nil
	}
	for _, old := range w.ix.tooMuch(w.c.Most - w.c.PartSize) {
		if err := w.dir.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f, err := w.c.create(w.dir, partName(w.ix.next()))
	if err != nil {
		return err
	}
	w.f = f
	w.ix.begin()
	return nil
}

func (w *Writer) failed(err error) {
	why := Failed
	w.trouble = explain(err)
	if isFull(err) {
		why = Full
	}
	w.end(why)
}

// explain puts what the system said of the disk into words.
func explain(err error) *problem.Problem {
	var known *problem.Problem
	switch {
	case errors.As(err, &known):
		return known
	case isFull(err):
		return errFull.Because(err)
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return errWrite.With(err.Error()).Because(err)
}
