package session

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"

	"studioide/internal/api"
	"studioide/internal/bridge"
	"studioide/internal/netfault"
)

// startBridge makes the ways to the running program: its pages' origin and the message console.
func (s *Session) startBridge(c Config) error {
	s.messages = bridge.NewLog(bridge.LogConfig{Record: c.Record, Emit: func(m []api.Message) { s.send(api.Event{Message: &m}) }})
	s.sockets = bridge.NewConnections(bridge.ConsoleConfig{Dial: s.Dial, Emit: s.logMessage,
		State: func(now api.Socket) { s.send(api.Event{Socket: &now}) }},
		func(more []api.Socket) { s.send(api.Event{Sockets: &more}) })
	if c.Pages == nil {
		return nil
	}
	s.proxy = bridge.NewProxy(bridge.Config{Dial: s.Dial, Emit: s.messages.Add, Owner: c.Pages.Owner, Framers: c.Pages.Framers,
		Problem: c.Pages.Problem, Loaded: c.Pages.Loaded, Source: c.Pages.Source})
	if err := s.proxy.Listen(c.Pages.Port); err != nil {
		s.closeBridge()
		return err
	}
	s.path, s.owner = "/ws", c.Pages.Owner
	return s.sockets.First().Auto(bridge.Target{Path: s.path})
}

// PagePort is where the board's pages are served, 0 when they are not.
func (s *Session) PagePort() int {
	if s.proxy == nil {
		return 0
	}
	return s.proxy.Port()
}

// MovePages serves the board's pages for another owner, at port if that is free (0: at any), and returns the port.
func (s *Session) MovePages(port int, owner string) (int, error) {
	if s.proxy == nil {
		return 0, nil
	}
	s.mu.Lock()
	other := s.owner != owner
	s.owner = owner
	s.mu.Unlock()
	if other {
		go s.sockets.Forget() // servers may be slow to say goodbye
		if s.target.Dialer != nil {
			s.target.Dialer.Forget()
		}
	}
	port, err := s.proxy.Move(port, owner)
	if err != nil {
		return 0, err
	}
	s.learn(func(is state) state { return is }, func(b *api.Board) {
		if b.PageURL != "" {
			b.PageURL = s.proxy.URL()
		}
	})
	return port, nil
}

// ServePage answers a device of the local network that was let in by origin, "https://192.168.1.5:8443", as the board's pages
// are answered on this computer. Nothing else of the session is reached by it. false: no pages are served.
func (s *Session) ServePage(w http.ResponseWriter, r *http.Request, origin string) bool {
	if s.proxy == nil {
		return false
	}
	s.proxy.ServeOutside(w, r, origin)
	return true
}

// ClearPages makes the next page take away what another owner's pages kept in browsers at this port.
func (s *Session) ClearPages() {
	if s.proxy != nil {
		s.proxy.Clear()
	}
}

// hostsOf are the names that a page may use for the board in a network.
func hostsOf(b api.Board) []string {
	var hosts []string
	if host, _, err := net.SplitHostPort(b.Address); err == nil {
		if ip, err := netip.ParseAddr(host); err == nil && !ip.IsLoopback() {
			hosts = append(hosts, host)
		}
	}
	for _, name := range []string{b.WiFi.Address, b.WiFi.Name} {
		if name != "" {
			hosts = append(hosts, name)
		}
	}
	return hosts
}

// logMessage takes what the message console has to say. That it cannot connect while no
// program runs goes without saying: the board's state tells why.
func (s *Session) logMessage(m api.Message) {
	if m.Kind == "error" && m.Conn == 1 && s.State().State != api.BoardRunning {
		return
	}
	s.messages.Add(m)
}

func (s *Session) closeBridge() {
	s.sockets.Stop()
	if s.proxy != nil {
		s.proxy.Close()
	}
	s.messages.Close()
}

// reconnectPages is called when a program answers: connections to the one before it are
// worth nothing, and the message console opens again unless the user closed it.
func (s *Session) reconnectPages() {
	if s.proxy == nil {
		return
	}
	s.proxy.Reset()
	s.mu.Lock()
	path := s.path
	s.mu.Unlock()
	if !s.sockets.First().State().Auto && path != "" {
		s.sockets.First().Auto(bridge.Target{Path: path}) // the path has worked before
	}
	s.sockets.Wake()
}

// Connect opens the message console's WebSocket at path, now and whenever a program starts, until Disconnect.
func (s *Session) Connect(ctx context.Context, path string) error {
	if err := s.sockets.First().Connect(ctx, bridge.Target{Path: path}); err != nil {
		return err
	}
	s.mu.Lock()
	s.path = path
	s.mu.Unlock()
	return nil
}

// Disconnect closes the message console's WebSocket, and keeps it closed.
func (s *Session) Disconnect(code int, reason string) error {
	if err := s.sockets.First().Close(code, reason); err != nil {
		return err
	}
	s.mu.Lock()
	s.path = ""
	s.mu.Unlock()
	return nil
}

// Messages is the log of the message console and of the page's own traffic.
func (s *Session) Messages() *bridge.Log { return s.messages }

// Sockets are the message console's WebSockets. The first is opened and closed by Connect and Disconnect.
func (s *Session) Sockets() *bridge.Connections { return s.sockets }

// Dial connects to the HTTP and WebSocket server of the board's program: over the network where it has one, else over the cable.
// A fault that was ordered is in between, see SetFault.
func (s *Session) Dial(ctx context.Context) (net.Conn, error) {
	c, err := s.network.Dial(ctx, s.dialBoard)
	if errors.Is(err, netfault.ErrCut) {
		return nil, errNetworkCut
	}
	return c, err
}

func (s *Session) dialBoard(ctx context.Context) (net.Conn, error) {
	b := s.State()
	if b.Address != "" {
		c, err := s.dialNetwork(ctx, b.Address)
		if err == nil {
			return c, nil
		}
		s.log.Info("the board's address does not answer; trying the cable", "address", b.Address, "err", err)
	}
	conn, err := s.linked()
	if err != nil {
		return nil, err
	}
	return conn.Dial(ctx)
}
