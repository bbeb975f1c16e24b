package board

import (
	"strings"
	"studio/board/chars"
)

// serveRequest is what OnRequest puts into the variable of the same name: it
// finds out whose a request is, reads its body, has it answered, and sends the
// answer in pieces.
func (s *server) serveRequest(k *conn, now int64) bool {
	switch k.state {
	case stateBody:
		return s.readBody(k, now)
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
	k.last = !r.keepAlive()
	k.request = &Request{method: r.method, path: string(r.path[:r.npath]), query: string(r.query), kind: r.kind}
	if k.request.method == methodHEAD {
		k.request.method = methodGET // only the answer is another one: without its body
	}
	if r.length == 0 {
		s.call(k, rt, now)
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
func (t *routes) request(s *server, r *request) (found *requestRoute, other bool) {
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
	file, redirect, there := s.files.lookup(r.path[:r.npath], true)
	if there {
		file.release()
	}
	if there || redirect {
		return nil, false
	}
	return found, other
}

// readBody takes what has arrived of a request's body.
func (s *server) readBody(k *conn, now int64) bool {
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
	k.request.body = chars.String(k.body) // nobody writes to it any more
	k.body = nil
	if rt, _ := s.routes.request(s, &k.req); rt != nil {
		s.call(k, rt, now)
	}
	return true
}

// call has the program answer.
func (s *server) call(k *conn, rt *requestRoute, now int64) {
	k.enter(stateReply, now)
	q, f := k.request, rt.f
	k.request = nil
	callLocked(s, onRequest, f, q)
	s.begin(k, q, s.Now())
}

// begin writes the head of the program's answer.
func (s *server) begin(k *conn, q *Request, now int64) {
	k.req.length = 0 // the body has been read
	if q.status == 0 {
		q.status = 200
		if !q.replied {
			q.status = 204
		}
	}
	if len(q.given)+len(q.location)+len(s.routes.origin) > len(k.out)-256 {
		s.fail(k, 500, now)
		return
	}
	s.head(k, q.status)
	s.allowOrigin(k)
	k.puts("Cache-Control: no-store\r\n")
	if q.location != "" {
		k.puts("Location: ")
		k.putLine(q.location)
	}
	if q.status == 204 || q.status == 304 {
		k.puts("\r\n")
		s.sent(k, now)
		return
	}
	if q.given != "" {
		k.puts("Content-Type: ")
		k.putLine(q.given)
	}
	k.puts("Content-Length: ")
	k.putNumber(uint32(len(q.reply)))
	k.puts("\r\n\r\n")
	if k.req.method != methodHEAD {
		k.reply = q.reply
	}
}

// sendReply moves the answer into the send buffer.
func (s *server) sendReply(k *conn, now int64) bool {
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
func (s *server) preflight(k *conn, now int64) {
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
func (s *server) allow(k *conn) {
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

func (s *server) isFile(k *conn) bool {
	file, _, found := s.files.lookup(k.req.path[:k.req.npath], true)
	if found {
		file.release()
	}
	return found
}

func (s *server) allowOrigin(k *conn) {
	if s.routes.origin != "" {
		k.puts("Access-Control-Allow-Origin: ")
		k.putLine(s.routes.origin)
		k.puts("Vary: Origin\r\n")
	}
}

// refuse answers with an error and leaves the request's body unread.
func (s *server) refuse(k *conn, status int, now int64, parts ...string) {
	k.last = true
	s.say(k, status, parts...)
	s.sent(k, now)
}

// tooLong says what the limit is and how to raise it.
func (s *server) tooLong(k *conn, status int, what string, n uint32, now int64) {
	var has, limit [10]byte
	h := chars.Decimal(&has, n)
	s.refuse(k, status, now, what, h, " bytes; this program takes ", chars.Decimal(&limit, uint32(s.limits.MaxRequest)),
		". For more: board.Configure(board.Limits{MaxRequest: ", h, "})")
}
