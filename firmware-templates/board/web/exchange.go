package web

import (
	"strings"
	"studio/board/chars"
)

// Exchange is a request and what the program answers. Strings that it gives
// belong to the program.
type Exchange struct {
	method      method
	Path        string // without the query
	Query       string // without the ?
	ContentType string
	Body        string

	Status     int  // 0: 200, or 204 when there is no answer
	Replied    bool // there is an answer
	AnswerType string
	Answer     string
	Location   string // where the browser is to go on; "": nowhere
}

// Method is the request's, such as "GET".
func (x *Exchange) Method() string { return methodNames[x.method] }

// serveRequestLocked is what OnRequest puts into the variable of the same name: it
// finds out whose a request is, reads its body, has it answered, and sends the
// answer in pieces.
func (s *Server) serveRequestLocked(k *conn, now int64) bool {
	switch k.state {
	case stateBody:
		return s.readBodyLocked(k, now)
	case stateReply:
		return s.sendReply(k, now)
	}
	r := &k.req
	rt, other := s.routes.request(s, r)
	switch {
	case rt == nil && !other:
		return false
	case r.method == methodOPTIONS:
		s.preflight(k, now)
		return true
	case rt == nil:
		k.last = true
		s.head(k, 405)
		s.allow(k)
		const text = "This program answers other methods here: look at its board.OnRequest.\n"
		k.puts("Content-Type: text/plain; charset=utf-8\r\nContent-Length: ")
		k.putNumber(uint32(len(text)))
		k.puts("\r\n\r\n")
		if r.method != methodHEAD {
			k.puts(text)
		}
		s.sent(k, now)
		return true
	case r.says&saysTransferCoding != 0:
		s.refuse(k, 411, now, "The request comes in chunks. A board needs to know its length first: send a Content-Length.")
		return true
	case r.length > int64(s.limits.MaxRequest):
		s.tooLong(k, 413, "The request's body has ", uint32(min(r.length, 1<<31)), now)
		return true
	case r.nquery > len(r.query):
		s.tooLong(k, 414, "The request's query has ", uint32(r.nquery), now)
		return true
	}
	if rt.events != nil {
		serveEvents(s, k, rt.events, now)
		return true
	}
	k.last = !r.keepAlive()
	k.asked = &Exchange{method: r.method, Path: string(r.path[:r.npath]), Query: string(r.query), ContentType: r.kind}
	if k.asked.method == methodHEAD {
		k.asked.method = methodGET // only the answer is another one: without its body
	}
	if r.length == 0 {
		s.callLocked(k, rt, now)
		return true
	}
	if r.says&saysContinue != 0 && r.says&saysHTTP11 != 0 {
		k.puts("HTTP/1.1 100 Continue\r\n\r\n")
	}
	k.body = make([]byte, 0, r.length)
	k.enter(stateBody, now)
	return true
}

// request finds the callback for a request. other: there is one for its path,
// but for another method.
func (t *routes) request(s *Server, r *request) (found *requestRoute, other bool) {
	if t == nil {
		return nil, false
	}
	path := chars.String(r.path[:r.npath])
	m := r.method
	if m == methodHEAD {
		m = methodGET
	}
	best := -1 // how much of the path the best one so far names; a method makes it better
	for i := range t.requests {
		rt := &t.requests[i]
		exact := rt.path == path
		if !exact && !(strings.HasSuffix(rt.path, "/") && strings.HasPrefix(path, rt.path)) {
			continue
		}
		if rt.method != methodOther && rt.method != m || m == methodOther {
			other = true
			continue
		}
		worth := 2 * len(rt.path)
		if rt.method != methodOther {
			worth++
		}
		if worth > best {
			found, best = rt, worth
		}
	}
	if found != nil && found.path == path || m != methodGET {
		return found, other
	}
	if found == nil && !other {
		return nil, false
	}
	// A file wins over what is for everything below a path, and over a
	// callback for another method.
	file, redirect, there := s.Files.lookup(r.path[:r.npath], true)
	if there {
		file.release()
	}
	if there || redirect {
		return nil, false
	}
	return found, other
}

// readBodyLocked takes what has arrived of a request's body.
func (s *Server) readBodyLocked(k *conn, now int64) bool {
	if !k.fill(now) {
		if k.eof {
			k.lost = true
		}
		return k.eof
	}
	n := min(k.inEnd-k.inPos, cap(k.body)-len(k.body))
	k.body = append(k.body, k.in[k.inPos:k.inPos+n]...)
	k.inPos += n
	if len(k.body) < cap(k.body) {
		return true
	}
	k.asked.Body = chars.String(k.body) // nobody writes to it any more
	k.body = nil
	if rt, _ := s.routes.request(s, &k.req); rt != nil {
		s.callLocked(k, rt, now)
	}
	return true
}

