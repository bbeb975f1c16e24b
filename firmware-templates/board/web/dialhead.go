package web

import (
	"strings"

	"studio/board/chars"
)

// address is a ws:// URL, taken apart.
type address struct {
	text      string // as the program has it
	authority string // for the Host header
	host      string
	port      uint16
	path      string // with the query
}

// longestURL keeps the opening handshake within the smallest send buffer.
const longestURL = 250

// parseURL takes a URL apart; why says what is wrong with it.
func parseURL(url string) (a address, why string) {
	rest, ok := strings.CutPrefix(url, "ws://")
	switch {
	case strings.HasPrefix(url, "wss://"):
		return a, "a board knows no TLS. Use a server that takes ws://"
	case !ok:
		return a, "the address has to begin with ws://"
	case len(url) > longestURL:
		return a, "the address is longer than 250 bytes"
	}
	a.text, a.authority, a.path, a.port = url, rest, "/", 80
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		a.authority, a.path = rest[:i], rest[i:]
		if a.path[0] == '?' {
			a.path = "/" + a.path
		}
	}
	for i := 0; i < len(url); i++ {
		if c := url[i]; c <= ' ' || c >= 0x7F || c == '#' || c == '"' || c == '<' || c == '>' || c == '\\' {
			return a, "the address has a letter in it that has to be written as %XX"
		}
	}
	a.host = a.authority
	if i := strings.LastIndexByte(a.host, ':'); i >= 0 && !strings.HasSuffix(a.host, "]") {
		port := 0
		for _, c := range []byte(a.host[i+1:]) {
			if c < '0' || c > '9' || port > 0xFFFF {
				port = 0
				break
			}
			port = 10*port + int(c-'0')
		}
		if port < 1 || port > 0xFFFF {
			return a, "its port is no number from 1 to 65535"
		}
		a.host, a.port = a.host[:i], uint16(port)
	}
	if strings.HasPrefix(a.host, "[") && strings.HasSuffix(a.host, "]") {
		a.host = a.host[1 : len(a.host)-1]
	} else if strings.ContainsAny(a.host, ":[]") {
		a.host = ""
	}
	if a.host == "" || strings.ContainsAny(a.host, "@%,;=&$!'()*+") {
		return a, "it names no host, such as ws://192.168.1.20/ws"
	}
	return a, ""
}

// answer is a server's answer to an opening handshake, read as it comes: what
// section 4.1 of RFC 6455 has a client look at, and nothing else.
type answer struct {
	accept [28]byte // that the server has to give
	line   [128]byte
	n      int  // bytes of the line, which may be longer
	size   int  // bytes of the head
	first  bool // the first line has been read
	status uint16
	says   answerSays
}

type answerSays uint8

const (
	answersHTTP answerSays = 1 << iota
	answersUpgrade
	answersOtherUpgrade
	answersConnection
	answersAccept
	answersOtherAccept
	answersExtension
	answersProtocol
)

// longestAnswer bounds a server's head, in bytes.
const longestAnswer = 8192

// feed takes bytes up to the end of the head; done: that has come, or will not.
func (a *answer) feed(in []byte) (taken int, done bool) {
	for _, c := range in {
		taken++
		if a.size++; a.size > longestAnswer {
			return taken, true
		}
		if c != '\n' {
			if a.n < len(a.line) {
				a.line[a.n] = c
			}
			a.n++
			if a.n == 5 && !a.first && chars.String(a.line[:5]) != "HTTP/" {
				return taken, true
			}
			continue
		}
		line := a.line[:min(a.n, len(a.line))]
		cut := a.n > len(a.line)
		a.n = 0
		if !cut && len(line) > 0 && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		switch {
		case !a.first:
			a.first = true
			a.statusLine(line)
		case len(line) == 0:
			return taken, true
		default:
			a.header(chars.String(line), cut)
		}
	}
	return taken, false
}

// statusLine takes "HTTP/1.1 101 Switching Protocols".
func (a *answer) statusLine(line []byte) {
	if len(line) < 12 || line[7] < '1' || chars.String(line[:7]) != "HTTP/1." || line[8] != ' ' || len(line) > 12 && line[12] != ' ' {
		return
	}
	for _, c := range line[9:12] {
		if c < '0' || c > '9' {
			return
		}
		a.status = 10*a.status + uint16(c-'0')
	}
	a.says |= answersHTTP
}

// header takes a line; cut: its end is missing.
func (a *answer) header(line string, cut bool) {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		return
	}
	value = strings.Trim(value, " \t")
	switch {
	case chars.SameFolded(name, "upgrade"):
		if chars.SameFolded(value, "websocket") && !cut && a.says&answersUpgrade == 0 {
			a.says |= answersUpgrade
		} else {
			a.says |= answersOtherUpgrade
		}
	case chars.SameFolded(name, "connection"):
		for value != "" {
			var token string
			token, value, _ = strings.Cut(value, ",")
			if chars.SameFolded(strings.Trim(token, " \t"), "upgrade") && !(cut && value == "") {
				a.says |= answersConnection
			}
		}
	case chars.SameFolded(name, "sec-websocket-accept"):
		if value == chars.String(a.accept[:]) && !cut && a.says&answersAccept == 0 {
			a.says |= answersAccept
		} else {
			a.says |= answersOtherAccept
		}
	case chars.SameFolded(name, "sec-websocket-extensions"):
		a.says |= answersExtension
	case chars.SameFolded(name, "sec-websocket-protocol"):
		a.says |= answersProtocol
	}
}

// refusal says why the server's answer opens no WebSocket; "": it does.
func (a *answer) refusal() string {
	switch {
	case a.size > longestAnswer:
		return "the server's answer does not end"
	case a.says&answersHTTP == 0:
		return "what is there does not answer as a web server does"
	case a.status >= 300 && a.status < 400:
		return "the server answers " + statusNumber(a.status) + " and wants to be asked at another address"
	case a.status == 404:
		return "the server answers 404: it has no WebSocket at this path"
	case a.status != 101:
		return "the server answers " + statusNumber(a.status) + " instead of opening a WebSocket"
	case a.says&(answersUpgrade|answersOtherUpgrade) != answersUpgrade:
		return "the server's answer has no “Upgrade: websocket”"
	case a.says&answersConnection == 0:
		return "the server's answer has no “Connection: Upgrade”"
	case a.says&(answersAccept|answersOtherAccept) != answersAccept:
		return "the server's Sec-WebSocket-Accept does not answer the key"
	case a.says&answersExtension != 0:
		return "the server uses an extension that the board has not asked for"
	case a.says&answersProtocol != 0:
		return "the server speaks a subprotocol that the board has not asked for"
	}
	return ""
}

func statusNumber(status uint16) string {
	return string([]byte{'0' + byte(status/100%10), '0' + byte(status/10%10), '0' + byte(status%10)})
}
