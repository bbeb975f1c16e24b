package web

// Events is a path at which pages listen: server-sent events, section 9.2 of the
// HTML standard. An answer that does not end, in lines of UTF-8.
type Events struct{ s *Server }

// serveEvents is nil as long as the program has no events; see routes.go.
var serveEvents func(s *Server, k *conn, e *Events, now int64)

// Events has pages listen at a path.
func (s *Server) Events(path string) *Events {
	serveEvents = (*Server).listenLocked
	e := &Events{s}
	s.route("GET "+path, nil, e)
	return e
}

// listenLocked begins the answer that does not end.
func (s *Server) listenLocked(k *conn, e *Events, now int64) {
	if k.req.method != methodHEAD && s.fullLocked() {
		s.fail(k, 503, now)
		return
	}
	k.last = true
	s.head(k, 200)
	s.allowOrigin(k)
	k.puts("Cache-Control: no-store\r\nContent-Type: text/event-stream\r\n\r\n")
	if k.req.method == methodHEAD {
		s.sent(k, now)
		return
	}
	k.puts(stillThere) // so that those in between pass the head on
	k.listens = e
	k.enter(stateEvents, now)
}

// stillThere is a comment, which pages do not hear of.
const stillThere = ":\n\n"

// listening says how many listen to e; nil: to any.
func (s *Server) listening(e *Events) (n int) {
	for _, k := range s.conns {
		if k.state == stateEvents && !k.lost && (e == nil || k.listens == e) {
			n++
		}
	}
	return n
}

// Listeners is how many pages listen.
func (e *Events) Listeners() int {
	e.s.loop.Lock()
	defer e.s.loop.Unlock()
	return e.s.listening(e)
}

// Send sends a text to all that listen. It is left out for those that have not
// taken the ones before, and for all when it is longer than a send buffer. False:
// it was, for somebody.
func (e *Events) Send(text string) (all bool) {
	s := e.s
	s.loop.Lock()
	defer s.loop.Unlock()
	all = true
	for _, k := range s.conns {
		if k.state != stateEvents || k.listens != e || k.lost {
			continue
		}
		if !k.putEvent(text) {
			s.flush(k)
			all = k.putEvent(text) && all
		}
		s.flush(k)
	}
	return all
}

// putEvent puts a text into the send buffer, if it fits. Each of its lines is one
// of the event's: what follows a line's end cannot be taken for anything else.
func (k *conn) putEvent(text string) bool {
	const begin = "data: "
	lines := 1
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' || text[i] == '\r' {
			lines++
		}
	}
	if len(text)+lines*len(begin)+2 > len(k.out)-k.outEnd {
		return false
	}
	k.puts(begin)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case c == '\n' || c == '\r':
			k.puts("\n" + begin)
		default:
			k.puts(text[i : i+1])
		}
	}
	k.puts("\n\n")
	return true
}
