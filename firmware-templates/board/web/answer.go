package web

import (
	"studio/board/chars"
	"studio/board/store"
)

// Answers to requests (RFC 9110). Files come from below /www, with an entity
// tag made of their hash and "no-cache", so that a browser asks every time and
// never shows a page that is no longer on the board.

// answerLocked answers the request that has been read.
func (s *Server) answerLocked(k *conn, now int64) {
	r := &k.req
	k.last = !r.keepAlive() || r.says&saysContinue != 0 && r.length > 0
	path := r.path[:r.npath]
	switch {
	case r.status != 0:
		s.fail(k, int(r.status), now)
		return
	case r.says&saysWebSocket != 0 && r.method <= methodHEAD && r.method != methodOther && (len(path) == 1 || chars.String(path) == "/ws" || s.routes.socket(path) != 0):
		s.upgradeLocked(k, now)
		return
	case serveRequest != nil && serveRequest(s, k, now):
		return
	case r.method == methodOPTIONS:
		s.head(k, 204)
		k.puts("Allow: GET, HEAD, OPTIONS\r\n\r\n")
		s.sent(k, now)
		return
	case r.method != methodGET && r.method != methodHEAD:
		s.methodNotAllowed(k, now)
		return
	case r.says&saysTransferCoding != 0:
		s.fail(k, 501, now)
		return
	case chars.String(path) == namePath && s.program.NameLocked() != "":
		s.serveNameLocked(k, now)
		return
	}
	file, redirect, found := s.Files.lookup(path, r.says&saysGzip != 0)
	switch {
	case redirect:
		s.toFolder(k, now)
	case found:
		s.answerFile(k, file, now)
	case chars.String(path) == "/ws" && r.says&saysWebSocket == 0:
		s.fail(k, 426, now)
	default:
		s.notFound(k, now)
	}
}

// toFolder sends a browser that has left away a folder's last slash to the
// folder, so that the links in its page lead where they should.
func (s *Server) toFolder(k *conn, now int64) {
	r := &k.req
	s.head(k, 302)
	k.puts("Location: ")
	for _, c := range r.path[:r.npath] {
		k.putEscaped(c)
	}
	k.puts("/")
	if r.asked {
		k.puts("?")
		k.put(r.query)
	}
	k.puts("\r\n")
	const rest = len("Content-Length: 0\r\n\r\n")
	if r.nquery > len(r.query) || len(k.out)-k.outEnd < rest {
		k.outEnd = 0
		s.fail(k, 414, now)
		return
	}
	s.emptyBody(k, now)
}

// answerFile begins the answer with a file. What the head says of a text's
// charset depends on the text, so that one is looked through first.
func (s *Server) answerFile(k *conn, file openFile, now int64) {
	if tag := file.hash(); k.req.matches(&tag) {
		file.release()
		s.head(k, 304)
		k.putTag(&tag)
		k.puts("Cache-Control: no-cache\r\n")
		if file.packed {
			k.puts(varies)
		}
		k.puts("\r\n")
		s.sent(k, now)
		return
	}
	k.file, k.at, k.text = file, 0, chars.UTF8{}
	if isText(file.kind) && !file.packed {
		k.enter(stateSniff, now)
		return
	}
	s.fileHead(k, isText(file.kind), now)
}

// sniff looks through a text. One that is UTF-8, as most are today, is called
// so. Of any other the head says no charset: then a page's own <meta charset>
// counts, and without one the browser takes what was usual before.
func (s *Server) sniff(k *conn, now int64) {
	n := k.file.read(k.out, k.at) // nothing else is in there yet
	for _, b := range k.out[:max(n, 0)] {
		if !k.text.Feed(b) {
			s.fileHead(k, false, now)
			return
		}
	}
	if n < 0 {
		k.lost = true
		return
	}
	if k.at += uint32(n); k.at >= k.file.size() {
		s.fileHead(k, k.text.Whole(), now)
	}
}

// isText reports whether a Content-Type has a charset.
func isText(kind string) bool { return len(kind) > 5 && kind[:5] == "text/" }

const varies = "Vary: Accept-Encoding\r\n"

// fileHead writes the head of an answer with the open file, or a part of it.
func (s *Server) fileHead(k *conn, utf8 bool, now int64) {
	file, r := &k.file, &k.req
	status, from, to := r.part(file)
	s.head(k, status)
	tag := file.hash()
	k.putTag(&tag)
	k.puts("Cache-Control: no-cache\r\nAccept-Ranges: bytes\r\n")
	if status != 200 {
		k.puts("Content-Range: bytes ")
		if status == 206 {
			k.putNumber(from)
			k.puts("-")
			k.putNumber(to - 1)
		} else {
			k.puts("*")
		}
		k.puts("/")
		k.putNumber(file.size())
		k.puts("\r\n")
	}
	if status != 416 {
		k.puts("Content-Type: ")
		k.puts(file.kind)
		if utf8 {
			k.puts("; charset=utf-8")
		}
		k.puts("\r\n")
		if file.packed {
			k.puts("Content-Encoding: gzip\r\n" + varies)
		}
	}
	k.puts("Content-Length: ")
	k.putNumber(to - from)
	k.puts("\r\n\r\n")
	if r.method == methodHEAD || from == to {
		file.release()
		s.sent(k, now)
		return
	}
	k.at, k.end = from, to
	k.enter(stateFile, now)
}

