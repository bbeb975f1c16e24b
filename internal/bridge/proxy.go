package bridge

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync"
	"time"

	"studioide/internal/api"
	"studioide/internal/httpbody"
	"studioide/internal/outgoing"
	"studioide/ui/src/words/say"
)

// Config says what a Proxy does. Dial is needed, everything else has a default.
//
// Emit, Problem and Loaded are called from many goroutines at a time and must
// not block.
type Config struct {
	Dial Dialer

	Emit    func(api.Message)                           // WebSocket traffic and console output of pages; nil: nobody watches
	Problem func(page string, wrong api.Diagnostic)     // what went wrong inside a page, named by its project file; Source is "page"; nil: only Emit hears of it
	Loaded  func(path string)                           // a page was opened: what Problem said about this page is history; nil: nobody cares
	File    func(url string) string                     // project file of a URL path; nil: "/led.html" is "www/led.html", "/" is "www/index.html"
	Source  func(path string) (content string, ok bool) // text of a project file, to find the line of an address; nil: lines that browsers do not tell stay unknown
	Hosts   []string                                    // other names of the board: "192.168.4.1", "board.local"
	Owner   string                                      // whose pages these are, a word: what they keep in the browser is kept apart by it; "": nobody's
	Framers []string                                    // origins that may show the board's pages in a frame, besides themselves; nil: all

	MaxConns      int           // HTTP connections open to the board; 0: 4
	MaxSockets    int           // WebSockets of pages open to the board; 0: 64, more than a board has
	QueueTimeout  time.Duration // for a free connection; 0: 10 s
	DialTimeout   time.Duration // 0: 5 s
	AnswerTimeout time.Duration // from request to answer's header; 0: 20 s
	IdleTimeout   time.Duration // without a byte in the middle of an answer; 0: 60 s
	MaxData       int           // bytes of a message that are kept for Emit; 0: 1 MB

	now func() time.Time
}

// Proxy is a board's own origin on this computer. Its methods are safe for
// concurrent use.
type Proxy struct {
	c       Config
	slots   slots
	sockets slots
	reverse *httputil.ReverseProxy
	tran    *http.Transport

	ctx    context.Context // ends with Close
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	port     int
	owner    string
	clear    map[string]bool // hosts whose next page takes away what was kept at this port before
	server   *http.Server
	open     []net.Listener
	closed   bool
	hosts    []string
	nextConn int
	conns    map[net.Conn]struct{} // of tunnels, to close
	places   placeMemory
	calls    callMemory
	quota    quota
	up       upState
	patience time.Duration // see holdTime
}

var errClosed = errors.New("bridge: proxy is closed")

// How long the body of a request to the board may stand still, and take in all.
var (
	bodyStall = 30 * time.Second
	bodyTotal = 5 * time.Minute
)

// NewProxy returns a proxy that does not listen yet.
func NewProxy(c Config) *Proxy {
	set := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	set(&c.QueueTimeout, 10*time.Second)
	set(&c.DialTimeout, 5*time.Second)
	set(&c.AnswerTimeout, 20*time.Second)
	set(&c.IdleTimeout, 60*time.Second)
	if c.MaxConns <= 0 {
		c.MaxConns = 4
	}
	if c.MaxSockets <= 0 {
		c.MaxSockets = 64
	}
	if c.MaxData <= 0 {
		c.MaxData = maxData
	}
	if c.Emit == nil {
		c.Emit = func(api.Message) {}
	}
	if c.Problem == nil {
		c.Problem = func(string, api.Diagnostic) {}
	}
	if c.Loaded == nil {
		c.Loaded = func(string) {}
	}
	if c.Source == nil {
		c.Source = func(string) (string, bool) { return "", false }
	}
	if c.File == nil {
		c.File = func(url string) string { return projectFile(url, c.Source) }
	}
	if c.now == nil {
		c.now = time.Now
	}
	p := &Proxy{c: c, slots: make(slots, c.MaxConns), sockets: make(slots, c.MaxSockets),
		owner: c.Owner, hosts: c.Hosts, patience: holdTime, conns: map[net.Conn]struct{}{}}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	p.quota = newQuota()
	p.tran = &http.Transport{
		DialContext:            func(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx) },
		DisableCompression:     true,
		MaxConnsPerHost:        c.MaxConns,
		MaxIdleConnsPerHost:    2, // a small board wants its connections back
		IdleConnTimeout:        4 * time.Second,
		ResponseHeaderTimeout:  c.AnswerTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		WriteBufferSize:        2 << 10,
		ReadBufferSize:         4 << 10,
	}
	p.reverse = &httputil.ReverseProxy{
		Rewrite:        p.rewrite,
		Transport:      roundTripper{p},
		FlushInterval:  -1, // what the board says is seen at once
		ErrorLog:       log.New(io.Discard, "", 0),
		ModifyResponse: p.modify,
		ErrorHandler:   p.fail,
	}
	return p
}

