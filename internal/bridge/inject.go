package bridge

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// scriptTag is what pages get on their way. It holds no newline, so that line
// numbers in error reports stay those of the file on the board.
const scriptTag = `<script src="` + pagePath + `"></script>`

// headFinder finds the place in an HTML page where a script can stand before
// all others without changing anything else: after the byte order mark, the
// doctype (a script before it would mean quirks mode), comments, <html>,
// <head> and the <meta> elements that come first (so that <meta charset> stays
// within the first 1024 bytes, where browsers look for it), and before the
// first thing that is none of these. As it never goes past that thing, a
// "<head>" inside a script or a text cannot mislead it.
//
// It follows the HTML standard's tokenizer (section 13.2.5) as far as these
// tokens need it, works on any chunking, and keeps at most one <meta> tag. The
// tokenizer of golang.org/x/net/html pulls and gives whole tokens only: a page
// that comes slowly would be held back until its first text has ended, and each
// page costs it a buffer: 4.8 KB in 21 pieces and 11 µs for a usual head, where
// this takes 128 bytes and 2 µs (BenchmarkTokenizer, BenchmarkHeadFinder).
type headFinder struct {
	state  finderState
	offset int64 // bytes seen
	start  int64 // of the tag under way
	safe   int64 // everything before comes before the script
	found  bool  // safe is the place
	inHead bool  // <head> or a <meta> was there
	name   []byte
	meta   []byte
	isMeta bool
	quote  byte
}

type finderState byte

const (
	atStart finderState = iota
	atBOM1
	atBOM2
	inText
	tagOpen
	endTagOpen     // after </
	markup         // after <!
	markupDash     // after <!-
	untilGreater   // doctype or bogus comment
	commentStart   // after <!--
	commentStart1  // after <!---
	comment        //
	commentDash    // after -
	commentEnd     // after --
	commentBang    // after --!
	tagName        //
	attrSpace      // where an attribute may begin
	attrName       //
	attrAfterName  // after the space that follows a name
	attrEquals     // after =
	attrUnquoted   //
	attrQuoted     //
	maxMeta        = 1024
	longestTagName = 4 // html, head, meta
)

// write looks at the next bytes of the page and stops at the place.
func (f *headFinder) write(p []byte) {
	for i := 0; i < len(p) && !f.found; {
		if f.state == comment { // the one state that may be long
			n := bytes.IndexByte(p[i:], '-')
			if n < 0 {
				n = len(p) - i
			}
			if n > 0 {
				i += n
				f.offset += int64(n)
				f.safe = f.offset
				continue
			}
		}
		if f.step(p[i]) {
			i++
			f.offset++
			if f.state == inText || f.state >= markup && f.state <= commentBang || f.state > tagName && !f.isMeta {
				f.safe = f.offset
			}
		}
	}
}

// place marks offset at as the script's place.
func (f *headFinder) place(at int64) { f.safe, f.found = at, true }

// step takes one byte; false: look at it again, the state has changed.
func (f *headFinder) step(c byte) bool {
	switch f.state {
	case atStart, atBOM1, atBOM2:
		return f.byteOrderMark(c)
	case inText:
		switch {
		case isSpace(c):
		case c == '<':
			f.start, f.state = f.offset, tagOpen
		default:
			f.place(f.offset)
			return false
		}
		return true
	case tagOpen, endTagOpen:
		return f.opened(c)
	case markup, markupDash, untilGreater:
		return f.declaration(c)
	case commentStart, commentStart1, comment, commentDash, commentEnd, commentBang:
		f.comment(c)
		return true
	case tagName:
		return f.tag(c)
	}
	return f.attribute(c)
}

// byteOrderMark takes one of UTF-8, if the page begins with it.
func (f *headFinder) byteOrderMark(c byte) bool {
	switch {
	case f.state == atStart && c != 0xEF:
		f.state = inText
		return false
	case f.state == atBOM1 && c != 0xBB, f.state == atBOM2 && c != 0xBF:
		f.place(0)
		return false
	case f.state == atBOM2:
		f.state = inText
	default:
		f.state++
	}
	return true
}

// opened takes what follows "<" or "</".
func (f *headFinder) opened(c byte) bool {
	letter := lower(c) >= 'a' && lower(c) <= 'z'
	if f.state == endTagOpen { // a comment too, unless it is an end tag
		switch {
		case letter:
			f.place(f.start)
			return false
		case c == '>':
			f.state = inText
		default:
			f.state = untilGreater
			return false
		}
		return true
	}
	switch {
	case c == '!':
		f.state = markup
	case c == '?':
		f.state = untilGreater
	case c == '/':
		f.state = endTagOpen
	case letter:
		f.name, f.isMeta, f.state = f.name[:0], false, tagName
		return false
	default:
		f.place(f.start)
		return false
	}
	return true
}

// declaration follows what begins with "<!" until it is a comment or has ended.
func (f *headFinder) declaration(c byte) bool {
	switch {
	case f.state == untilGreater:
		if c == '>' {
			f.state = inText
		}
	case c != '-':
		f.state = untilGreater
		return false
	case f.state == markup:
		f.state = markupDash
	default:
		f.state = commentStart
	}
	return true
}

// comment follows a comment up to its end.
func (f *headFinder) comment(c byte) {
	next := comment
	switch f.state {
	case commentStart:
		switch c {
		case '-':
			next = commentStart1
		case '>':
			next = inText
		}
	case commentStart1:
		switch c {
		case '-':
			next = commentEnd
		case '>':
			next = inText
		}
	case comment:
		if c == '-' {
			next = commentDash
		}
	case commentDash:
		if c == '-' {
			next = commentEnd
		}
	case commentEnd:
		switch c {
		case '>':
			next = inText
		case '!':
			next = commentBang
		case '-':
			next = commentEnd
		}
	case commentBang:
		switch c {
		case '>':
			next = inText
		case '-':
			next = commentDash
		}
	}
	f.state = next
}

