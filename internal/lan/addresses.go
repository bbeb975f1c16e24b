package lan

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// network is an interface of this computer, as far as the choice needs it.
type network struct {
	name  string
	flags net.Flags
	addrs []netip.Addr
}

// made are the beginnings of names of networks that exist inside of this computer only.
var made = []string{"docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "vethernet", "podman", "cni", "lxc"}

// local chooses the addresses at which devices of the same network find this
// computer: private ones of networks that are up. Addresses of the internet are
// left out, as are tunnels (a VPN leads into somebody else's network) and
// networks inside of this computer. first is the one that this computer uses
// itself; it comes first.
func local(list []network, first netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, n := range list {
		name := strings.ToLower(n.name)
		if n.flags&net.FlagUp == 0 || n.flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 ||
			slices.ContainsFunc(made, func(begin string) bool { return strings.HasPrefix(name, begin) }) {
			continue
		}
		for _, a := range n.addrs {
			if a = a.Unmap(); a.IsPrivate() || a.Is4() && a.IsLinkLocalUnicast() {
				out = append(out, a)
			}
		}
	}
	rank := func(a netip.Addr) int {
		switch {
		case a == first:
			return 0
		case a.Is4() && a.IsPrivate():
			return 1
		case a.Is4():
			return 2
		}
		return 3
	}
	slices.SortStableFunc(out, func(a, b netip.Addr) int { return rank(a) - rank(b) })
	return slices.Compact(out)
}

// networks are this computer's.
func networks() []network {
	list, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var out []network
	for _, i := range list {
		n := network{name: i.Name, flags: i.Flags}
		addrs, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				n.addrs = append(n.addrs, p.Addr().Unmap())
			}
		}
		out = append(out, n)
	}
	return out
}

// outward is the address that this computer uses for what is elsewhere. Nothing is sent to find that out.
func outward() netip.Addr {
	c, err := net.Dial("udp4", "192.0.2.1:9") // an address for documentation, RFC 5737
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	a, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

// gone tells that one of the addresses is not this computer's any more.
func gone(listening []netip.AddrPort, list []network) bool {
	for _, l := range listening {
		if !slices.ContainsFunc(list, func(n network) bool { return slices.Contains(n.addrs, l.Addr()) }) && !l.Addr().IsLoopback() {
			return true
		}
	}
	return false
}

// ParseAddress reads "192.168.1.5" or "192.168.1.5:8443" or "[fd00::5]:8443"; port 0, or none, is any free one.
func ParseAddress(s string) (netip.AddrPort, error) {
	at, err := netip.ParseAddrPort(s)
	if err != nil {
		a, err := netip.ParseAddr(strings.Trim(s, "[]"))
		if err != nil {
			return netip.AddrPort{}, errAddress.With(s).Because(err)
		}
		at = netip.AddrPortFrom(a, 0)
	}
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	if at.Addr().IsUnspecified() {
		return netip.AddrPort{}, errAddressAll.With(s)
	}
	if at.Addr().Zone() != "" || at.Addr().IsMulticast() {
		return netip.AddrPort{}, errAddress.With(s)
	}
	return at, nil
}