// dial opens a connection to the board, which ends with the proxy at the latest.
func (p *Proxy) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	return dialBoard(ctx, p.c.Dial, p.c.DialTimeout)
}

// Listen starts serving on 127.0.0.1 and ::1 (where there is IPv6), on port if
// it is free on both, else on any other. 0 means any.
func (p *Proxy) Listen(port int) error {
	listeners, port, err := listenLoopback(port)
	if err != nil {
		return noPort(err)
	}
	p.mu.Lock()
	if p.closed || p.server != nil {
		p.mu.Unlock()
		for _, l := range listeners {
			l.Close()
		}
		if p.closed {
			return errClosed
		}
		return errors.New("bridge: proxy listens already")
	}
	p.port = port
	p.server = &http.Server{
		Handler:           httpbody.Limit(p, bodyStall, bodyTotal),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    1 << 20, // cookies of the whole host come along; few go on to the board
		ErrorLog:          log.New(io.Discard, "", 0),
		BaseContext:       func(net.Listener) context.Context { return p.ctx },
	}
	p.serveLocked(listeners)
	p.mu.Unlock()
	return nil
}

func (p *Proxy) serveLocked(listeners []net.Listener) {
	p.open = listeners
	server := p.server
	p.wg.Add(len(listeners))
	for _, l := range listeners {
		outgoing.Own(l)
		go func() {
			defer p.wg.Done()
			server.Serve(l)
		}()
	}
}

// Move gives the origin to another owner: on port, if it is free, else on any
// other; 0 means any. What is open to pages of the one before ends. It returns
// the port.
func (p *Proxy) Move(port int, owner string) (int, error) {
	p.mu.Lock()
	here, same := p.port, p.owner == owner
	p.mu.Unlock()
	if same && (port == 0 || port == here) {
		return here, nil
	}
	var listeners []net.Listener
	if port == 0 || port != here {
		var err error
		if listeners, port, err = listenLoopback(port); err != nil {
			return 0, noPort(err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.server == nil {
		for _, l := range listeners {
			l.Close()
		}
		return 0, errClosed
	}
	p.owner, p.clear = owner, nil
	if listeners != nil {
		for _, l := range p.open {
			l.Close()
		}
		p.port = port
		p.serveLocked(listeners)
	}
	for c := range p.conns {
		c.Close()
	}
	return port, nil
}

// Clear makes the next page take away what another owner's pages kept in browsers at this port.
func (p *Proxy) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear = map[string]bool{"localhost": true, "127.0.0.1": true, "[::1]": true}
}

// clears reports whether the answer to r is such a page.
func (p *Proxy) clears(r *http.Request) bool {
	if r.Header.Get("Sec-Fetch-Mode") != "navigate" || outsideOf(r) != "" {
		return false // another device has kept nothing of this computer's
	}
	name, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
	if strings.HasPrefix(r.Host, "[") {
		name = "[::1]"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clear[name]
	delete(p.clear, name)
	return now
}

func noPort(err error) error {
	return errListen.Because(err)
}

// listenLoopback opens the same port on both loopback addresses. One without
// the other would let another program answer for "localhost".
func listenLoopback(port int) ([]net.Listener, int, error) {
	var last error
	for try := 0; try < 32; try++ {
		four, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			last = err
			if port == 0 {
				break
			}
			port = 0
			continue
		}
		got := four.Addr().(*net.TCPAddr).Port
		six, err := net.Listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(got)))
		if err == nil {
			return []net.Listener{four, six}, got, nil
		}
		if !hasIPv6() {
			return []net.Listener{four}, got, nil
		}
		last, port = err, 0
		four.Close()
	}
	return nil, 0, last
}

