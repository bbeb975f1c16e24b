package devfstest

import (
	"maps"
	"slices"

	"studio/link"
)

// WiFi is a Board's radio: it joins at once, or not. Change it in Board.Do.
type WiFi struct {
	Networks map[string]string // name: password
	Address  [4]byte           // that it gets in each of them
	Blind    bool              // it cannot look for networks
	SSID     string            // what it knows
	Password string
	State    byte // link.Net…
	Reason   byte
}

// network is the service of section Network.
func (b *Board) network(op byte, r *link.Reader, w *link.Writer) link.Status {
	n := b.config.WiFi
	if n == nil {
		return link.StatusUnsupported
	}
	switch op {
	case link.OpNetStatus:
		n.put(w)
	case link.OpNetScan:
		event := link.Writer{B: make([]byte, 0, 500)}
		if n.Blind {
			event.U8(byte(link.StatusUnsupported))
		} else {
			event.U8(byte(link.StatusDone))
			for _, name := range slices.Sorted(maps.Keys(n.Networks)) {
				event.Str(name)
				event.U8(0xC8) // -56 dBm
				event.U8(map[bool]byte{true: link.NetSecure, false: link.NetOpen}[n.Networks[name] != ""])
				event.U8(6)
			}
		}
		b.pipe.Send(link.ChannelCalls, []byte{0, link.EventScanned}, event.B)
	case link.OpNetJoin:
		ssid, password := string(r.Str()), string(r.Str())
		if ssid == "" || password != "" && len(password) < 8 {
			return link.StatusBadArgument
		}
		n.SSID, n.Password = ssid, password
		right, there := n.Networks[ssid]
		switch {
		case !there:
			n.State, n.Reason = link.NetFailed, link.NetNotFound
		case right != password:
			n.State, n.Reason = link.NetFailed, link.NetPassword
		default:
			n.State, n.Reason = link.NetJoined, link.NetNoReason
		}
		b.tellNetwork()
	case link.OpNetForget:
		n.SSID, n.Password, n.State, n.Reason = "", "", link.NetAccessPoint, link.NetNoReason
		b.tellNetwork()
	}
	return link.StatusDone
}

// tellNetwork sends the event that says how the network is.
func (b *Board) tellNetwork() {
	event := link.Writer{B: make([]byte, 0, 200)}
	b.config.WiFi.put(&event)
	b.pipe.Send(link.ChannelCalls, []byte{0, link.EventNet}, event.B)
}

// NetworkChanged tells Studio what the test has made of the WiFi.
func (b *Board) NetworkChanged() { b.Do(b.tellNetwork) }

func (n *WiFi) put(w *link.Writer) {
	w.U8(n.State)
	w.U8(n.Reason)
	switch n.State {
	case link.NetJoined:
		w.U8(0xC8)
		w.Bytes(n.Address[:])
	case link.NetAccessPoint, link.NetFailed:
		w.U8(0)
		w.Bytes([]byte{192, 168, 4, 1})
	default:
		w.U8(0)
		w.Bytes(make([]byte, 4))
	}
	w.Str(n.SSID)
	w.Str("studio-1a2b")
	if n.State == link.NetAccessPoint || n.State == link.NetFailed {
		w.Str("Studio-1A2B")
	} else {
		w.Str("")
	}
}