// part says which bytes of a file a request wants (RFC 9110 section 14): all
// of them, those of its Range if that holds (If-Range), or that there are no such.
func (r *request) part(file *openFile) (status int, from, to uint32) {
	size := file.size()
	if r.method != methodGET || r.ranged == rangeNone ||
		r.says&saysIfRange != 0 && (r.says&saysIfRangeTag == 0 || r.ifRange != file.tag) {
		return 200, 0, size
	}
	from, to = r.first, size
	switch r.ranged {
	case rangeBounds:
		to = min(r.last, size-1) + 1
	case rangeSuffix:
		if size == 0 && r.first > 0 {
			return 200, 0, 0
		}
		from = size - min(r.first, size)
	}
	if from >= size {
		return 416, 0, 0
	}
	return 206, from, to
}

// sendFile moves file content into the send buffer.
func (s *Server) sendFile(k *conn, now int64) bool {
	free := k.out[k.outEnd:]
	if len(free) < len(k.out)/4 {
		return false
	}
	if left := k.end - k.at; uint32(len(free)) > left {
		free = free[:left]
	}
	n := k.file.read(free, k.at)
	if n <= 0 {
		k.lost = true // cut short: the browser sees that it is not whole
		return true
	}
	k.outEnd += n
	if k.at += uint32(n); k.at == k.end {
		k.file.release()
		s.sent(k, now)
	}
	return true
}

// sent goes on after an answer.
func (s *Server) sent(k *conn, now int64) {
	if k.last {
		k.enter(stateFlush, now)
		return
	}
	if k.skip = k.req.length; k.skip > 0 {
		k.enter(stateSkip, now)
		return
	}
	s.next(k, now)
}

// next waits for another request.
func (s *Server) next(k *conn, now int64) {
	k.req = request{}
	k.enter(stateHead, now)
}

// head writes the status line and the headers that every answer has.
func (s *Server) head(k *conn, status int) {
	k.puts("HTTP/1.1 ")
	k.putNumber(uint32(status))
	k.puts(" ")
	k.puts(statusText(status))
	k.puts("\r\n")
	if k.last {
		k.puts("Connection: close\r\n")
	} else if k.req.says&saysHTTP11 == 0 {
		k.puts("Connection: keep-alive\r\n")
	}
}

// namePath is where a board in a network tells its name, so that Studio can see
// that an address still is this board's.
const namePath = "/.studio"

func (s *Server) serveNameLocked(k *conn, now int64) {
	name := s.program.NameLocked()
	s.head(k, 200)
	k.puts("Cache-Control: no-store\r\nContent-Type: text/plain\r\nContent-Length: ")
	k.putNumber(uint32(len(name)))
	k.puts("\r\n\r\n")
	if k.req.method != methodHEAD {
		k.puts(name)
	}
	s.sent(k, now)
}

func (s *Server) emptyBody(k *conn, now int64) {
	k.puts("Content-Length: 0\r\n\r\n")
	s.sent(k, now)
}

// fail answers with an error that ends the connection, and says in one line
// what it is and, where it is a limit, which.
func (s *Server) fail(k *conn, status int, now int64) {
	k.last = true
	text := statusText(status)
	switch status {
	case 414:
		text = "The address is too long: a path may have " + mostPath + " bytes, and " + mostTarget + " together with its query. Send more with POST."
	case 431:
		text = "The request's headers are longer than " + mostHead + " bytes. Often these are cookies: delete them in the browser."
	case 501:
		text = "The request comes in chunks. A board needs to know its length first: send a Content-Length."
	}
	if status == 503 {
		s.sayFull(k)
	} else {
		s.say(k, status, text)
	}
	s.sent(k, now)
}

// sayFull answers a page for which there is no place any more: Studio shows that
// as it is.
func (s *Server) sayFull(k *conn) {
	var l, m [10]byte
	limit := chars.Decimal(&l, uint32(s.limits.Clients))
	s.say(k, 503, limit, " of ", limit, " pages are connected. Close one, or allow more: board.Configure(board.Limits{Clients: ",
		chars.Decimal(&m, uint32(s.limits.Clients)+1), "})")
}

// The limits of head.go, as answers say them.
const (
	mostPath   = "256"
	mostTarget = "4096"
	mostHead   = "8192"
)

