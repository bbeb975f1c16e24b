package web

import (
	"studio/board/chars"
	"studio/board/store"
)

// Reading the head of an HTTP/1.1 request (RFC 9112) byte by byte, keeping
// only what the answer depends on, so that a browser's kilobytes of headers
// need no room.

const (
	maxPath   = 256  // decoded bytes of the path; more is answered 414
	maxTarget = 4096 // bytes of the request target with its query; likewise
	maxHead   = 8192 // bytes of the whole head; more is answered 431
	maxValue  = 128  // bytes kept of a header's value
	maxTags   = 6    // tags of ours kept of If-None-Match; what is beyond does not match
)

type method uint8

const (
	methodOther method = iota
	methodGET
	methodHEAD
	methodPOST
	methodPUT
	methodPATCH
	methodDELETE
	methodOPTIONS
)

// methodNames are in the order of the constants; the first is how answers call
// a method that has no constant.
var methodNames = [...]string{"this", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// What a head has said, as bits.
const (
	saysHTTP11 uint32 = 1 << iota
	saysClose
	saysKeepAlive
	saysUpgrade         // Connection: upgrade
	saysWebSocket       // Upgrade: websocket
	saysVersion13       // Sec-WebSocket-Version: 13
	saysHost            // Host
	saysKey             // Sec-WebSocket-Key
	saysVersion         // Sec-WebSocket-Version, whichever
	saysLength          // Content-Length
	saysTransferCoding  // Transfer-Encoding
	saysBadKey          // not 24 bytes of base64, or twice
	saysOtherVersionToo // Sec-WebSocket-Version twice
	saysContinue        // Expect: 100-continue
	saysHTML            // Accept: text/html, as for a page that somebody looks at
	saysGzip            // Accept-Encoding: gzip
	saysAnyTag          // If-None-Match: *
	saysIfRange         // If-Range
	saysIfRangeTag      // and it is a tag of ours
)

// rangeKind is what a Range header asks for.
type rangeKind uint8

const (
	rangeNone   rangeKind = iota
	rangeFrom             // first and all that follow
	rangeBounds           // first to last
	rangeSuffix           // the last ones
)

type headState uint8

const (
	atStart headState = iota
	atStartLF
	inMethod
	inTarget
	inVersion
	atLineLF
	atHeader
	atHeaderLF
	inName
	beforeValue
	inValue
	atEndLF
)

// request is the state of one head. The zero value is before its first byte.
type request struct {
	state  headState
	method method
	asked  bool   // of the target: a ? has come, the query follows
	escape uint8  // of the target: hex digits still to come after a %
	says   uint32 // bits
	status uint16 // 0, or the error to answer with
	total  int    // bytes of this head so far
	target int    // bytes of the target so far
	length int64  // Content-Length
	npath  int
	nname  int
	nvalue int
	cut    bool // the value was longer than what was kept
	hex    byte
	path   [maxPath]byte // the path, then as much of the query as fits
	query  []byte        // as it was sent, without the ?; at the end of path unless the program wants more
	nquery int           // its length, which may be more than is kept
	name   [24]byte      // lower case
	value  [maxValue]byte
	key    [24]byte
	word   [8]byte // method or version
	nword  int

	tagging bool // this header is If-None-Match
	ntag    int8 // hex digits of the tag so far; -1: outside of quotes, -2: none of ours
	ntags   uint8
	tags    [maxTags][store.HashSize]byte
	ifRange [store.HashSize]byte
	ranged  rangeKind
	first   uint32 // of a range; rangeSuffix: how many bytes
	last    uint32

	wanted  *wanted // by the program; nil: nothing
	accepts int8    // which of the program's subprotocols, +1
	kind    string  // Content-Type of the body, if the program wants to know
}

// wanted is what a program with routes of its own has to know of a head.
type wanted struct {
	longest   *int     // how much of a query; nil: nothing
	protocols []string // subprotocols, RFC 6455 section 1.9
}

// most is how many bytes of a query the program wants.
func (w *wanted) most() int {
	if w == nil || w.longest == nil {
		return 0
	}
	return *w.longest
}

// readHeader looks at a header for the program. It is nil as long as that wants
// none, so that the code is only in programs that do.
var readHeader func(r *request, value []byte)

// begun reports whether a byte of the head has been read.
func (r *request) begun() bool { return r.total > 0 }

// feed takes bytes until the head is complete or wrong.
func (r *request) feed(in []byte) (taken int, done bool) {
	for i, b := range in {
		r.total++
		if r.total > maxHead {
			return i + 1, r.wrong(431)
		}
		if r.step(b) {
			return i + 1, true
		}
	}
	return len(in), false
}

func (r *request) wrong(status uint16) bool {
	r.status = status
	return true
}

// step takes one byte; true: the head is complete or wrong.
func (r *request) step(b byte) bool {
	switch r.state {
	case atStart: // empty lines before a request are skipped, RFC 9112 section 2.2
		if b == '\r' {
			r.state = atStartLF
			return false
		}
		if b == '\n' {
			return false
		}
		r.state = inMethod
		return r.inMethod(b)
	case atStartLF:
		r.state = atStart
		return b != '\n' && r.wrong(400)
	case inMethod:
		return r.inMethod(b)
	case inTarget:
		return r.inTarget(b)
	case inVersion:
		switch {
		case b == '\r':
			r.state = atLineLF
			return false
		case b == '\n':
			return r.lineDone()
		case r.nword == len(r.word):
			return r.wrong(400)
		}
		r.word[r.nword] = b
		r.nword++
	case atLineLF:
		if b != '\n' {
			return r.wrong(400)
		}
		return r.lineDone()
	case atHeader:
		switch {
		case b == '\r':
			r.state = atEndLF
			return false
		case b == '\n':
			return r.headDone()
		}
		r.nname, r.nvalue, r.cut, r.tagging = 0, 0, false, false
		r.state = inName
		return r.inName(b)
	case atHeaderLF:
		r.state = atHeader
		return b != '\n' && r.wrong(400)
	case inName:
		return r.inName(b)
	case beforeValue:
		if b == ' ' || b == '\t' {
			return false
		}
		r.state = inValue
		return r.inValue(b)
	case inValue:
		return r.inValue(b)
	case atEndLF:
		if b != '\n' {
			return r.wrong(400)
		}
		return r.headDone()
	}
	return false
}

func (r *request) inMethod(b byte) bool {
	if b == ' ' {
		if r.nword == 0 {
			return r.wrong(400)
		}
		for i, name := range methodNames {
			if chars.String(r.word[:min(r.nword, len(r.word))]) == name {
				r.method = method(i)
			}
		}
		r.state, r.nword = inTarget, 0
		return false
	}
	if !isToken(b) {
		return r.wrong(400)
	}
	if r.nword < len(r.word) {
		r.word[r.nword] = b
		r.nword++
	} else {
		r.word[0] = '?' // longer than any that is known
	}
	if r.total > 64 {
		return r.wrong(400)
	}
	return false
}

// inTarget decodes the path, in which several slashes are one, and keeps the query.
func (r *request) inTarget(b byte) bool {
	if b == ' ' {
		if r.escape != 0 || r.target == 0 {
			return r.wrong(400)
		}
		r.state = inVersion
		return false
	}
	r.target++
	if r.target > maxTarget {
		return r.wrong(414)
	}
	if b <= ' ' || b == 0x7F || b == '#' {
		return r.wrong(400)
	}
	if r.asked {
		r.nquery++
		if len(r.query) < max(len(r.path)-r.npath, r.wanted.most()) {
			r.query = append(r.query, b)
		}
		return false
	}
	if r.escape > 0 {
		v := chars.HexValue(b)
		if v > 15 {
			return r.wrong(400)
		}
		r.hex = r.hex<<4 | v
		r.escape--
		if r.escape > 0 {
			return false
		}
		if b = r.hex; b < ' ' || b == 0x7F {
			return r.wrong(400)
		}
	} else if b == '%' {
		r.escape, r.hex = 2, 0
		return false
	} else if b == '?' {
		r.asked, r.query = true, r.path[r.npath:r.npath]
		return false
	}
	if b == '/' && r.npath > 0 && r.path[r.npath-1] == '/' && r.path[0] == '/' {
		return false
	}
	if r.npath == len(r.path) {
		return r.wrong(414)
	}
	r.path[r.npath] = b
	r.npath++
	return false
}

// lineDone looks at a complete request line.
func (r *request) lineDone() bool {
	version := r.word[:r.nword]
	if len(version) != 8 || chars.String(version[:5]) != "HTTP/" || version[6] != '.' ||
		version[5] < '0' || version[5] > '9' || version[7] < '0' || version[7] > '9' {
		return r.wrong(400)
	}
	if version[5] != '1' {
		return r.wrong(505)
	}
	if version[7] != '0' {
		r.says |= saysHTTP11
	}
	r.toOrigin()
	if !cleanPath(r.path[:r.npath]) {
		return r.wrong(400)
	}
	r.state = atHeader
	return false
}

// toOrigin turns "http://host/path" (RFC 9112 section 3.2.2) into "/path".
func (r *request) toOrigin() {
	p := r.path[:r.npath]
	if len(p) < 7 || !chars.SameFolded(p[:7], "http://") {
		return
	}
	i := 7
	for i < len(p) && p[i] != '/' {
		i++
	}
	n := copy(p, p[i:])
	if n == 0 {
		p[0] = '/'
		n = 1
	}
	r.npath = n
}

// cleanPath refuses paths that could mean something outside of the web root:
// parts "." and "..", and backslashes.
func cleanPath(p []byte) bool {
	if len(p) == 0 || p[0] != '/' {
		return false
	}
	start := 1
	for i := 1; i <= len(p); i++ {
		if i < len(p) && p[i] == '\\' {
			return false
		}
		if i == len(p) || p[i] == '/' {
			part := p[start:i]
			if len(part) == 1 && part[0] == '.' || len(part) == 2 && part[0] == '.' && part[1] == '.' {
				return false
			}
			start = i + 1
		}
	}
	return true
}

func (r *request) inName(b byte) bool {
	if b == ':' {
		if r.nname == 0 {
			return r.wrong(400)
		}
		r.state = beforeValue
		if chars.String(r.name[:min(r.nname, len(r.name))]) == "if-none-match" {
			r.tagging, r.ntag = true, -1
		}
		return false
	}
	if !isToken(b) { // also a folded line, which begins with a blank
		return r.wrong(400)
	}
	if b >= 'A' && b <= 'Z' {
		b += 'a' - 'A'
	}
	if r.nname < len(r.name) {
		r.name[r.nname] = b
	}
	if r.nname <= len(r.name) {
		r.nname++ // one more than there is room for: an unknown name
	}
	return false
}

func (r *request) inValue(b byte) bool {
	switch {
	case b == '\r':
		r.state = atHeaderLF
		return r.header()
	case b == '\n':
		r.state = atHeader
		return r.header()
	case b < ' ' && b != '\t' || b == 0x7F:
		return r.wrong(400)
	}
	if r.tagging {
		r.inTags(b)
		return false
	}
	if r.nvalue == len(r.value) {
		r.cut = true
		return false
	}
	r.value[r.nvalue] = b
	r.nvalue++
	return false
}

// header looks at a complete header line.
func (r *request) header() bool {
	if r.nname > len(r.name) {
		return false
	}
	v := trimmed(r.value[:r.nvalue])
	switch chars.String(r.name[:r.nname]) {
	case "host":
		if r.says&saysHost != 0 {
			return r.wrong(400) // RFC 9112 section 3.2
		}
		r.says |= saysHost
	case "connection":
		if hasToken(v, "close") {
			r.says |= saysClose
		}
		if hasToken(v, "keep-alive") {
			r.says |= saysKeepAlive
		}
		if hasToken(v, "upgrade") {
			r.says |= saysUpgrade
		}
	case "upgrade":
		if hasToken(v, "websocket") {
			r.says |= saysWebSocket
		}
	case "sec-websocket-version":
		if r.says&saysVersion != 0 {
			r.says |= saysOtherVersionToo
		}
		r.says |= saysVersion
		if chars.String(v) == "13" {
			r.says |= saysVersion13
		}
	case "sec-websocket-key":
		if r.says&saysKey != 0 || !validKey(v) {
			r.says |= saysBadKey
		} else {
			copy(r.key[:], v)
		}
		r.says |= saysKey
	case "content-length":
		n := int64(0)
		for _, c := range v {
			if c < '0' || c > '9' || n > 1<<40 {
				return r.wrong(400)
			}
			n = n*10 + int64(c-'0')
		}
		if len(v) == 0 || r.says&saysLength != 0 && n != r.length {
			return r.wrong(400) // RFC 9112 section 6.3
		}
		r.says |= saysLength
		r.length = n
	case "transfer-encoding":
		r.says |= saysTransferCoding
	case "expect":
		if hasToken(v, "100-continue") {
			r.says |= saysContinue
		}
	case "accept":
		if hasToken(v, "text/html") {
			r.says |= saysHTML
		}
	case "accept-encoding":
		if acceptsGzip(v) {
			r.says |= saysGzip
		}
	case "range":
		if !r.cut && r.ranged == rangeNone {
			r.inRange(v)
		}
	case "if-range":
		r.says |= saysIfRange
		if !r.cut && ownTag(v, &r.ifRange) {
			r.says |= saysIfRangeTag
		}
	default:
		if readHeader != nil {
			readHeader(r, v)
		}
	}
	return false
}

// inTags takes one byte of If-None-Match and keeps the tags that could be
// ours, however many there are of others.
func (r *request) inTags(b byte) {
	switch {
	case r.ntag == -1:
		if b == '"' {
			r.ntag = 0
			if int(r.ntags) == maxTags {
				r.ntag = -2
			}
		} else if b == '*' {
			r.says |= saysAnyTag
		}
	case b == '"':
		if r.ntag == 2*store.HashSize {
			r.ntags++
		}
		r.ntag = -1
	case r.ntag >= 0:
		v := chars.HexValue(b)
		if v > 15 || r.ntag == 2*store.HashSize {
			r.ntag = -2
			return
		}
		tag := &r.tags[r.ntags]
		tag[r.ntag/2] = tag[r.ntag/2]<<4 | v
		r.ntag++
	}
}

// ownTag reads an entity tag as answers carry it.
func ownTag(v []byte, tag *[store.HashSize]byte) bool {
	if len(v) != 2+2*store.HashSize || v[0] != '"' || v[len(v)-1] != '"' {
		return false
	}
	for i, b := range v[1 : len(v)-1] {
		digit := chars.HexValue(b)
		if digit > 15 {
			return false
		}
		tag[i/2] = tag[i/2]<<4 | digit
	}
	return true
}

// inRange reads a Range of one part in bytes (RFC 9110 section 14.1.2). What
// else it may be, several parts included, is not looked at: the whole file is a
// right answer to all of them.
func (r *request) inRange(v []byte) {
	if len(v) < 7 || !chars.SameFolded(v[:6], "bytes=") {
		return
	}
	v = v[6:]
	first, n := digits(v)
	if n == len(v) || v[n] != '-' {
		return
	}
	last, m := digits(v[n+1:])
	switch {
	case n+1+m != len(v) || n == 0 && m == 0 || m > 0 && n > 0 && last < first:
	case n == 0:
		r.ranged, r.first = rangeSuffix, last
	case m == 0:
		r.ranged, r.first = rangeFrom, first
	default:
		r.ranged, r.first, r.last = rangeBounds, first, last
	}
}

// digits reads a number; what is larger than files can be is the largest one.
func digits(v []byte) (value uint32, n int) {
	for n < len(v) && v[n] >= '0' && v[n] <= '9' {
		if value < 1<<28 {
			value = value*10 + uint32(v[n]-'0')
		}
		n++
	}
	return value, n
}

// acceptsGzip reads Accept-Encoding: gzip is named, and not with a weight of 0.
func acceptsGzip(list []byte) bool {
	for len(list) > 0 {
		var item []byte
		item, list = nextItem(list)
		n := 0
		for n < len(item) && isToken(item[n]) {
			n++
		}
		if !chars.SameFolded(item[:n], "gzip") {
			continue
		}
		weighed := false
		for _, c := range item[n:] {
			if c >= '1' && c <= '9' {
				return true
			}
			weighed = weighed || c == '='
		}
		return !weighed
	}
	return false
}

// headDone looks at the head as a whole.
func (r *request) headDone() bool {
	switch {
	case r.says&saysHTTP11 != 0 && r.says&saysHost == 0:
		return r.wrong(400)
	case r.says&saysTransferCoding != 0 && r.says&saysLength != 0:
		return r.wrong(400)
	}
	return true
}

// keepAlive reports whether the connection can carry another request.
func (r *request) keepAlive() bool {
	if r.status != 0 || r.says&(saysClose|saysTransferCoding) != 0 {
		return false
	}
	return r.says&(saysHTTP11|saysKeepAlive) != 0
}

// matches reports whether If-None-Match names tag or is "*"; the comparison is
// the weak one of RFC 9110 section 13.1.2.
func (r *request) matches(tag *[store.HashSize]byte) bool {
	for i := range r.tags[:r.ntags] {
		if r.tags[i] == *tag {
			return true
		}
	}
	return r.says&saysAnyTag != 0
}

// hasToken reports whether the comma-separated list names token (lower case).
func hasToken(list []byte, token string) bool {
	for len(list) > 0 {
		var item []byte
		if item, list = nextItem(list); chars.SameFolded(item, token) {
			return true
		}
	}
	return false
}

// nextItem cuts the first item off a comma-separated list.
func nextItem(list []byte) (item, rest []byte) {
	i := 0
	for i < len(list) && list[i] != ',' {
		i++
	}
	return trimmed(list[:i]), list[min(i+1, len(list)):]
}

// trimmed is p without the blanks around it.
func trimmed(p []byte) []byte {
	for len(p) > 0 && (p[0] == ' ' || p[0] == '\t') {
		p = p[1:]
	}
	for len(p) > 0 && (p[len(p)-1] == ' ' || p[len(p)-1] == '\t') {
		p = p[:len(p)-1]
	}
	return p
}

// isToken reports whether b may be in a method or a header's name (RFC 9110
// section 5.6.2).
func isToken(b byte) bool {
	switch {
	case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9':
		return true
	}
	switch b {
	case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~':
		return true
	}
	return false
}
