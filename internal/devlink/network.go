package devlink

import (
	"context"
	"net/netip"
	"time"

	"studio/link"
)

// Network is a board's own Wi-Fi.
type Network struct {
	State       byte // link.Net…
	Reason      byte // link.Net…: why it is not in the network
	RSSI        int  // dBm; 0: not known
	Address     netip.Addr
	SSID        string // of the network that it knows
	Name        string // mDNS, without .local
	AccessPoint string // its own, while that is open
}

// Seen is a network that the board has found.
type Seen struct {
	SSID    string
	RSSI    int
	Secure  byte // link.NetOpen, NetSecure or NetUnknown
	Channel int  // 0: not known
}

// netCall is Call with the answers that boards give about networks in words.
func (c *Conn) netCall(ctx context.Context, op byte, args []byte) ([]byte, error) {
	b, err := c.Call(ctx, op, args)
	switch {
	case HasStatus(err, link.StatusUnsupported):
		return nil, ErrNoWiFi.Because(err)
	case HasStatus(err, link.StatusBadArgument):
		return nil, errBadLogin.Because(err)
	case HasStatus(err, link.StatusRefused):
		return nil, errNoRadio.Because(err)
	}
	return b, err
}

// Network asks how the board's Wi-Fi is; wifi.none when it has none. From then
// on the board tells changes (see WatchNetwork).
func (c *Conn) Network(ctx context.Context) (Network, error) {
	b, err := c.netCall(ctx, link.OpNetStatus, nil)
	if err != nil {
		return Network{}, err
	}
	n, ok := decodeNetwork(b)
	if !ok {
		return n, errVersion
	}
	return n, nil
}

func decodeNetwork(b []byte) (Network, bool) {
	r := link.Reader{B: b}
	n := Network{State: r.U8(), Reason: r.U8(), RSSI: int(int8(r.U8()))}
	if ip := r.Bytes(4); len(ip) == 4 {
		n.Address = netip.AddrFrom4([4]byte(ip))
	}
	n.SSID, n.Name, n.AccessPoint = string(r.Str()), string(r.Str()), string(r.Str())
	return n, !r.Short
}

// WatchNetwork calls f for every change that the board tells (see Watch).
func (c *Conn) WatchNetwork(f func(Network)) (stop func()) {
	return c.Watch(link.EventNet, func(b []byte) {
		if n, ok := decodeNetwork(b); ok {
			f(n)
		}
	})
}

// scanTimeout is more than any radio takes to listen on all channels.
const scanTimeout = 20 * time.Second

// Scan has the board look for networks, which takes seconds; strongest first.
func (c *Conn) Scan(ctx context.Context) ([]Seen, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, scanTimeout, ErrNoAnswer)
	defer cancel()
	result := make(chan []byte, 1)
	stop := c.Watch(link.EventScanned, func(b []byte) {
		select {
		case result <- b:
		default:
		}
	})
	defer stop()
	if _, err := c.netCall(ctx, link.OpNetScan, nil); err != nil {
		return nil, err
	}
	var b []byte
	select {
	case b = <-result:
	case <-c.Down():
		return nil, errRestarted
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	r := link.Reader{B: b}
	switch link.Status(r.U8()) {
	case link.StatusDone:
	case link.StatusUnsupported:
		return nil, errNoScan
	default:
		return nil, errScanFailed
	}
	list := []Seen{}
	for len(r.B) > 0 {
		s := Seen{SSID: string(r.Str()), RSSI: int(int8(r.U8())), Secure: r.U8(), Channel: int(r.U8())}
		if r.Short {
			return nil, errVersion
		}
		list = append(list, s)
	}
	return list, nil
}

// Join has the board store the network and join it. What comes of it is told
// by Network and WatchNetwork.
func (c *Conn) Join(ctx context.Context, ssid, password string) error {
	w := link.Writer{B: make([]byte, 0, 520)}
	w.Str(ssid)
	w.Str(password)
	if len(ssid) > link.MaxSSID || len(password) > link.MaxPassword {
		return errBadLogin
	}
	_, err := c.netCall(ctx, link.OpNetJoin, w.B)
	return err
}

// Forget has the board forget its network and open its own access point.
func (c *Conn) Forget(ctx context.Context) error {
	_, err := c.netCall(ctx, link.OpNetForget, nil)
	return err
}
