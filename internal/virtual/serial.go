package virtual

import (
	"os"
	"sync/atomic"
	"time"

	"studioide/internal/port"
)

const (
	defaultRate = 115200
	lineBuffer  = 256 << 10 // bytes that a host can be ahead of the chip when there is no real timing
	hostBuffer  = 64 << 10  // bytes that a program can be ahead of the host
	systemTX    = 4096      // what an operating system's driver buffers before Write blocks
)

var errTimeout = os.ErrDeadlineExceeded

// serial is the host's end of the line: a port.Port.
type serial struct {
	b        *Board
	gone     atomic.Bool
	deadline time.Time // guarded by b.toHost.mu
}

var _ port.Port = (*serial)(nil)

// Open opens the board's serial port. One holder at a time: else problem
// port.busy; problem port.not-found while the board is unplugged.
func (b *Board) Open() (port.Port, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return nil, errSwitchedOff
	case !b.plugged:
		return nil, errUnplugged
	case b.host != nil:
		return nil, errOpenAlready
	}
	b.host = &serial{b: b}
	b.outputUnread.Store(false)
	b.hostRate = defaultRate
	b.toHost.clear()
	return b.host, nil
}

// detachLocked ends s, if it is the open port. b.mu is held.
func (b *Board) detachLocked(s *serial) {
	if s == nil || b.host != s {
		return
	}
	b.host = nil
	b.outputUnread.Store(true)
	s.gone.Store(true)
	b.setLinesLocked(false, false) // drivers release both lines on close
	b.toHost.wake()
	b.toChip.wake()
}

func (s *serial) dead() error {
	if s.gone.Load() {
		return port.ErrGone
	}
	return nil
}

func (s *serial) Read(p []byte) (int, error) {
	if err := s.dead(); err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, nil
	}
	var timer *time.Timer
	defer func() {
		if timer != nil {
			timer.Stop()
		}
	}()
	var armed time.Time
	data, err := s.b.toHost.receive(len(p), func() error {
		if s.gone.Load() {
			return port.ErrGone
		}
		if s.deadline.IsZero() {
			return nil
		}
		wait := time.Until(s.deadline)
		if wait <= 0 {
			return errTimeout
		}
		if armed != s.deadline {
			if timer != nil {
				timer.Stop()
			}
			armed = s.deadline
			timer = time.AfterFunc(wait, s.b.toHost.wake)
		}
		return nil
	})
	return copy(p, data), err
}

func (s *serial) Write(p []byte) (int, error) {
	sent := 0
	for {
		if err := s.dead(); err != nil {
			return sent, err
		}
		if sent == len(p) {
			return sent, nil
		}
		n := min(len(p)-sent, 32<<10)
		b := s.b
		b.mu.Lock()
		rate := b.hostRate
		b.mu.Unlock()
		if b.config.Timing {
			n = min(n, systemTX)
			if err := b.toChip.left(systemTX*b.perByte(rate), s.dead); err != nil {
				return sent, err
			}
		} else if err := b.toChip.room(lineBuffer, s.dead); err != nil {
			return sent, err
		}
		b.fromHost(append([]byte(nil), p[sent:sent+n]...))
		sent += n
	}
}

func (s *serial) SetReadDeadline(t time.Time) error {
	if err := s.dead(); err != nil {
		return err
	}
	s.b.toHost.mu.Lock()
	s.deadline = t
	s.b.toHost.changed.Broadcast()
	s.b.toHost.mu.Unlock()
	return nil
}

func (s *serial) SetBaud(rate int) error {
	if rate <= 0 || rate > 20_000_000 {
		return errBaud
	}
	if err := s.b.toChip.left(0, s.dead); err != nil {
		return err
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	if s.b.host == s {
		s.b.hostRate = rate
	}
	return s.dead()
}

func (s *serial) SetLines(dtr, rts bool) error {
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	if s.b.host != s {
		return port.ErrGone
	}
	s.b.setLinesLocked(dtr, rts)
	return nil
}

func (s *serial) Discard() error {
	if err := s.dead(); err != nil {
		return err
	}
	s.b.toHost.clear()
	return nil
}

func (s *serial) Close() error {
	s.b.mu.Lock()
	s.b.detachLocked(s)
	s.b.mu.Unlock()
	return nil
}

// usbByte is the time of one byte on the chip's own USB port, whatever the rate is set to: full speed's share that is seen in practice.
const usbByte = time.Second / 500_000

// perByte is the time of one byte on the board's line.
func (b *Board) perByte(rate int) time.Duration {
	if b.config.USB {
		return usbByte
	}
	return perByte(rate)
}

// perByte is the time of one byte: start bit, eight bits, stop bit.
func perByte(rate int) time.Duration { return 10 * time.Second / time.Duration(rate) }

// sameRate tells whether a receiver at one rate understands a sender at the other.
func sameRate(a, b int) bool { return 100*a <= 103*b && 100*b <= 103*a }

// fromHost puts bytes on the line to the chip; while the chip is not awake they are lost. It owns p.
func (b *Board) fromHost(p []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	per := time.Duration(0)
	if b.config.Timing {
		per = b.perByte(b.hostRate)
	}
	p, delay := b.faults.damage(p, &b.faults.ToChip, b.config.Timing && !b.config.USB && !sameRate(b.hostRate, b.chipRate))
	if b.cycle == nil {
		return
	}
	b.toChip.send(p, per, delay)
}

// fromChip puts bytes on the line to the host; without an open port they are lost. It owns p.
func (b *Board) fromChip(p []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.host == nil || b.faults.Silent {
		return
	}
	per := time.Duration(0)
	if b.config.Timing {
		per = b.perByte(b.chipRate)
	}
	p, delay := b.faults.damage(p, &b.faults.ToHost, b.config.Timing && !b.config.USB && !sameRate(b.hostRate, b.chipRate))
	b.toHost.send(p, per, delay)
}
