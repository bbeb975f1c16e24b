package board

import (
	"studio/board/sizes"
	"testing"
)

func TestLimitsThatCannotBe(t *testing.T) {
	l := Limits{MaxMessage: 5_000_000, Clients: -1, Sockets: 1}
	preset(&l.MaxMessage, "MaxMessage", 256, 1<<20)
	preset(&l.Clients, "Clients", 6, 1000)
	preset(&l.Line, "Line", 256, 1<<16)
	if l != (Limits{MaxMessage: 1 << 20, Clients: 6, Sockets: 1, Line: 256}) {
		t.Errorf("%+v", l)
	}
	for _, c := range []struct {
		wanted, sockets, left int
		message, are          int
	}{
		{256, 8, -1, 256, 8},
		{1 << 20, 64, -1, 1 << 20, 64},
		{256, 8, 10 * 8 * (sizes.Receive + sizes.Send + 1024), 256, 8},
		{65536, 8, 4 * 8 * (sizes.Receive + sizes.Send + 512), sizes.Receive + sizes.Send + 512, 8},
		{256, 100, 20 * (sizes.Receive + sizes.Send + 512 + 256), 256, 10},
		{1 << 20, 100, 1000, 256, 2},
	} {
		l := Limits{MaxMessage: c.wanted, Sockets: c.sockets}
		if l.fit(c.left); l.MaxMessage != c.message || l.Sockets != c.are {
			t.Errorf("%+v: %d bytes, %d connections", c, l.MaxMessage, l.Sockets)
		}
	}
}
