package port

import (
	"fmt"
	"os"
	"sync"
	"time"

	"go.bug.st/serial"
)

// wired is a serial port of the operating system.
//
// The rule that prevents deadlock: nothing holds mu while it waits for the
// line. Writes run in a goroutine of their own, because a write that the
// system has blocked (flow control, a pty that nobody reads) cannot be called
// back, and Close must not wait for it.
type wired struct {
	serial   serial.Port
	arrival  *arrival // nil: reads look again every slice
	released func()   // the name is free again

	mu       sync.Mutex
	deadline time.Time

	once    sync.Once
	done    chan struct{} // closed by Close, or when the board is gone
	writes  chan []byte   // to the writer; it answers on wrote
	wrote   chan error
	idle    chan struct{} // closed when the writer has ended
	writing sync.Mutex    // guards buf and the pairing of writes and wrote
	buf     [4096]byte
}

// slice is how long a read waits in the system at most, so that a new deadline
// reaches a waiting Read, where it cannot be interrupted.
const slice = 100 * time.Millisecond

func newWired(p serial.Port, released func()) *wired {
	w := &wired{serial: p, arrival: newArrival(p), released: released, done: make(chan struct{}),
		writes: make(chan []byte), wrote: make(chan error, 1), idle: make(chan struct{})}
	go w.writer()
	return w
}

func (w *wired) Read(p []byte) (int, error) {
	for {
		w.mu.Lock()
		deadline := w.deadline
		w.mu.Unlock()
		wait := slice
		if !deadline.IsZero() {
			wait = min(wait, max(0, time.Until(deadline)))
		}
		if w.isDone() {
			return 0, ErrGone
		}
		if w.arrival != nil && len(p) > 0 {
			wait = 0 // for what is there
			if some, err := w.arrival.wait(untilOrEver(deadline)); err != nil {
				return 0, w.lost(err)
			} else if !some {
				if !deadline.IsZero() && !time.Now().Before(deadline) && !w.isDone() {
					return 0, os.ErrDeadlineExceeded
				}
				continue // the deadline is another one, or the port was closed
			}
		}
		if err := w.serial.SetReadTimeout(wait); err != nil {
			return 0, w.lost(err)
		}
		n, err := w.serial.Read(p)
		switch {
		case w.isDone():
			return 0, ErrGone
		case err != nil:
			return 0, w.lost(err)
		case n > 0 || len(p) == 0:
			return n, nil
		case !deadline.IsZero() && !time.Now().Before(deadline):
			return 0, os.ErrDeadlineExceeded
		}
	}
}

// untilOrEver is how long it is until the deadline; less than 0 when there is none.
func untilOrEver(deadline time.Time) time.Duration {
	if deadline.IsZero() {
		return -1
	}
	return max(0, time.Until(deadline))
}

func (w *wired) Write(p []byte) (int, error) {
	w.writing.Lock()
	defer w.writing.Unlock()
	total := 0
	for total < len(p) {
		if w.isDone() {
			return total, ErrGone // a stuck writer may still be using buf
		}
		n := copy(w.buf[:], p[total:])
		select {
		case <-w.done:
			return total, ErrGone
		case w.writes <- w.buf[:n]:
		}
		select {
		case <-w.done:
			return total, ErrGone
		case err := <-w.wrote:
			if err != nil {
				return total, w.lost(err)
			}
		}
		total += n
	}
	if w.isDone() {
		return total, ErrGone
	}
	return total, nil
}

func (w *wired) writer() {
	defer close(w.idle)
	for {
		select {
		case <-w.done:
			return
		case p := <-w.writes:
			var err error
			for len(p) > 0 && err == nil {
				var n int
				n, err = w.serial.Write(p)
				p = p[max(0, n):]
				if isTemporary(err) {
					err = nil
				}
			}
			w.wrote <- err
		}
	}
}

func (w *wired) SetReadDeadline(t time.Time) error {
	if w.isDone() {
		return ErrGone
	}
	w.mu.Lock()
	w.deadline = t
	w.mu.Unlock()
	if w.arrival != nil {
		w.arrival.interrupt()
	}
	return nil
}

func (w *wired) SetBaud(rate int) error {
	if w.isDone() {
		return ErrGone
	}
	if err := w.serial.Drain(); err != nil && !isTemporary(err) {
		return w.lost(err)
	}
	if err := w.serial.SetMode(&serial.Mode{BaudRate: rate, DataBits: 8}); err != nil {
		if w.isDone() || isGone(err) {
			return w.lost(err)
		}
		return fmt.Errorf("port: %d baud: %w", rate, err)
	}
	return nil
}

func (w *wired) SetLines(dtr, rts bool) error {
	if w.isDone() {
		return ErrGone
	}
	err := setLines(w.serial, dtr, rts)
	switch {
	case err == nil:
		return nil
	case isNoLines(err):
		return ErrNoLines
	}
	return w.lost(err)
}

func (w *wired) Discard() error {
	if w.isDone() {
		return ErrGone
	}
	if err := w.serial.ResetInputBuffer(); err != nil {
		return w.lost(err)
	}
	return nil
}

func (w *wired) Close() error {
	w.once.Do(func() {
		close(w.done)
		if w.arrival != nil {
			w.arrival.close()
		}
		// What waits for the line will not be read by anybody; this also frees a blocked write.
		w.serial.ResetOutputBuffer()
		select {
		case <-w.idle:
			w.serial.Close()
		case <-time.After(200 * time.Millisecond):
			// Closing now could let the stuck write hit another file that gets
			// the same number. The system keeps the port until it lets go.
			go func() {
				<-w.idle
				w.serial.Close()
			}()
		}
		w.released()
	})
	return nil
}

func (w *wired) isDone() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// lost closes what does not work any more and says so.
func (w *wired) lost(cause error) error {
	if w.isDone() {
		return ErrGone
	}
	go w.Close() // not here: Close waits for the goroutine that may be calling
	<-w.done
	return fmt.Errorf("%w: %w", ErrGone, cause)
}
