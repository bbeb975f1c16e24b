package bridge

import (
	"context"
	"slices"
	"sync"

	"studioide/internal/api"
)

// mostConnections is how many Connections there may be, the first included.
const mostConnections = 32

// Connections are Studio's own WebSockets. The first is always there and opens
// by itself; the others are opened by the user, to paths of the board or to
// servers that he has confirmed, and come back by themselves as well until they
// are closed. They are numbered from 1; a number is not used again. Methods are
// safe for concurrent use.
type Connections struct {
	c       ConsoleConfig
	changed func([]api.Socket) // called in order, with mu held; must not block or call back
	first   *Console

	mu        sync.Mutex // never held while a Console's methods are called: those hold their own lock when they tell a state
	more      []*connection
	last      int             // number that was given
	confirmed map[string]bool // addresses, for as long as the project is open
	stopped   bool
}

type connection struct {
	*Console
	number int
	state  api.Socket
}

// NewConnections returns Connections of which only the first is there, closed. c.State hears of it alone; changed
// (may be nil) gets the states of all others whenever one changes.
func NewConnections(c ConsoleConfig, changed func([]api.Socket)) *Connections {
	if changed == nil {
		changed = func([]api.Socket) {}
	}
	c.Number = 1
	return &Connections{c: c, changed: changed, first: NewConsole(c), last: 1, confirmed: map[string]bool{}}
}

// First is the connection that is always there.
func (s *Connections) First() *Console { return s.first }

// Get is the connection with that number; 0 is the first.
func (s *Connections) Get(number int) (*Console, error) {
	if number == 0 || number == 1 {
		return s.first, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.more {
		if c.number == number {
			return c.Console, nil
		}
	}
	return nil, errNoConnection.With(number)
}

// More are the states of all connections besides the first.
func (s *Connections) More() []api.Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moreLocked()
}

func (s *Connections) moreLocked() []api.Socket {
	out := make([]api.Socket, len(s.more))
	for i, c := range s.more {
		out[i] = c.state
	}
	return out
}

// Open opens another connection. A URL has to be confirmed by the user, once
// until Forget; confirmed says that he has done so now. What cannot be opened is
// not kept.
func (s *Connections) Open(ctx context.Context, to Target, confirmed bool) (api.Socket, error) {
	to, err := to.checked()
	if err != nil {
		return api.Socket{}, err
	}
	s.mu.Lock()
	switch {
	case s.stopped:
		err = errConsoleStopped
	case to.URL != "" && !confirmed && !s.confirmed[to.URL]:
		err = errUnconfirmed.With(to.URL)
	case len(s.more)+1 >= mostConnections:
		err = errManyConnections.With(mostConnections)
	}
	if err != nil {
		s.mu.Unlock()
		return api.Socket{}, err
	}
	if to.URL != "" {
		s.confirmed[to.URL] = true
	}
	s.last++
	c := &connection{number: s.last, state: api.Socket{State: "connecting", Path: to.Path, URL: to.URL, Conn: s.last}}
	config := s.c
	config.Number = c.number
	config.State = func(now api.Socket) {
		s.mu.Lock()
		defer s.mu.Unlock()
		c.state = now
		if slices.Contains(s.more, c) {
			s.changed(s.moreLocked())
		}
	}
	c.Console = NewConsole(config)
	s.more = append(s.more, c)
	s.changed(s.moreLocked())
	s.mu.Unlock()
	if err = c.Connect(ctx, to); err == nil {
		err = c.Auto(to)
	}
	if err != nil {
		s.drop(c)
		return api.Socket{}, err
	}
	return c.State(), nil
}

// Close closes a connection with a code and a reason, as Console.Close does. One
// that is not the first is gone then.
func (s *Connections) Close(number, code int, reason string) error {
	c, err := s.Get(number)
	if err != nil {
		return err
	}
	if err := c.Close(code, reason); err != nil || c == s.first {
		return err
	}
	s.mu.Lock()
	i := slices.IndexFunc(s.more, func(m *connection) bool { return m.Console == c })
	var gone *connection
	if i >= 0 {
		gone = s.more[i]
	}
	s.mu.Unlock()
	if gone != nil {
		s.drop(gone)
	}
	return nil
}

// drop ends a connection for good and takes it out of the list.
func (s *Connections) drop(c *connection) {
	c.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.more, c); i >= 0 {
		s.more = slices.Delete(s.more, i, i+1)
		s.changed(s.moreLocked())
	}
}

// Wake makes all that wait for the board try at once.
func (s *Connections) Wake() {
	s.mu.Lock()
	more := slices.Clone(s.more)
	s.mu.Unlock()
	s.first.Wake()
	for _, c := range more {
		c.Wake()
	}
}

// Forget closes what leads to servers, and asks again before it connects to them:
// another project is open, and whoever confirmed them for the one before did not mean this one.
func (s *Connections) Forget() {
	s.mu.Lock()
	s.confirmed = map[string]bool{}
	var gone []*connection
	for _, c := range s.more {
		if c.state.URL != "" {
			gone = append(gone, c)
		}
	}
	s.mu.Unlock()
	for _, c := range gone {
		s.drop(c)
	}
}

// Stop closes all of them for good and returns when nothing of them runs any more.
func (s *Connections) Stop() {
	s.mu.Lock()
	s.stopped = true
	more := slices.Clone(s.more)
	s.mu.Unlock()
	s.first.Stop()
	for _, c := range more {
		s.drop(c)
	}
}
