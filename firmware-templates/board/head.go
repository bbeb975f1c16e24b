package board

// Reading the head of an HTTP/1.1 request (RFC 9112) byte by byte, keeping
// only what the answer depends on, so that a browser's kilobytes of headers
// need no room.

const (
	maxPath   = 256  // decoded bytes of the path; more is answered 414
	maxTarget = 4096 // bytes of the request target with its query; likewise
	maxHead   = 8192 // bytes of the whole head; more is answered 431
	maxValue  = 128  // bytes kept of a header's value
)

type method uint8

const (
	methodOther method = iota
	methodGET
	methodHEAD
)

// What a head has said, as bits.
const (
	saysHTTP11 uint16 = 1 << iota
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
	skip   bool   // of the target: the query, which nobody reads
	escape uint8  // of the target: hex digits still to come after a %
	says   uint16 // bits
	status uint16 // 0, or the error to answer with
	total  int    // bytes of this head so far
	target int    // bytes of the target so far
	length int64  // Content-Length
	npath  int
	nname  int
	nvalue int
	cut    bool // the value was longer than what was kept
	hex    byte
	path   [maxPath]byte
	name   [24]byte // lower case
	value  [maxValue]byte
	key    [24]byte
	nlist  int
	list   [maxValue]byte // If-None-Match as it was sent
	word   [8]byte        // method or version
	nword  int
}

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
		r.nname, r.nvalue, r.cut = 0, 0, false
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
		switch stringOf(r.word[:min(r.nword, len(r.word))]) {
		case "":
			return r.wrong(400)
		case "GET":
			r.method = methodGET
		case "HEAD":
			r.method = methodHEAD
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

// inTarget decodes the path and lets the query go by.
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
	if r.skip {
		return false
	}
	if r.escape > 0 {
		v := hexValue(b)
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
		r.skip = true
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
	if len(version) != 8 || stringOf(version[:5]) != "HTTP/" || version[6] != '.' ||
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
	if len(p) < 7 || !sameFolded(p[:7], "http://") {
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
	v := r.value[:r.nvalue]
	for len(v) > 0 && (v[len(v)-1] == ' ' || v[len(v)-1] == '\t') {
		v = v[:len(v)-1]
	}
	switch stringOf(r.name[:r.nname]) {
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
		if stringOf(v) == "13" {
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
	case "if-none-match":
		if !r.cut {
			r.nlist = copy(r.list[:], v)
		}
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

// matches reports whether If-None-Match names tag (quotes included) or is "*";
// the comparison is the weak one of RFC 9110 section 13.1.2.
func (r *request) matches(tag []byte) bool {
	list := r.list[:r.nlist]
	if stringOf(list) == "*" {
		return true
	}
	for i := 0; i+len(tag) <= len(list); i++ {
		if list[i] == '"' {
			if stringOf(list[i:i+len(tag)]) == stringOf(tag) {
				return true
			}
			for i++; i < len(list) && list[i] != '"'; i++ { // to the tag's end
			}
		}
	}
	return false
}

// hasToken reports whether the comma-separated list names token (lower case).
func hasToken(list []byte, token string) bool {
	for len(list) > 0 {
		i := 0
		for i < len(list) && list[i] != ',' {
			i++
		}
		item := list[:i]
		for len(item) > 0 && (item[0] == ' ' || item[0] == '\t') {
			item = item[1:]
		}
		for len(item) > 0 && (item[len(item)-1] == ' ' || item[len(item)-1] == '\t') {
			item = item[:len(item)-1]
		}
		if sameFolded(item, token) {
			return true
		}
		if i == len(list) {
			break
		}
		list = list[i+1:]
	}
	return false
}

// sameFolded reports whether p is word but for the case of ASCII letters; word
// is lower case.
func sameFolded(p []byte, word string) bool {
	if len(p) != len(word) {
		return false
	}
	for i, c := range p {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
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

// hexValue is 0 to 15, or 255 for what is no digit.
func hexValue(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return b - '0'
	case b >= 'a' && b <= 'f':
		return b - 'a' + 10
	case b >= 'A' && b <= 'F':
		return b - 'A' + 10
	}
	return 255
}
