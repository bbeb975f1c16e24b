package session

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"studioide/internal/api"
	"studioide/internal/flasher/uf2"
	"studioide/internal/port"
)

// A board whose USB is its own leaves the bus when it is reset or flashed. It
// is the same board when it is back, also under another name.

// returnTimeout is how long a board may take from its reset to its port.
const returnTimeout = 10 * time.Second

// lastSeen is where the board was when it was last seen. Who acts owns it.
type lastSeen struct {
	known  bool
	was    api.Port
	around []api.Port // all ports that there were
}

// Ports lists where boards may be: the system's serial ports, and boards that
// wait for a program as drives.
func Ports() ([]api.Port, error) {
	list, err := port.List()
	return append(list, uf2.Waiting()...), err
}

// PortsInUse is Ports, and says of each whether another program has it open.
// That takes longer: it is for when somebody wants to know.
func PortsInUse() ([]api.Port, error) {
	list, err := Ports()
	port.FillHolders(list)
	return list, err
}

const (
	lookSeldom = 30 * time.Second // where ports and drives announce themselves
	lookOften  = 2 * time.Second  // where the system does not tell
	lookNamed  = time.Second      // at what STUDIO_PORTS and STUDIO_VOLUMES name, which may be anything anywhere
)

// WatchPorts gives the list of Ports at once and again whenever it has changed, until ctx ends.
func WatchPorts(ctx context.Context) <-chan []api.Port {
	ports, told := port.Announce(ctx)
	drives, both := uf2.Announce(ctx)
	interval := lookSeldom
	if !told || !both {
		interval = lookOften
	}
	if os.Getenv("STUDIO_PORTS") != "" || os.Getenv("STUDIO_VOLUMES") != "" {
		interval = lookNamed
	}
	return port.Watch(ctx, interval, Ports, ports, drives)
}

// openPort opens the board's port, wherever it is now. The caller acts.
func (s *Session) openPort(ctx context.Context) (port.Port, error) {
	name := s.State().Port
	p, err := s.target.Open(ctx, name)
	if s.target.Virtual != nil {
		return p, err
	}
	now, listErr := Ports()
	if errors.Is(err, port.ErrNotFound) && listErr == nil {
		here := slices.IndexFunc(now, func(p api.Port) bool {
			return p.Name == name || name == uf2.Anywhere && uf2.IsPlace(p.Name)
		})
		if here >= 0 { // as a drive; its port will be a new one
			s.lastSeen = lastSeen{known: true, was: api.Port{Name: name, VID: now[here].VID}, around: now}
			return nil, err
		}
		if other, ok := s.elsewhere(now); ok && other != name {
			if p, err = s.target.Open(ctx, other); err == nil {
				name = other
				s.update(func(b *api.Board) { b.Port = other })
			}
		}
	}
	if err == nil {
		s.lastSeen = lastSeen{around: now}
		if i := slices.IndexFunc(now, func(p api.Port) bool { return p.Name == name }); i >= 0 {
			s.lastSeen.was, s.lastSeen.known = now[i], now[i].VID != ""
		}
	}
	return p, err
}

// expectFrom remembers what is around a place where a board waits, or is about
// to wait, as a drive: its port will be a new one. The caller acts.
func (s *Session) expectFrom(name string) {
	if now, err := Ports(); err == nil && uf2.IsPlace(name) {
		s.lastSeen = lastSeen{known: true, was: api.Port{Name: name, VID: uf2.VID}, around: now}
	}
}

// elsewhere finds the board at another port than it was. Where the system does
// not tell who made what is at a port, only a board that was a drive is followed.
func (s *Session) elsewhere(now []api.Port) (name string, ok bool) {
	if !s.lastSeen.known {
		return "", false
	}
	now = slices.DeleteFunc(slices.Clone(now), func(p api.Port) bool { return uf2.IsPlace(p.Name) })
	if name, ok = port.Returned(s.lastSeen.was, s.lastSeen.around, now); !ok {
		return "", false
	}
	vid := now[slices.IndexFunc(now, func(p api.Port) bool { return p.Name == name })].VID
	return name, vid == s.lastSeen.was.VID || vid == "" && uf2.IsPlace(s.lastSeen.was.Name)
}

// comeBack waits for the port of a board that is starting, and attaches to it. The caller acts.
func (s *Session) comeBack(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, returnTimeout)
	defer cancel()
	for {
		p, err := s.openPort(ctx) // any error may pass: the system gives the right to use a new port a moment later
		if err == nil {
			s.attach(p)
			return nil
		}
		select {
		case <-ctx.Done():
			if errors.Is(err, port.ErrNotFound) {
				err = errNotBack.Because(err)
			}
			s.absent(err)
			s.Retry()
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// waitsAsDrive tells whether the board is not at its port because it waits in its bootloader, which is a drive.
func (s *Session) waitsAsDrive(err error) bool {
	m, e := s.method("")
	if e != nil || !m.Drive() || !errors.Is(err, port.ErrNotFound) {
		return false
	}
	if _, e := m.Identify(s.ctx, nil); e != nil {
		return false
	}
	s.learn(func(now state) state { return now.stopped(s.lastFlashed == nil) }, nil)
	return true
}
