package board

import (
	"strings"
	"studio/board/chars"
)

// routes are what the program answers itself: requests and WebSockets on paths
// of its own. A nil one is that of a program that answers nothing. Guarded by
// the server's lock.
type routes struct {
	requests  []requestRoute
	sockets   []socketRoute
	protocols []string // subprotocols, RFC 6455 section 1.9
	origin    string   // whose pages may ask, see AllowOrigin
	longest   *int     // of a query that is kept for the program
}

type requestRoute struct {
	method method // methodOther: every one
	path   string // with a slash at its end: everything below, too
	f      func(*Request)
}

type socketRoute struct {
	path string
	f    func(*Client, string)
}

// routed gives the server's routes for additions. The caller holds mu.
func (s *server) routed() *routes {
	if s.routes == nil {
		s.routes = &routes{longest: &s.limits.MaxRequest}
	}
	return s.routes
}

// These are nil as long as the program has none of what they are for, so that
// the code is only in programs that use it.
var (
	findSocket   func(t *routes, path []byte) *socketRoute
	readHeader   func(r *request, value []byte)
	serveRequest func(s *server, k *conn, now int64) bool
)

// most is how many bytes of a query the program wants.
func (t *routes) most() int {
	if t == nil || len(t.requests) == 0 {
		return 0
	}
	return *t.longest
}

// socket finds what belongs to a path of the program's own; nil: nothing.
func (t *routes) socket(path []byte) *socketRoute {
	if findSocket == nil || t == nil {
		return nil
	}
	return findSocket(t, path)
}

func (t *routes) findSocket(path []byte) *socketRoute {
	for i := range t.sockets {
		if t.sockets[i].path == chars.String(path) {
			return &t.sockets[i]
		}
	}
	return nil
}

// readHeader looks at headers that only programs with routes need.
func (r *request) readHeader(v []byte) {
	if r.program == nil {
		return
	}
	switch chars.String(r.name[:r.nname]) {
	case "sec-websocket-protocol":
		if r.accepts == 0 {
			r.accepts = r.program.protocol(v)
		}
	case "content-type":
		r.kind = string(v)
	}
}

// protocol finds the first one in a page's list that the program has named:
// its number, counted from 1, or 0.
func (t *routes) protocol(list []byte) int8 {
	for len(list) > 0 {
		var item []byte
		item, list = nextItem(list)
		for j, name := range t.protocols {
			if chars.String(item) == name {
				return int8(j + 1)
			}
		}
	}
	return 0
}

// OnSocket sets what is called for every text message on WebSockets that a page
// has opened at path, such as new WebSocket("ws://" + location.host + "/chat").
// These messages do not come to OnText, which is for all other paths; OnAccept,
// OnBinary and OnClosed hear of all WebSockets, and Client.Path says which one
// it is. BroadcastTo sends to those of one path.
//
//	board.OnSocket("/chat", func(from *board.Client, msg string) {
//		board.BroadcastTo("/chat", msg)
//	})
func OnSocket(path string, f func(from *Client, msg string)) {
	std.onSocket(withSlash(path), f)
}

func (s *server) onSocket(path string, f func(from *Client, msg string)) {
	s.Lock()
	defer s.Unlock()
	findSocket = (*routes).findSocket
	t := s.routed()
	if known := t.findSocket([]byte(path)); known != nil {
		known.f = f
		return
	}
	t.sockets = append(t.sockets, socketRoute{path, f})
}

// withSlash makes "chat" the path "/chat".
func withSlash(path string) string {
	if !strings.HasPrefix(path, "/") {
		return "/" + path
	}
	return path
}

// Protocols names the WebSocket subprotocols that the program speaks. A page
// asks for some with the second argument of new WebSocket, and gets the first
// that is named here, which Client.Protocol tells. Browsers close the WebSocket
// of a page that has asked for others only. At most 100 are kept.
func Protocols(names ...string) {
	std.speak(names[:min(len(names), 100)])
}

func (s *server) speak(protocols []string) {
	s.Lock()
	readHeader = (*request).readHeader
	s.routed().protocols = protocols
	s.Unlock()
}

// BroadcastTo sends a text message to every client of one path, such as "/chat".
// As with Broadcast, one that is too slow goes without it.
func BroadcastTo(path, msg string) { std.broadcast(path, &outgoing{text: msg, opcode: opText}) }