// tag follows the name of a tag, and finds out whether the script may come after it.
func (f *headFinder) tag(c byte) bool {
	if !isSpace(c) && c != '/' && c != '>' {
		if len(f.name) == longestTagName {
			f.place(f.start)
			return false
		}
		f.name = append(f.name, lower(c))
		return true
	}
	switch name := string(f.name); {
	case name == "html" && !f.inHead:
	case name == "head" && !f.inHead:
		f.inHead = true
	case name == "meta":
		f.isMeta = true
		f.meta = f.meta[:0]
	default:
		f.place(f.start)
		return false
	}
	f.state = attrSpace
	return false
}

// attribute follows the attributes of a tag up to its end.
func (f *headFinder) attribute(c byte) bool {
	if f.isMeta {
		if len(f.meta) == maxMeta {
			f.place(f.start)
			return false
		}
		f.meta = append(f.meta, lower(c))
	}
	if c == '>' && f.state != attrQuoted {
		if f.isMeta {
			// A policy that comes first could forbid our script.
			if bytes.Contains(f.meta, []byte("content-security-policy")) || bytes.ContainsRune(f.meta, '&') {
				f.place(f.start)
				return false
			}
			f.inHead, f.isMeta = true, false
		}
		f.state = inText
		return true
	}
	switch f.state {
	case attrSpace:
		switch {
		case isSpace(c), c == '/':
		default: // "=" here begins a name
			f.state = attrName
		}
	case attrName:
		switch {
		case c == '=':
			f.state = attrEquals
		case isSpace(c):
			f.state = attrAfterName
		case c == '/':
			f.state = attrSpace
		}
	case attrAfterName:
		switch {
		case c == '=':
			f.state = attrEquals
		case c == '/':
			f.state = attrSpace
		case !isSpace(c):
			f.state = attrName
		}
	case attrEquals:
		switch {
		case isSpace(c):
		case c == '"', c == '\'':
			f.quote, f.state = c, attrQuoted
		default:
			f.state = attrUnquoted
		}
	case attrUnquoted:
		if isSpace(c) {
			f.state = attrSpace
		}
	case attrQuoted:
		if c == f.quote {
			f.state = attrSpace
		}
	}
	return true
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// injector is a page's body with tag put in. It is as lazy as its source: what
// has come is handed on at once, except for a tag whose end is not here yet.
// The result is always as many bytes longer than the source as the tag has.
type injector struct {
	src    io.ReadCloser
	tag    []byte // in the page's encoding
	wide   wide
	placed func(line, column int) // called once with the place; both count from 1, columns in UTF-16 units

	finder  headFinder
	pending []byte // read but not handed on
	passed  int64  // bytes of the source handed on to ready
	ready   []byte // to be handed out; part of pending or of the tag
	done    bool   // the tag is in
	err     error  // of the source, to come after pending

	line, column int
}

// newInjector makes one for a page in an encoding that has ASCII in it, as all have that browsers know, or in UTF-16.
func newInjector(src io.ReadCloser, tag string, in wide, placed func(line, column int)) *injector {
	return &injector{src: src, tag: in.encode(tag), wide: in, placed: placed, line: 1, column: 1}
}

// safe is how many bytes that were read and not handed on come before the script.
func (r *injector) safe() int { return int(r.wide.bytes(r.finder.safe) - r.passed) }

func (r *injector) Close() error { return r.src.Close() }

func (r *injector) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if len(r.ready) > 0 {
			n := copy(p, r.ready)
			r.ready = r.ready[n:]
			return n, nil
		}
		if r.done {
			if len(r.pending) > 0 {
				r.ready, r.pending = r.pending, nil
				continue
			}
			if r.err != nil {
				return 0, r.err
			}
			return r.src.Read(p)
		}
		if r.err != nil { // the page ended, or broke off, before there was a place
			r.finish(r.safe())
			continue
		}
		r.fill()
	}
}

// fill reads once and hands on what surely comes before the script.
func (r *injector) fill() {
	var chunk [2048]byte
	n, err := r.src.Read(chunk[:])
	r.err = err
	r.finder.write(r.wide.narrow(chunk[:n]))
	r.pending = append(r.pending, chunk[:n]...)
	safe := r.safe()
	if r.finder.found {
		r.finish(safe)
		return
	}
	if safe > 0 {
		r.count(r.pending[:safe])
		r.ready = bytes.Clone(r.pending[:safe])
		r.pending = append(r.pending[:0], r.pending[safe:]...)
		r.passed += int64(safe)
	}
}

// finish puts the tag after n bytes of what is pending.
func (r *injector) finish(n int) {
	r.count(r.pending[:n])
	r.ready = append(append(make([]byte, 0, len(r.pending)+len(r.tag)), r.pending[:n]...), r.tag...)
	r.pending = r.pending[n:]
	r.passed += int64(n)
	r.done = true
	if r.placed != nil {
		r.placed(r.line, r.column)
	}
}

// count moves line and column past p.
func (r *injector) count(p []byte) {
	if r.wide.order != nil {
		r.line, r.column = r.wide.count(p, r.line, r.column)
		return
	}
	for _, c := range p {
		switch {
		case c == '\n':
			r.line++
			r.column = 1
		case c >= 0xF0: // two UTF-16 units
			r.column += 2
		case utf8.RuneStart(c):
			r.column++
		}
	}
}