// hasIPv6 reports whether ::1 can be listened on at all.
func hasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// Port is the port that Listen got, 0 before.
func (p *Proxy) Port() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.port
}

// URL is the board's origin with a slash: "http://localhost:43117/"; "" before Listen.
func (p *Proxy) URL() string {
	port := p.Port()
	if port == 0 {
		return ""
	}
	return "http://localhost:" + strconv.Itoa(port) + "/"
}

// SetHosts replaces Config.Hosts, for a board that got an address.
func (p *Proxy) SetHosts(hosts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hosts = hosts
}

// Reset forgets connections to the board that wait for their next request. To
// be called when the board was restarted.
func (p *Proxy) Reset() {
	p.tran.CloseIdleConnections()
	p.up.forget()
}

// Close ends all connections and returns when nothing of the proxy runs any more.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	server := p.server
	p.mu.Unlock()
	p.cancel(errClosed)
	if server != nil {
		server.Close()
	}
	p.mu.Lock()
	for c := range p.conns {
		c.Close()
	}
	p.mu.Unlock()
	p.tran.CloseIdleConnections()
	p.wg.Wait()
	p.tran.CloseIdleConnections()
	return nil
}

// enter counts a request, so that Close can wait for it.
func (p *Proxy) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.wg.Add(1)
	return true
}

// track remembers connections to be ended by Close; false: it is over already.
func (p *Proxy) track(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	for _, c := range conns {
		p.conns[c] = struct{}{}
	}
	return true
}

func (p *Proxy) untrack(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.conns, c)
	}
}

// ServeHTTP checks who asks and passes requests on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.enter() {
		panic(http.ErrAbortHandler)
	}
	defer p.wg.Done()
	if !p.ownHost(r.Host) {
		// DNS rebinding: a foreign name that points to this computer.
		http.Error(w, "This address belongs to a board in Studio and answers only to "+p.URL()+".", http.StatusMisdirectedRequest)
		return
	}
	if r.Method == http.MethodConnect || r.Method == http.MethodTrace || r.URL.Path == "*" || !strings.HasPrefix(r.URL.Path, "/") {
		http.Error(w, "Boards do not answer this kind of request.", http.StatusMethodNotAllowed)
		return
	}
	if isUpgrade(r) {
		p.serveSocket(w, r)
		return
	}
	if r.Header.Get("Service-Worker") != "" {
		// At its own address, which is plain HTTP, a board's page can have none
		// either; here one would go on answering for boards that come later.
		p.refuse(w, say.BridgeThePageAskedForService(cutText(r.URL.Path, 100)))
		return
	}
	if why := p.foreign(r); why != "" {
		p.refuse(w, why)
		return
	}
	if strings.HasPrefix(r.URL.Path, ownPrefix) || r.URL.Path+"/" == ownPrefix {
		switch r.URL.Path {
		case pagePath:
			p.serveScript(w, r)
		case reportPath:
			p.serveReport(w, r)
		case upPath:
			p.serveUp(w, r)
		default:
			http.NotFound(w, r)
		}
		return
	}
	if to := p.canonical(r); to != "" {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		return
	}
	p.serveHalfClosed(w, r)
}

// projectFile is Config.File's default.
func projectFile(url string, source func(string) (string, bool)) string {
	if url == "" || strings.HasSuffix(url, "/") {
		short := "www/" + strings.TrimLeft(url, "/") + "index.htm"
		if _, ok := source(short); ok {
			if _, ok := source(short + "l"); !ok {
				return short
			}
		}
		return short + "l"
	}
	return "www/" + strings.TrimLeft(url, "/")
}
