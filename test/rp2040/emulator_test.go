package rp2040

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"studioide/internal/port"
)

// patience is for a busy computer; nothing waits that long when all is well.
const patience = 20 * time.Second

// pico is a running pico.mjs, which describes the messages.
type pico struct {
	cmd *exec.Cmd

	writing sync.Mutex
	in      io.WriteCloser

	mu       sync.Mutex
	changed  *sync.Cond
	asked    uint32
	answers  map[uint32]answer
	attached int    // how often USB has been configured
	gone     int    // how often it has left the bus
	why      string // it left the last time
	pins     map[int]bool
	line     *line // the port that is open
	ended    bool
}

// answer is what the process says to a request or by itself.
type answer struct {
	ID       uint32
	Event    string
	Gone     bool
	Why      string
	Pin      int
	Level    bool
	Nanos    float64 // emulated time
	Erases   int
	Programs int
}

// launch starts the emulator with a program in its flash. keep is the file that
// flash comes from and goes to, or "".
func launch(t testing.TB, uf2, keep string) *pico {
	t.Helper()
	if missing != "" {
		t.Skip("SKIPPED: " + missing)
	}
	p := &pico{cmd: exec.Command("node", "pico.mjs", uf2), answers: map[uint32]answer{}, pins: map[int]bool{}}
	if keep != "" {
		p.cmd.Args = append(p.cmd.Args, keep)
	}
	p.changed = sync.NewCond(&p.mu)
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.in = in
	read := make(chan struct{})
	go func() { defer close(read); p.read(bufio.NewReader(out)) }()
	t.Cleanup(func() {
		in.Close()
		late := time.AfterFunc(patience, func() { p.cmd.Process.Kill() })
		defer late.Stop()
		<-read
		p.cmd.Wait()
	})
	return p
}

func (p *pico) read(r io.Reader) {
	defer p.change(func() {
		p.ended = true
		p.unplug("the emulator has ended")
	})
	var head [5]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		if head[0] == 'D' {
			p.change(func() {
				if p.line != nil {
					p.line.received = append(p.line.received, body...)
				}
			})
			continue
		}
		var a answer
		if err := json.Unmarshal(body, &a); err != nil {
			panic(err)
		}
		p.change(func() {
			switch a.Event {
			case "":
				p.answers[a.ID] = a
			case "attached":
				p.attached++
			case "gone":
				p.unplug(a.Why)
			case "pin":
				p.pins[a.Pin] = a.Level
			}
		})
	}
}

// unplug ends the port that is open, as an operating system does.
func (p *pico) unplug(why string) {
	p.gone, p.why = p.gone+1, why
	clear(p.pins)
	if p.line != nil {
		p.line.closed = true
		p.line = nil
	}
}

func (p *pico) change(f func()) {
	p.mu.Lock()
	f()
	p.mu.Unlock()
	p.changed.Broadcast()
}

// await waits until f, called with the lock held.
func (p *pico) await(within time.Duration, f func() bool) bool {
	late := time.Now().Add(within)
	defer time.AfterFunc(within, func() { p.change(func() {}) }).Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for !f() {
		if p.ended || !time.Now().Before(late) {
			return false
		}
		p.changed.Wait()
	}
	return true
}

func (p *pico) send(kind byte, body []byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	_, err := p.in.Write(append(binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(body))), body...))
	return err
}

var errLate = errors.New("the emulator does not answer")

func (p *pico) ask(do string, more map[string]any) (a answer, err error) {
	request := map[string]any{"do": do}
	for name, value := range more {
		request[name] = value
	}
	p.mu.Lock()
	p.asked++
	id := p.asked
	p.mu.Unlock()
	request["id"] = id
	body, err := json.Marshal(request)
	if err != nil {
		return a, err
	}
	if err := p.send('C', body); err != nil {
		return a, err
	}
	ok := false
	if !p.await(patience, func() bool { a, ok = p.answers[id]; delete(p.answers, id); return ok }) {
		return a, errLate
	}
	if a.Gone {
		return a, port.ErrGone
	}
	return a, nil
}

// do asks for what cannot fail.
func (p *pico) do(t testing.TB, what string, more map[string]any) answer {
	t.Helper()
	a, err := p.ask(what, more)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return a
}

// emulated is the board's own clock.
func (p *pico) emulated(t testing.TB) time.Duration {
	t.Helper()
	return time.Duration(p.do(t, "state", nil).Nanos)
}

// left waits until the board has left the bus for the nth time, and says why.
func (p *pico) left(t testing.TB, nth int) string {
	t.Helper()
	if !p.await(patience, func() bool { return p.gone >= nth }) {
		t.Fatal("the board has not left the bus")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.why
}

// open waits for the board and opens its port as an operating system does: DTR
// and RTS are asserted.
func (p *pico) open(t testing.TB) port.Port {
	t.Helper()
	l := &line{p: p}
	if !p.await(patience, func() bool {
		if p.attached <= p.gone {
			return false
		}
		p.line = l
		return true
	}) {
		t.Fatal("the board is not there")
	}
	if err := l.SetLines(true, true); err != nil {
		t.Fatal(err)
	}
	return l
}

// line is the board's port. The pico's lock is its lock.
type line struct {
	p        *pico
	received []byte
	deadline time.Time
	closed   bool
}

// Read notices a deadline that is set while it waits: that is how the port is
// taken away from its reader.
func (l *line) Read(b []byte) (int, error) {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	for {
		switch {
		case l.closed:
			return 0, port.ErrGone
		case len(l.received) > 0:
			n := copy(b, l.received)
			l.received = l.received[n:]
			return n, nil
		case !l.deadline.IsZero() && !time.Now().Before(l.deadline):
			return 0, os.ErrDeadlineExceeded
		}
		l.p.changed.Wait()
	}
}

func (l *line) Write(b []byte) (int, error) {
	if l.isClosed() || l.p.send('D', b) != nil {
		return 0, port.ErrGone
	}
	return len(b), nil
}

func (l *line) isClosed() bool {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	return l.closed
}

func (l *line) SetReadDeadline(at time.Time) error {
	l.p.change(func() { l.deadline = at })
	if !at.IsZero() {
		time.AfterFunc(time.Until(at), func() { l.p.change(func() {}) })
	}
	return nil
}

func (l *line) SetBaud(rate int) error {
	return l.ask("baud", map[string]any{"rate": rate})
}

func (l *line) SetLines(dtr, rts bool) error {
	return l.ask("lines", map[string]any{"dtr": dtr, "rts": rts})
}

func (l *line) ask(what string, more map[string]any) error {
	if l.isClosed() {
		return port.ErrGone
	}
	_, err := l.p.ask(what, more)
	return err
}

func (l *line) Discard() error {
	l.p.change(func() { l.received = nil })
	return nil
}

func (l *line) Close() error {
	l.p.change(func() {
		l.closed = true
		if l.p.line == l {
			l.p.line = nil
		}
	})
	return nil
}

// stop unplugs the board and waits until its flash is in the file.
func (p *pico) stop(t testing.TB) {
	t.Helper()
	p.in.Close()
	p.await(patience, func() bool { return false }) // until the process has ended
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		t.Fatal("the emulator has not ended")
	}
}
