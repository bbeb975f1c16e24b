package session

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"studio/link"
	"studioide/internal/api"
	"studioide/internal/devlink"
)

// The board's own Wi-Fi. What it tells is shown; its address is used once the
// board has answered there by its name, since in another network the same
// address may be another device's.

const (
	probeTimeout = 2 * time.Second
	probeAgain   = 15 * time.Second // while the address does not answer
	dialTimeout  = time.Second      // for an address that has answered before
)

// webPort is where a board's own server listens.
var webPort uint16 = 80

var (
	netStates  = [...]string{"none", "starting", "ap", "joining", "joined", "failed"}
	netReasons = [...]string{"", "password", "notFound", "noAddress", "lost", "other"}
)

// wifiOf puts what a board tells into the page's words.
func wifiOf(n devlink.Network) api.WiFi {
	w := api.WiFi{State: "none", SSID: n.SSID, RSSI: n.RSSI, AP: n.AccessPoint}
	if int(n.State) < len(netStates) {
		w.State = netStates[n.State]
	}
	if int(n.Reason) < len(netReasons) {
		w.Reason = netReasons[n.Reason]
	}
	if n.Address.IsValid() && !n.Address.IsUnspecified() {
		w.Address = n.Address.String()
	}
	if n.Name != "" {
		w.Name = n.Name + ".local"
	}
	return w
}

func webAddress(n devlink.Network) string { return netip.AddrPortFrom(n.Address, webPort).String() }

// network follows the board's Wi-Fi until stop is called. A board without any is left alone.
type network struct {
	s      *Session
	ctx    context.Context
	conn   *devlink.Conn
	end    func()
	noWiFi bool
	asked  chan struct{} // a probe is under way when full
	again  time.Time     // when to probe again
	tried  netip.Addr
}

func (s *Session) followNetwork(ctx context.Context, conn *devlink.Conn) *network {
	n := &network{s: s, conn: conn, asked: make(chan struct{}, 1)}
	var cancel context.CancelFunc
	n.ctx, cancel = context.WithCancel(ctx)
	unwatch := conn.WatchNetwork(n.got)
	n.end = func() { unwatch(); cancel() }
	return n
}

// ask asks how it is.
func (n *network) ask() {
	if n.noWiFi {
		return
	}
	ctx, cancel := context.WithTimeout(n.ctx, statusTimeout)
	defer cancel()
	now, err := n.conn.Network(ctx)
	if devlink.HasStatus(err, link.StatusUnsupported) {
		n.noWiFi = true
	}
	if err == nil {
		n.got(now)
	}
}

// got publishes what the board tells, and tries an address that is new.
func (n *network) got(now devlink.Network) {
	if n.ctx.Err() != nil {
		return
	}
	w := wifiOf(now)
	n.s.update(func(b *api.Board) {
		if n.s.state.is != api.BoardRunning || n.s.target.Virtual != nil {
			return
		}
		b.WiFi = w
		if w.State != "joined" || b.Address != webAddress(now) {
			setAddress(b, "")
		}
	})
	if w.State != "joined" || n.s.State().Address != "" {
		return
	}
	select {
	case n.asked <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-n.asked }()
		n.probe(now)
	}()
}

// probe lets the address be used if it is this board's.
func (n *network) probe(now devlink.Network) {
	if now.Address == n.tried && time.Now().Before(n.again) {
		return
	}
	n.tried, n.again = now.Address, time.Now().Add(probeAgain)
	address := webAddress(now)
	if !answersAs(n.ctx, "http://"+address+"/.studio", now.Name) {
		return
	}
	n.s.update(func(b *api.Board) {
		if b.WiFi.State == "joined" && b.WiFi.Address == now.Address.String() && n.s.state.is == api.BoardRunning {
			setAddress(b, address)
		}
	})
}

// answersAs tells whether what is at url says that name.
func answersAs(ctx context.Context, url, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, 64))
	return err == nil && answer.StatusCode == http.StatusOK && name != "" && strings.TrimSpace(string(b)) == name
}

// dialNetwork connects to the board's own address. A real board's that does not
// answer is not tried again until it has been probed.
func (s *Session) dialNetwork(ctx context.Context, address string) (net.Conn, error) {
	d := net.Dialer{}
	if s.target.Virtual == nil {
		d.Timeout = dialTimeout
	}
	c, err := d.DialContext(ctx, "tcp", address)
	if err == nil || ctx.Err() != nil || s.target.Virtual != nil {
		return c, err
	}
	s.update(func(b *api.Board) {
		if b.Address == address {
			setAddress(b, "")
		}
	})
	return nil, err
}

// linked is the open link, or a problem that says why there is none.
func (s *Session) linked() (*devlink.Conn, error) {
	s.mu.Lock()
	conn, linked := s.conn, s.known.Link
	s.mu.Unlock()
	if conn != nil && linked {
		return conn, nil
	}
	if _, err := s.Files(); err != nil {
		return nil, err
	}
	return nil, s.notConnected()
}

// ScanWiFi has the board look for networks. It takes seconds.
func (s *Session) ScanWiFi(ctx context.Context) ([]api.WiFiNetwork, error) {
	conn, err := s.linked()
	if err != nil {
		return nil, err
	}
	seen, err := conn.Scan(ctx)
	if err != nil {
		return nil, err
	}
	list := []api.WiFiNetwork{}
	for _, n := range seen {
		list = append(list, api.WiFiNetwork{SSID: n.SSID, RSSI: n.RSSI, Secure: n.Secure != link.NetOpen, Channel: n.Channel})
	}
	return list, nil
}

// JoinWiFi gives the board a network and its password, which it keeps. What comes of it is told by the board's state.
func (s *Session) JoinWiFi(ctx context.Context, ssid, password string) error {
	return s.changeWiFi(ctx, func(ctx context.Context, conn *devlink.Conn) error { return conn.Join(ctx, ssid, password) })
}

// ForgetWiFi has the board forget its network and open its own access point.
func (s *Session) ForgetWiFi(ctx context.Context) error {
	return s.changeWiFi(ctx, func(ctx context.Context, conn *devlink.Conn) error { return conn.Forget(ctx) })
}

// changeWiFi is an action: the board stores what it is told where a push writes, too.
func (s *Session) changeWiFi(ctx context.Context, change func(context.Context, *devlink.Conn) error) error {
	return s.act(ctx, func(ctx context.Context) error {
		conn, err := s.linked()
		if err != nil {
			return err
		}
		if err := change(ctx, conn); err != nil {
			return err
		}
		return s.AskWiFi(ctx)
	})
}

// AskWiFi brings the board's state up to date in what it says of its Wi-Fi.
func (s *Session) AskWiFi(ctx context.Context) error {
	conn, err := s.linked()
	if err != nil {
		return err
	}
	now, err := conn.Network(ctx)
	if devlink.HasStatus(err, link.StatusUnsupported) {
		return nil
	}
	if err != nil {
		return err
	}
	s.update(func(b *api.Board) { b.WiFi = wifiOf(now) })
	return nil
}
