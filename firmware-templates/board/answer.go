package board

// Answers to requests (RFC 9110). Files come from below /www, with an entity
// tag made of their hash and "no-cache", so that a browser asks every time and
// never shows a page that is no longer on the board.

// answer answers the request that has been read.
func (s *server) answer(k *conn, now int64) {
	r := &k.req
	k.last = !r.keepAlive()
	path := r.path[:r.npath]
	socketPath := len(path) == 1 || stringOf(path) == "/ws"
	switch {
	case r.status != 0:
		s.fail(k, int(r.status), now)
		return
	case r.method == methodOther:
		k.last = true // its body, if any, stays unread
		s.fail(k, 405, now)
		return
	case r.says&saysTransferCoding != 0:
		s.fail(k, 501, now)
		return
	case r.says&saysWebSocket != 0 && socketPath:
		s.upgrade(k, now)
		return
	case stringOf(path) == namePath && s.net.called() != "":
		s.whoAmI(k, now)
		return
	}
	file, redirect, found := s.files.lookup(path)
	switch {
	case redirect:
		s.head(k, 302)
		k.puts("Location: ")
		for _, c := range path {
			k.putEscaped(c)
		}
		k.puts("/\r\n")
		s.noBody(k, now)
	case found:
		s.answerFile(k, file, now)
	case stringOf(path) == "/ws":
		s.fail(k, 426, now)
	case len(path) == 1:
		s.page(k, 404, pageNone, now)
	default:
		s.page(k, 404, pageNotFound, now)
	}
}

func (s *server) answerFile(k *conn, file openFile, now int64) {
	hash := file.hash()
	var tag [34]byte
	tag[0], tag[33] = '"', '"'
	for i, b := range hash {
		tag[1+2*i], tag[2+2*i] = hexDigits[b>>4], hexDigits[b&15]
	}
	status := 200
	if k.req.matches(tag[:]) {
		status = 304
	}
	s.head(k, status)
	k.puts("ETag: ")
	k.put(tag[:])
	k.puts("\r\nCache-Control: no-cache\r\n")
	if status == 304 {
		file.release()
		k.puts("\r\n")
		s.sent(k, now)
		return
	}
	k.puts("Content-Type: ")
	k.puts(file.kind)
	k.puts("\r\nContent-Length: ")
	k.putNumber(file.size())
	k.puts("\r\n\r\n")
	if k.req.method == methodHEAD || file.size() == 0 {
		file.release()
		s.sent(k, now)
		return
	}
	k.file, k.at = file, 0
	k.enter(stateFile, now)
}

// sendFile moves file content into the send buffer.
func (s *server) sendFile(k *conn, now int64) bool {
	free := k.out[k.outEnd:]
	if len(free) < len(k.out)/4 {
		return false
	}
	n := k.file.read(free, k.at)
	if n <= 0 {
		k.lost = true // cut short: the browser sees that it is not whole
		return true
	}
	k.outEnd += n
	if k.at += uint32(n); k.at == k.file.size() {
		k.file.release()
		s.sent(k, now)
	}
	return true
}

// sent goes on after an answer.
func (s *server) sent(k *conn, now int64) {
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
func (s *server) next(k *conn, now int64) {
	k.req = request{}
	k.enter(stateHead, now)
}

// head writes the status line and the headers that every answer has.
func (s *server) head(k *conn, status int) {
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

func (s *server) whoAmI(k *conn, now int64) {
	name := s.net.called()
	s.head(k, 200)
	k.puts("Cache-Control: no-store\r\nContent-Type: text/plain\r\nContent-Length: ")
	k.putNumber(uint32(len(name)))
	k.puts("\r\n\r\n")
	if k.req.method != methodHEAD {
		k.puts(name)
	}
	s.sent(k, now)
}

func (s *server) noBody(k *conn, now int64) {
	k.puts("Content-Length: 0\r\n\r\n")
	s.sent(k, now)
}

// fail answers with an error and one line that says so.
func (s *server) fail(k *conn, status int, now int64) {
	k.last = true
	s.head(k, status)
	switch status {
	case 405:
		k.puts("Allow: GET, HEAD\r\n")
	case 426:
		k.puts("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
	case 503:
		k.puts("Retry-After: 2\r\n")
	}
	text := statusText(status)
	k.puts("Content-Type: text/plain; charset=utf-8\r\nContent-Length: ")
	k.putNumber(uint32(len(text) + 1))
	k.puts("\r\n\r\n")
	if k.req.method != methodHEAD {
		k.puts(text)
		k.puts("\n")
	}
	s.sent(k, now)
}

// page answers with a small page of our own.
func (s *server) page(k *conn, status int, text string, now int64) {
	s.head(k, status)
	k.puts("Cache-Control: no-cache\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ")
	k.putNumber(uint32(len(pageStart) + len(text)))
	k.puts("\r\n\r\n")
	if k.req.method != methodHEAD {
		k.puts(pageStart)
		k.puts(text)
	}
	s.sent(k, now)
}

const (
	pageStart = "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\">" +
		"<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}</style>"
	pageNotFound = "<title>Not found</title><h1>Not on this board</h1><p>There is no such file in <code>www/</code>. <a href=\"/\">To the first page</a>"
	pageNone     = "<title>No page yet</title><h1>The board is running</h1><p>It has no page to show yet: put an <code>index.html</code> into <code>www/</code>."
)

// busyAnswer is for connections that there is no place for.
const busyAnswer = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 2\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 20\r\n\r\nService Unavailable\n"

func statusText(status int) string {
	switch status {
	case 200:
		return "OK"
	case 302:
		return "Found"
	case 304:
		return "Not Modified"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 408:
		return "Request Timeout"
	case 414:
		return "URI Too Long"
	case 426:
		return "Upgrade Required"
	case 431:
		return "Request Header Fields Too Large"
	case 501:
		return "Not Implemented"
	case 503:
		return "Service Unavailable"
	case 505:
		return "HTTP Version Not Supported"
	}
	return "Bad Request"
}

const hexDigits = "0123456789abcdef"

// putEscaped writes one byte of a path as it stands in a header.
func (k *conn) putEscaped(c byte) {
	if c > ' ' && c < 0x7F && c != '"' && c != '%' && c != '<' && c != '>' && c != '?' && c != '#' && c != '\\' {
		k.put([]byte{c})
		return
	}
	k.put([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
}
