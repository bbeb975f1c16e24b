package board

// lines collects what is typed into the console, until OnLine gets it.
type lines struct {
	text []byte // typed and not yet delivered
	line []byte // being delivered
	skip bool   // the last byte was CR: LF belongs to it
}

func (l *lines) init(longest int) {
	l.text = make([]byte, 0, 2*longest)
	l.line = make([]byte, 0, longest)
}

// take keeps text; what there is no room for is lost.
func (l *lines) take(p []byte) {
	for _, c := range p {
		if c == '\n' && l.skip {
			l.skip = false
			continue
		}
		if l.skip = c == '\r'; l.skip {
			c = '\n'
		}
		if len(l.text) < cap(l.text) {
			l.text = append(l.text, c)
		}
	}
}

// next moves a whole line, or a piece of a too long one, to l.line.
func (l *lines) next() bool {
	n := 0
	for n < len(l.text) && l.text[n] != '\n' && n < cap(l.line) {
		n++
	}
	if n == len(l.text) && n < cap(l.line) {
		return false
	}
	l.line = append(l.line[:0], l.text[:n]...)
	if n < len(l.text) && l.text[n] == '\n' {
		n++
	}
	l.text = l.text[:copy(l.text, l.text[n:])]
	return true
}

// gotText takes what came over the serial line and is no frame.
func (s *server) gotText(p []byte) {
	if s.onLine != nil {
		s.typed.take(p)
	}
}

// lineLocked delivers one line.
func (s *server) lineLocked() bool {
	f := s.onLine
	if f == nil || !s.typed.next() {
		return false
	}
	line := s.recall.string(s.typed.line)
	callLocked(s, onLine, f, line)
	return true
}
