package library

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

var errNotPublic = errors.New("not an address on the internet")

// special are networks that are not the internet's, besides those that netip
// knows (IANA's registries of special-purpose addresses).
var special = func() (nets []netip.Prefix) {
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fec0::/10"} {
		nets = append(nets, netip.MustParsePrefix(s))
	}
	return nets
}()

// public reports whether an address is one of the internet's.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, n := range special {
		if n.Contains(a) {
			return false
		}
	}
	return true
}

// guarded dials public addresses only. The check comes after the name was
// resolved and right before the connection, so a name that changes its address
// in between gains nothing.
var guarded = &net.Dialer{
	Timeout: 10 * time.Second,
	Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !public(a.Addr()) {
			return errNotPublic
		}
		return nil
	},
}
