package lan

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/httpbody"
	"studioide/internal/outgoing"
)

// Options are what the user may say about it.
type Options struct {
	Addresses []netip.AddrPort // to listen at; nil: those of this computer's local networks
	Cert, Key string           // files of the user's own certificate; "": one is made here
}

// Check reads the user's certificate, so that what is wrong with it is told early.
func (o Options) Check() error {
	if o.Cert == "" && o.Key == "" {
		return nil
	}
	_, err := loadCertificate(o.Cert, o.Key, time.Now())
	return err
}

// Config of a Server. Page and Changed are called from many goroutines at a time.
type Config struct {
	Options
	Store   Store
	Page    func(w http.ResponseWriter, r *http.Request, origin string) // answers a device that is in; origin is that of its page: "https://192.168.1.5:8443"
	Changed func()                                                      // State has changed; from one goroutine, not after Close has returned
	Ended   func(s *Server, why error)                                  // it has to end, by Close; in a goroutine of its own

	now func() time.Time
}

// Server shows the board's page to devices of the local network. Its methods are
// safe for concurrent use.
type Server struct {
	c         Config
	cert      certificate
	listening []netip.AddrPort
	hosts     []string // as browsers write them, in the order in which they are shown
	http      *http.Server
	conns     conns
	dirty     chan struct{}
	done      chan struct{}
	wg        sync.WaitGroup
	closing   sync.Once

	mu      sync.Mutex
	lock    lock
	devices devices
}

// How often it is looked whether this computer still has its addresses.
const lookEvery = 5 * time.Second

// How long the body of a request may stand still, and take in all.
var (
	bodyStall = 30 * time.Second
	bodyTotal = 5 * time.Minute
)

// Start begins to listen, with a new code.
func Start(c Config) (*Server, error) {
	if c.now == nil {
		c.now = time.Now
	}
	if c.Changed == nil {
		c.Changed = func() {}
	}
	if c.Ended == nil {
		c.Ended = func(*Server, error) {}
	}
	wanted := c.Addresses
	if len(wanted) == 0 {
		for _, a := range local(networks(), outward()) {
			wanted = append(wanted, netip.AddrPortFrom(a, 0))
		}
	}
	if len(wanted) == 0 {
		return nil, errNoNetwork
	}
	s := &Server{c: c, lock: newLock(), dirty: make(chan struct{}, 1), done: make(chan struct{})}
	s.conns.open, s.conns.of = map[*conn]struct{}{}, map[netip.Addr]int{}
	var err error
	if c.Cert != "" || c.Key != "" {
		s.cert, err = loadCertificate(c.Cert, c.Key, c.now())
	} else {
		var addrs []netip.Addr
		for _, w := range wanted {
			addrs = append(addrs, w.Addr())
		}
		s.cert, err = localCertificate(c.Store, addrs, c.now())
	}
	if err != nil {
		return nil, err
	}
	listeners, err := s.listen(wanted)
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:                      httpbody.Limit(s, bodyStall, bodyTotal),
		ReadHeaderTimeout:            10 * time.Second, // the TLS handshake has as long
		IdleTimeout:                  20 * time.Second, // a page that is closed is soon seen to be
		MaxHeaderBytes:               64 << 10,
		ErrorLog:                     log.New(io.Discard, "", 0),
		DisableGeneralOptionsHandler: true, // nothing is answered before the cookie was looked at
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, below(c))
		},
	}
	// HTTP/2 is not offered: the board's WebSockets are tunnelled byte for byte.
	secure := &tls.Config{Certificates: []tls.Certificate{s.cert.Certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	for _, l := range listeners {
		counted := &listener{Listener: l, conns: &s.conns, left: s.left, own: s.isOwn}
		s.wg.Go(func() { s.http.Serve(tls.NewListener(counted, secure)) })
	}
	s.wg.Go(s.telling)
	s.wg.Go(s.watching)
	return s, nil
}

// listen opens the addresses, at one port if that can be had.
func (s *Server) listen(wanted []netip.AddrPort) ([]net.Listener, error) {
	var list []net.Listener
	// Tablets go without saying goodbye.
	config := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}}
	config.SetMultipathTCP(false)
	port := uint16(0)
	for _, w := range wanted {
		at := w
		if at.Port() == 0 {
			at = netip.AddrPortFrom(w.Addr(), port)
		}
		l, err := config.Listen(context.Background(), "tcp", at.String())
		if err != nil && at != w {
			l, err = config.Listen(context.Background(), "tcp", w.String())
		}
		if err != nil {
			for _, l := range list {
				l.Close()
			}
			return nil, errListen.With(w.String()).Because(err)
		}
		got := l.Addr().(*net.TCPAddr).AddrPort()
		got = netip.AddrPortFrom(got.Addr().Unmap(), got.Port())
		port = got.Port()
		outgoing.Own(l) // no program of a board is to come in here
		list = append(list, l)
		s.listening = append(s.listening, got)
	}
	for _, name := range s.cert.names() {
		s.hosts = append(s.hosts, hostOf(name, s.listening[0].Port()))
	}
	for _, at := range s.listening {
		s.hosts = append(s.hosts, hostOf(at.Addr().String(), at.Port()))
	}
	return list, nil
}

// hostOf is how browsers write a host with its port.
func hostOf(name string, port uint16) string {
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port == 443 {
		return name
	}
	return name + ":" + strconv.Itoa(int(port))
}

// isOwn checks a Host header: one of the addresses that are shown.
func (s *Server) isOwn(host string) bool { return slices.Contains(s.hosts, strings.ToLower(host)) }

// State is what the user is shown.
func (s *Server) State() api.LAN {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := api.LAN{On: true, Fingerprint: s.cert.fingerprint(), OwnCertificate: s.cert.own, Expires: s.cert.Leaf.NotAfter.UnixMilli(), Wrong: s.lock.wrong}
	for _, h := range s.hosts {
		state.Addresses = append(state.Addresses, "https://"+h+"/")
	}
	if !s.lock.isShut() {
		state.Code = s.lock.code
	}
	for _, d := range s.devices {
		state.Devices = append(state.Devices, api.LANDevice{Name: d.name, Address: d.addr.String(), Since: d.since.UnixMilli(), Seen: d.seen.UnixMilli(), Connected: d.open > 0})
	}
	return state
}

// NewCode makes another code. Devices that are in stay.
func (s *Server) NewCode() {
	s.mu.Lock()
	s.lock = newLock()
	s.mu.Unlock()
	s.tell()
}

// tell makes Changed be called soon. It never blocks.
func (s *Server) tell() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

func (s *Server) telling() {
	for {
		select {
		case <-s.done:
			return
		case <-s.dirty:
			s.c.Changed()
		}
	}
}

// watching ends it when this computer goes into another network: who is there has not been asked about.
func (s *Server) watching() {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-ticker.C:
			if s.look(networks()) {
				return
			}
		}
	}
}

// look tells whether it has ended, because this computer has only these networks now.
func (s *Server) look(now []network) bool {
	if !gone(s.listening, now) {
		return false
	}
	go s.c.Ended(s, errEnded)
	return true
}

// Close hangs up on everybody, at once, and returns when nobody is listened to
// any more. Handlers of requests that were under way end soon after.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.done)
		s.conns.end() // first: without it, TLS would say goodbye to those who do not listen
		s.http.Close()
	})
	s.wg.Wait()
}
