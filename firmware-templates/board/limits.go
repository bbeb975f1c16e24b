package board

import (
	"studio/board/chars"
	"studio/board/sizes"
)

// Limits bound what the server keeps in memory. A zero field means its default.
// One that is higher than possible, also because a board has too little memory
// (each of its connections needs room for a message), is lowered when the server
// starts, which the console then says.
type Limits struct {
	MaxMessage int // longest WebSocket message that is taken, in bytes (256; at most 1 MB = 1048576)
	Clients    int // WebSocket clients at a time (32, on a microcontroller 6; at most 1024)
	Sockets    int // connections at a time, those for pages included (64, on a microcontroller 8; at most 1024)
	Line       int // longest line from the console, in bytes (256; at most 65536); what is longer arrives in pieces
	MaxRequest int // longest query, and longest body, of a request for OnRequest, in bytes (1024; at most 65536)
}

// Configure sets the limits. Call it before Serve or Start.
//
// Limits: before Serve or Start only; later it changes nothing and says so. Each
// connection takes memory for a message of MaxMessage bytes.
func Configure(l Limits) { std.configure(l) }

func (s *server) configure(l Limits) {
	s.Lock()
	started := s.started
	if !started {
		s.limits = l
	}
	s.Unlock()
	if started {
		println("board.Configure comes too late: call it before board.Serve or board.Start.")
	}
}

// preset makes a limit one that can be kept, and says so when it is another one
// than the program wants.
func preset(v *int, name string, def, most int) {
	switch wanted := *v; {
	case wanted == 0:
		*v = def
	case wanted < 0:
		*v = def
		warnLimit(name, wanted, def)
	case wanted > most:
		*v = most
		warnLimit(name, wanted, most)
	}
}

func warnLimit(name string, wanted, is int) {
	var w, i [10]byte
	sign := ""
	if wanted < 0 {
		sign, wanted = "-", -wanted
	}
	println("board.Configure: " + name + " cannot be " + sign + chars.Decimal(&w, uint32(min(wanted, 1<<30))) + ". It is " + chars.Decimal(&i, uint32(is)) + ".")
}

// fit lowers the limits when all connections together would need more than half
// of the memory that is left: it is better said now than found out by a page.
func (l *Limits) fit(left int) {
	if left < 0 {
		return
	}
	const each = sizes.Receive + sizes.Send + 512 // of a connection, beside its message
	if most := left/2/l.Sockets - each; l.MaxMessage > max(most, 256) {
		println("There is not enough memory for so long messages on so many connections (see board.Limits, Sockets).")
		wanted := l.MaxMessage
		l.MaxMessage = max(most, 256)
		warnLimit("MaxMessage", wanted, l.MaxMessage)
	}
	if most := max(left/2/(l.MaxMessage+each), 2); l.Sockets > most {
		println("There is not enough memory for so many connections.")
		wanted := l.Sockets
		l.Sockets = most
		warnLimit("Sockets", wanted, most)
	}
}