// callLocked has the program answer.
func (s *Server) callLocked(k *conn, rt *requestRoute, now int64) {
	k.enter(stateReply, now)
	q, f := k.asked, rt.f
	k.asked = nil
	s.program.AnswerLocked(f, q)
	s.begin(k, q, s.loop.Now())
}

// begin writes the head of the program's answer.
func (s *Server) begin(k *conn, q *Exchange, now int64) {
	k.req.length = 0 // the body has been read
	if q.Status == 0 {
		q.Status = 200
		if !q.Replied {
			q.Status = 204
		}
	}
	if len(q.AnswerType)+len(q.Location)+len(s.routes.origin) > len(k.out)-256 {
		s.fail(k, 500, now)
		return
	}
	s.head(k, q.Status)
	s.allowOrigin(k)
	k.puts("Cache-Control: no-store\r\n")
	if q.Location != "" {
		k.puts("Location: ")
		k.putLine(q.Location)
	}
	if q.Status == 204 || q.Status == 304 {
		k.puts("\r\n")
		s.sent(k, now)
		return
	}
	if q.AnswerType != "" {
		k.puts("Content-Type: ")
		k.putLine(q.AnswerType)
	}
	k.puts("Content-Length: ")
	k.putNumber(uint32(len(q.Answer)))
	k.puts("\r\n\r\n")
	if k.req.method != methodHEAD {
		k.reply = q.Answer
	}
}

// sendReply moves the answer into the send buffer.
func (s *Server) sendReply(k *conn, now int64) bool {
	n := copy(k.out[k.outEnd:], k.reply)
	k.outEnd += n
	if k.reply = k.reply[n:]; k.reply == "" {
		s.sent(k, now)
		return true
	}
	return n > 0
}

// putLine ends a header; a line end within it would begin another one.
func (k *conn) putLine(value string) {
	for i := 0; i < len(value); i++ {
		if value[i] >= ' ' && value[i] != 0x7F {
			k.puts(value[i : i+1])
		}
	}
	k.puts("\r\n")
}

// preflight answers OPTIONS, with which a browser asks before it sends what a
// page of elsewhere wants sent (CORS), or a person what there is.
func (s *Server) preflight(k *conn, now int64) {
	s.head(k, 204)
	s.allow(k)
	s.allowOrigin(k)
	if s.routes.origin != "" {
		k.puts("Access-Control-Allow-Methods: GET, POST, PUT, PATCH, DELETE\r\nAccess-Control-Allow-Headers: Content-Type\r\nAccess-Control-Max-Age: 600\r\n")
	}
	k.puts("\r\n")
	s.sent(k, now)
}

// allow names the methods that a path takes.
func (s *Server) allow(k *conn) {
	k.puts("Allow: OPTIONS")
	asked := k.req.method
	for m := methodGET; m < methodOPTIONS; m++ {
		k.req.method = m
		if rt, _ := s.routes.request(s, &k.req); rt != nil || (m == methodGET || m == methodHEAD) && s.isFile(k) {
			k.puts(", ")
			k.puts(methodNames[m])
		}
	}
	k.req.method = asked
	k.puts("\r\n")
}

func (s *Server) isFile(k *conn) bool {
	file, _, found := s.Files.lookup(k.req.path[:k.req.npath], true)
	if found {
		file.release()
	}
	return found
}

func (s *Server) allowOrigin(k *conn) {
	if s.routes.origin != "" {
		k.puts("Access-Control-Allow-Origin: ")
		k.putLine(s.routes.origin)
		k.puts("Vary: Origin\r\n")
	}
}

// refuse answers with an error and leaves the request's body unread.
func (s *Server) refuse(k *conn, status int, now int64, parts ...string) {
	k.last = true
	s.say(k, status, parts...)
	s.sent(k, now)
}

// tooLong says what the limit is and how to raise it.
func (s *Server) tooLong(k *conn, status int, what string, n uint32, now int64) {
	var has, limit [10]byte
	h := chars.Decimal(&has, n)
	s.refuse(k, status, now, what, h, " bytes; this program takes ", chars.Decimal(&limit, uint32(s.limits.MaxRequest)),
		". For more: board.Configure(board.Limits{MaxRequest: ", h, "})")
}
