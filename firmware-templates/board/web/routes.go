package web

import (
	"strings"

	"studio/board/chars"
)

// routes are what the program answers itself: requests and WebSockets on paths
// of its own. A nil one is that of a program that answers nothing. Guarded by
// the lock.
type routes struct {
	wanted
	requests []requestRoute
	sockets  []string // paths with a slash before them
	origin   string   // whose pages may ask, see AllowOrigin
}

type requestRoute struct {
	method method // methodOther: every one
	path   string // with a slash at its end: everything below, too
	f      func(*Exchange)
	events *Events // in place of f: pages listen
}

// routed gives the server's routes for additions. The caller holds the lock.
func (s *Server) routed() *routes {
	if s.routes == nil {
		s.routes = &routes{}
	}
	return s.routes
}

// These are nil as long as the program has none of what they are for, so that
// the code is only in programs that use it.
var (
	findSocket   func(t *routes, path []byte) int
	serveRequest func(s *Server, k *conn, now int64) bool
)

// OnRequest has f called for requests to a path: "/led", or "POST /led" for one
// method alone. It takes the place of an earlier one for the same.
func (s *Server) OnRequest(path string, f func(*Exchange)) { s.route(path, f, nil) }

func (s *Server) route(path string, f func(*Exchange), events *Events) {
	m := methodOther
	if name, rest, found := strings.Cut(path, " "); found {
		for i, known := range methodNames {
			if strings.EqualFold(name, known) {
				m = method(i)
			}
		}
		path = strings.TrimSpace(rest)
	}
	path = withSlash(path)
	s.loop.Lock()
	defer s.loop.Unlock()
	serveRequest, readHeader = (*Server).serveRequestLocked, (*request).readHeader
	t := s.routed()
	t.longest = &s.limits.MaxRequest
	for i := range t.requests {
		if known := &t.requests[i]; known.method == m && known.path == path {
			known.f, known.events = f, events
			return
		}
	}
	t.requests = append(t.requests, requestRoute{m, path, f, events})
}

// AllowOrigin lets pages of an origin, or of all ("*"), read what the program
// answers.
func (s *Server) AllowOrigin(origin string) {
	s.loop.Lock()
	s.routed().origin = origin
	s.loop.Unlock()
}

// OnSocketLocked takes WebSockets at a path of the program's own, and gives its
// number, counted from 1: the same one for the same path.
func (s *Server) OnSocketLocked(path string) (route int) {
	findSocket = (*routes).findSocket
	t := s.routed()
	path = withSlash(path)
	if known := t.findSocket([]byte(path)); known != 0 {
		return known
	}
	t.sockets = append(t.sockets, path)
	return len(t.sockets)
}

// Protocols names the WebSocket subprotocols that the program speaks, the first
// 100 of them.
func (s *Server) Protocols(names []string) {
	s.loop.Lock()
	readHeader = (*request).readHeader
	s.routed().protocols = names[:min(len(names), 100)]
	s.loop.Unlock()
}

// withSlash makes "chat" the path "/chat".
func withSlash(path string) string {
	if !strings.HasPrefix(path, "/") {
		return "/" + path
	}
	return path
}

// socket is the number of a path of the program's own; 0: it is none.
func (t *routes) socket(path []byte) int {
	if findSocket == nil || t == nil {
		return 0
	}
	return findSocket(t, path)
}

func (t *routes) findSocket(path []byte) int {
	for i, known := range t.sockets {
		if known == chars.String(path) {
			return i + 1
		}
	}
	return 0
}

// readHeader looks at headers that only programs with routes need.
func (r *request) readHeader(v []byte) {
	if r.wanted == nil {
		return
	}
	switch chars.String(r.name[:r.nname]) {
	case "sec-websocket-protocol":
		if r.accepts == 0 {
			r.accepts = r.wanted.protocol(v)
		}
	case "content-type":
		r.kind = string(v)
	}
}

// protocol finds the first one in a page's list that the program has named:
// its number, counted from 1, or 0.
func (w *wanted) protocol(list []byte) int8 {
	for len(list) > 0 {
		var item []byte
		item, list = nextItem(list)
		for j, name := range w.protocols {
			if chars.String(item) == name {
				return int8(j + 1)
			}
		}
	}
	return 0
}
