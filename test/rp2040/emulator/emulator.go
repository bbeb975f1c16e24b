// Package emulator runs pico.mjs, an emulated Raspberry Pi Pico, as a process
// and gives its USB port to Go programs.
//
//	p, err := emulator.Start("led.uf2", "")
//	if err != nil { return err }
//	defer p.Stop()
//	line, err := p.Open() // a port.Port
package emulator

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"studioide/internal/port"
	"studioide/test/tree"
)

// Patience is for a busy computer; nothing waits that long when all is well.
const Patience = time.Minute

// Pico is a running pico.mjs, which describes the messages.
type Pico struct {
	cmd     *exec.Cmd
	read    chan struct{} // closed when the process has said its last
	stopped sync.Once

	writing sync.Mutex
	in      io.WriteCloser

	mu      sync.Mutex
	changed *sync.Cond
	asked   uint32
	answers map[uint32]Answer
	line    *line // the port that is open
	ended   bool

	// Read these inside of Await or Change.
	Attached int    // how often USB has been configured
	Gone     int    // how often it has left the bus
	Why      string // it left the last time
	Pins     map[int]bool
}

// Answer is what the process says to a request or by itself.
type Answer struct {
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

// dir is where pico.mjs is.
func dir() string { return tree.Path("test", "rp2040") }

// Install fetches the emulator as package-lock.json says, unless it is there, or
// another process does.
func Install() error {
	lock := flock.New(filepath.Join(dir(), ".installing"))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Close()
	have, err := os.Stat(filepath.Join(dir(), "node_modules", ".package-lock.json"))
	want, err2 := os.Stat(filepath.Join(dir(), "package-lock.json"))
	if err2 != nil {
		return err2
	}
	if err == nil && !have.ModTime().Before(want.ModTime()) {
		return nil
	}
	npm := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	npm.Dir = dir()
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
}

// Start launches the emulator. program is the UF2 file in its flash; "" leaves
// it without power. keep is the file that flash comes from and goes to, or "".
func Start(program, keep string) (*Pico, error) {
	p := &Pico{cmd: exec.Command("node", filepath.Join(dir(), "pico.mjs"), program),
		answers: map[uint32]Answer{}, Pins: map[int]bool{}, read: make(chan struct{})}
	if keep != "" {
		p.cmd.Args = append(p.cmd.Args, keep)
	}
	p.changed = sync.NewCond(&p.mu)
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.in = in
	go func() { defer close(p.read); p.listen(bufio.NewReader(out)) }()
	return p, nil
}

// Stop unplugs the board and waits until its flash is in the file.
func (p *Pico) Stop() {
	p.in.Close()
	late := time.AfterFunc(Patience, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	<-p.read
	p.stopped.Do(func() { p.cmd.Wait() })
}

func (p *Pico) listen(r io.Reader) {
	defer p.Change(func() {
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
			p.Change(func() {
				if p.line != nil {
					p.line.received = append(p.line.received, body...)
				}
			})
			continue
		}
		var a Answer
		if err := json.Unmarshal(body, &a); err != nil {
			panic(err)
		}
		p.Change(func() {
			switch a.Event {
			case "":
				p.answers[a.ID] = a
			case "attached":
				p.Attached++
			case "gone":
				p.unplug(a.Why)
			case "pin":
				p.Pins[a.Pin] = a.Level
			}
		})
	}
}

// unplug ends the port that is open, as an operating system does.
func (p *Pico) unplug(why string) {
	p.Gone, p.Why = p.Gone+1, why
	clear(p.Pins)
	if p.line != nil {
		p.line.closed = true
		p.line = nil
	}
}

// Change runs f with the lock held, and wakes who waits.
func (p *Pico) Change(f func()) {
	p.mu.Lock()
	f()
	p.mu.Unlock()
	p.changed.Broadcast()
}

// Await waits until f, called with the lock held.
func (p *Pico) Await(within time.Duration, f func() bool) bool {
	late := time.Now().Add(within)
	defer time.AfterFunc(within, func() { p.Change(func() {}) }).Stop()
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

func (p *Pico) send(kind byte, body []byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	_, err := p.in.Write(append(binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(body))), body...))
	return err
}

var errLate = errors.New("the emulator does not answer")

// Ask has the board do something; pico.mjs says what there is.
func (p *Pico) Ask(do string, more map[string]any) (a Answer, err error) {
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
	if !p.Await(Patience, func() bool { a, ok = p.answers[id]; delete(p.answers, id); return ok }) {
		return a, errLate
	}
	if a.Gone {
		return a, port.ErrGone
	}
	return a, nil
}

// Open waits for the board and opens its port. What a system does then, asserting DTR and RTS, is left to the caller.
func (p *Pico) Open() (port.Port, error) {
	l := &line{p: p}
	if !p.Await(Patience, func() bool {
		if p.Attached <= p.Gone {
			return false
		}
		p.line = l
		return true
	}) {
		return nil, errors.New("the board is not there")
	}
	return l, nil
}

// line is the board's port. The pico's lock is its lock.
type line struct {
	p        *Pico
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
		case len(l.received) > 0: // also when the board has left meanwhile
			n := copy(b, l.received)
			l.received = l.received[n:]
			return n, nil
		case l.closed:
			return 0, port.ErrGone
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
	l.p.Change(func() { l.deadline = at })
	if !at.IsZero() {
		time.AfterFunc(time.Until(at), func() { l.p.Change(func() {}) })
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
	_, err := l.p.Ask(what, more)
	return err
}

func (l *line) Discard() error {
	l.p.Change(func() { l.received = nil })
	return nil
}

func (l *line) Close() error {
	l.p.Change(func() {
		l.closed = true
		if l.p.line == l {
			l.p.line = nil
		}
	})
	return nil
}
