// Package outgoing opens the connections that a program on the virtual board
// asks for. Such a program cannot connect to anything itself; Studio does it for
// it, to addresses that the user has allowed and to no others, and never to a
// port at which Studio itself listens.
package outgoing

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Why a connection is not made.
var (
	ErrAsk    = errors.New("the user has not allowed it")
	ErrOwn    = errors.New("it is Studio itself that is there")
	ErrNoHost = errors.New("there is no such host")
	ErrNobody = errors.New("nobody listens there")
	ErrSilent = errors.New("nobody answers there")
)

const (
	dialTimeout     = 8 * time.Second
	mostAsked       = 8   // addresses that the user is asked about at a time
	mostConnections = 32  // open at a time
	longestAddress  = 260 // bytes
)

// own are the ports at which this process listens, or has.
var own sync.Map

// Own says that l is a listener of Studio's, which no program may connect to. A
// port stays Studio's until it ends.
func Own(l net.Listener) {
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		own.Store(uint16(a.Port), true)
	}
}

// Dialer is what one virtual board may connect to. The zero value allows nothing.
// Its methods may be called from any goroutine.
type Dialer struct {
	telling sync.Mutex // taken before mu
	changed func(asked []string)

	mu      sync.Mutex
	allowed map[string]bool // false: the user does not want to be asked again
	asked   []string
	open    map[net.Conn]string
}

// Parse checks an address and gives it the form in which it is compared: a name
// in small letters or an IP address, and a port.
func Parse(address string) (string, error) {
	bad := ErrAddress.With(strconv.QuoteToASCII(address[:min(len(address), 100)]))
	host, port, err := net.SplitHostPort(address)
	if err != nil || len(address) > longestAddress {
		return "", bad
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", bad
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" {
			return "", bad
		}
		host = ip.Unmap().String()
	} else {
		host = strings.ToLower(strings.TrimSuffix(host, "."))
		for _, c := range host {
			if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_') {
				return "", bad
			}
		}
		if host == "" {
			return "", bad
		}
	}
	return net.JoinHostPort(host, strconv.Itoa(int(n))), nil
}

// Dial opens a connection that a program asks for. Its errors are those above.
func (d *Dialer) Dial(ctx context.Context, address string) (net.Conn, error) {
	address, err := Parse(address)
	if err != nil {
		return nil, ErrNoHost
	}
	if err := d.ask(address); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := connect(ctx, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.allowed[address] || len(d.open) >= mostConnections { // taken back meanwhile
		conn.Close()
		return nil, ErrAsk
	}
	if d.open == nil {
		d.open = map[net.Conn]string{}
	}
	c := &connection{TCPConn: conn, d: d}
	d.open[c] = address
	return c, nil
}

// ask notes that a program wants to connect there; nil: it may.
func (d *Dialer) ask(address string) error {
	d.mu.Lock()
	may, known := d.allowed[address]
	news := !known && !slices.Contains(d.asked, address) && len(d.asked) < mostAsked
	if news {
		d.asked = append(d.asked, address)
	}
	d.mu.Unlock()
	if news {
		d.tell()
	}
	if !may {
		return ErrAsk
	}
	return nil
}

// Listen has changed called with what Asked gives whenever that is something
// else, in order, and once now. It must not block, and not call the Dialer.
func (d *Dialer) Listen(changed func(asked []string)) {
	d.telling.Lock()
	d.changed = changed
	d.telling.Unlock()
	d.tell()
}

func (d *Dialer) tell() {
	d.telling.Lock()
	defer d.telling.Unlock()
	if d.changed != nil {
		d.changed(d.Asked())
	}
}

// connect connects to what a name means now, and to nothing that is Studio's.
func connect(ctx context.Context, address string) (*net.TCPConn, error) {
	host, port, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(port)
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return nil, ErrNoHost
	}
	var why error = ErrSilent
	for _, ip := range found {
		ip = ip.Unmap()
		if _, ours := own.Load(uint16(n)); ours && here(ip) {
			return nil, ErrOwn
		}
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(ip, uint16(n)).String())
		if err == nil {
			return conn.(*net.TCPConn), nil
		}
		if ctx.Err() == nil {
			why = ErrNobody
		}
	}
	return nil, why
}

// here reports whether ip leads to this computer. When that cannot be found out, it may.
func here(ip netip.Addr) bool {
	if ip.IsLoopback() || ip.IsUnspecified() {
		return true
	}
	its, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, a := range its {
		if n, ok := a.(*net.IPNet); ok {
			if of, ok := netip.AddrFromSlice(n.IP); ok && of.Unmap() == ip.WithZone("") {
				return true
			}
		}
	}
	return false
}

// Allow lets programs connect to an address, until Forget; not allowed, its
// connections end, and the user is not asked about it again.
func (d *Dialer) Allow(address string, allowed bool) error {
	address, err := Parse(address)
	if err != nil {
		return err
	}
	d.mu.Lock()
	i := slices.Index(d.asked, address)
	if _, known := d.allowed[address]; !known && i < 0 {
		d.mu.Unlock()
		return ErrNotAsked.With(address)
	}
	if d.allowed == nil {
		d.allowed = map[string]bool{}
	}
	d.allowed[address] = allowed
	if i >= 0 {
		d.asked = slices.Delete(d.asked, i, i+1)
	}
	if !allowed {
		d.cutLocked(func(to string) bool { return to == address })
	}
	d.mu.Unlock()
	d.tell()
	return nil
}

// Asked are the addresses that programs want to connect to and that the user has not said anything about.
func (d *Dialer) Asked() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.asked)
}

// Forget takes back what was allowed, and ends what is open: another project is
// open, and whoever allowed it for the one before did not mean this one.
func (d *Dialer) Forget() {
	d.mu.Lock()
	d.allowed, d.asked = nil, nil
	d.cutLocked(func(string) bool { return true })
	d.mu.Unlock()
	d.tell()
}

func (d *Dialer) cutLocked(which func(to string) bool) {
	for c, to := range d.open {
		if which(to) {
			c.(*connection).TCPConn.Close()
		}
	}
}

// connection is one that is open.
type connection struct {
	*net.TCPConn
	d *Dialer
}

func (c *connection) Close() error {
	c.d.mu.Lock()
	delete(c.d.open, c)
	c.d.mu.Unlock()
	return c.TCPConn.Close()
}
