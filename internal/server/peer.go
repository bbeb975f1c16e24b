package server

import (
	"context"
	"net"
)

// On a computer with several users, each of them can connect to a loopback port,
// and a browser gives the cookies of 127.0.0.1 to all of its ports, another
// user's as well. So where the system tells whose a connection is, only this
// user's and the administrator's are answered.

type peerKey struct{}

// withPeer notes in a connection's context whose it is.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, peerKey{}, ofAnotherUser(c.RemoteAddr(), c.LocalAddr()))
}

func anotherUser(ctx context.Context) bool {
	another, _ := ctx.Value(peerKey{}).(bool)
	return another
}