// notFound answers a request for which there is neither a file nor a callback.
func (s *Server) notFound(k *conn, now int64) {
	var room [maxShown + 3]byte
	path := k.req.shown(&room)
	switch {
	case k.req.says&saysWebSocket != 0:
		s.say(k, 404, "This program takes WebSockets at / and /ws. For this one it needs: board.OnSocket(\"", path, "\", …)")
	case len(path) == 1:
		s.say(k, 404, "The board is running. It has no page to show yet: put an index.html into www/")
	default:
		s.say(k, 404, "There is no www", path, " on this board, and its program has no board.OnRequest(\"", path, "\", …)")
	}
	s.sent(k, now)
}

// methodNotAllowed answers a POST and its like that nobody is there for.
func (s *Server) methodNotAllowed(k *conn, now int64) {
	var room [maxShown + 3]byte
	path := k.req.shown(&room)
	k.last = true // its body, if any, stays unread
	s.say(k, 405, "Nothing here answers ", methodNames[k.req.method], " ", path,
		": files can only be read. To answer it, write in main.go: board.OnRequest(\"", path, "\", …)")
	s.sent(k, now)
}

// maxShown is how many bytes of a path an answer repeats.
const maxShown = 30

// shown is the path as it may stand in a text, a page included.
func (r *request) shown(room *[maxShown + 3]byte) string {
	n := 0
	var one [3]byte
	for _, c := range r.path[:r.npath] {
		if n > maxShown-len(one) {
			n += copy(room[n:], "…")
			break
		}
		n += copy(room[n:], escaped(c, &one))
	}
	return chars.String(room[:n])
}

// say answers with a sentence: as a small page for somebody who looks at one,
// else as plain text. It is written whole into the
// send buffer, which is 512 bytes long on the smallest board.
func (s *Server) say(k *conn, status int, parts ...string) {
	s.head(k, status)
	switch status {
	case 405:
		k.puts("Allow: GET, HEAD, OPTIONS\r\n")
	case 426:
		k.puts("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
	case 503:
		k.puts("Retry-After: 2\r\n")
	}
	before, after := "", "\n"
	k.puts("Cache-Control: no-cache\r\nContent-Type: text/")
	if k.req.says&saysHTML != 0 {
		before, after = pageStart, ""
		k.puts("html")
	} else {
		k.puts("plain")
	}
	n := len(before) + len(after)
	for _, p := range parts {
		n += len(p)
	}
	k.puts("; charset=utf-8\r\nContent-Length: ")
	k.putNumber(uint32(n))
	k.puts("\r\n\r\n")
	if k.req.method == methodHEAD {
		return
	}
	k.puts(before)
	for _, p := range parts {
		k.puts(p)
	}
	k.puts(after)
}

const pageStart = "<!doctype html><meta name=viewport content=\"width=device-width\">" +
	"<style>body{font:1.1rem/1.5 sans-serif;margin:9vmin}</style><p>"

// BusyAnswer is for connections that there is no place for.
const BusyAnswer = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 2\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 20\r\n\r\nService Unavailable\n"

func statusText(status int) string {
	switch status {
	case 200:
		return "OK"
	case 204:
		return "No Content"
	case 206:
		return "Partial Content"
	case 302:
		return "Found"
	case 303:
		return "See Other"
	case 304:
		return "Not Modified"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 408:
		return "Request Timeout"
	case 411:
		return "Length Required"
	case 413:
		return "Content Too Large"
	case 414:
		return "URI Too Long"
	case 416:
		return "Range Not Satisfiable"
	case 426:
		return "Upgrade Required"
	case 431:
		return "Request Header Fields Too Large"
	case 500:
		return "Internal Server Error"
	case 501:
		return "Not Implemented"
	case 503:
		return "Service Unavailable"
	case 505:
		return "HTTP Version Not Supported"
	}
	return "Bad Request"
}

// escaped is one byte of a path as it stands in a header or a text.
func escaped(c byte, room *[3]byte) []byte {
	if c > ' ' && c < 0x7F && c != '"' && c != '%' && c != '<' && c != '>' && c != '?' && c != '#' && c != '\\' && c != '&' {
		room[0] = c
		return room[:1]
	}
	*room = [3]byte{'%', chars.HexDigits[c>>4], chars.HexDigits[c&15]}
	return room[:]
}

func (k *conn) putEscaped(c byte) {
	var room [3]byte
	k.put(escaped(c, &room))
}

// putTag writes the ETag header of a file with this hash.
func (k *conn) putTag(hash *[store.HashSize]byte) {
	k.puts("ETag: \"")
	for _, b := range hash {
		k.put([]byte{chars.HexDigits[b>>4], chars.HexDigits[b&15]})
	}
	k.puts("\"\r\n")
}
