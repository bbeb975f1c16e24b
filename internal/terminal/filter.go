// Package terminal makes what a board prints fit for a terminal: Studio's own
// in the page, and the one in which a user runs "studio monitor".
//
// A board may print anything, and a terminal obeys: it can be told to scroll a
// billion lines, to swallow all that follows, to put text on the clipboard, or
// to answer, which would be typed into the board's line. So nothing passes a
// Filter but text and a few control sequences that it has understood and
// writes anew with small numbers:
//
//	f := terminal.Filter{}
//	out = f.Append(out, bytes)
//
// What passes: colours (SGR), moves of the cursor, erasing in a line or on the
// screen, saving and restoring the cursor, inserting, deleting and erasing
// characters of a line. Sequences are those of ECMA-48 and xterm's control
// sequences (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
package terminal

import (
	"strconv"
	"unicode/utf8"
)

const (
	maxParams   = 32   // numbers of a sequence; more are no colour
	maxNumber   = 999  // no terminal has more rows or columns; it stops at its edges
	maxSequence = 256  // bytes between CSI and its end; what is longer is left out
	maxString   = 1024 // bytes of a command string (OSC, DCS…) until it is taken for text that was never one
)

type filterState byte

const (
	inText filterState = iota
	inEscape
	inIntermediate // ESC with an intermediate byte: a character set, and the like
	inControl      // CSI
	inString       // OSC, DCS, SOS, PM, APC
	inStringEscape // ESC in such a string
)

// Filter takes a board's output in pieces of any size. Its output is valid UTF-8.
// The zero value begins a new text. It is not safe for concurrent use.
type Filter struct {
	state    filterState
	rune     []byte // the beginning of a character
	sequence []byte // of a control sequence
	tooLong  bool   // the sequence is, and is left out
	str      []byte // what may still turn out to be text
	touched  bool   // colours or the cursor are no longer as at the beginning
}

// Append appends what of b may reach a terminal to out.
func (f *Filter) Append(out, b []byte) []byte {
	for _, c := range b {
		out = f.byte(out, c)
	}
	return out
}

// Reset begins anew, as a program does that was just started, and appends what
// takes a terminal back: what an open sequence held, plain colours and a new line at the bottom.
func (f *Filter) Reset(out []byte) []byte {
	out = f.broken(out)
	if f.state == inString || f.state == inStringEscape {
		out = f.unheld(out)
	}
	if f.touched {
		out = append(out, "\x1b[0m\x1b[999;1H\r\n"...)
	}
	*f = Filter{}
	return out
}

// byte puts bytes together to characters.
func (f *Filter) byte(out []byte, c byte) []byte {
	switch {
	case c < utf8.RuneSelf:
		return f.char(f.broken(out), rune(c))
	case utf8.RuneStart(c):
		out = f.broken(out)
	case len(f.rune) == 0:
		return f.char(out, utf8.RuneError)
	}
	f.rune = append(f.rune, c)
	if !utf8.FullRune(f.rune) {
		return out
	}
	r, n := utf8.DecodeRune(f.rune)
	rest := len(f.rune) - n
	f.rune = f.rune[:0]
	out = f.char(out, r)
	for range rest {
		out = f.char(out, utf8.RuneError)
	}
	return out
}

// broken gives up a character that has no end.
func (f *Filter) broken(out []byte) []byte {
	if len(f.rune) == 0 {
		return out
	}
	f.rune = f.rune[:0]
	return f.char(out, utf8.RuneError)
}

func (f *Filter) char(out []byte, r rune) []byte {
	if r >= 0x80 && r <= 0x9f { // C1: ESC and a letter in one
		if f.state == inString && r != 0x9c {
			out = f.unheld(out)
		}
		if f.state != inString {
			f.state = inEscape
			return f.escape(out, r-0x40)
		}
	}
	switch f.state {
	case inText:
		return f.text(out, r)
	case inEscape:
		return f.escape(out, r)
	case inIntermediate:
		switch {
		case r >= 0x20 && r <= 0x2f:
		case r < 0x20:
			f.state = inText
			return f.text(out, r)
		default:
			f.state = inText
		}
	case inControl:
		return f.control(out, r)
	case inString:
		return f.string(out, r)
	case inStringEscape:
		if r == '\\' {
			f.state, f.str = inText, f.str[:0]
			return out
		}
		out = f.unheld(out) // the string never ended: another sequence begins
		f.state = inEscape
		return f.escape(out, r)
	}
	return out
}

func (f *Filter) text(out []byte, r rune) []byte {
	switch {
	case r == 0x1b:
		f.state = inEscape
		return out
	case r == '\n', r == '\r', r == '\t', r == '\b', r == '\v', r == '\f':
	case r < 0x20, r == 0x7f: // the bell, answerback, other character sets
		return out
	}
	return utf8.AppendRune(out, r)
}

func (f *Filter) escape(out []byte, r rune) []byte {
	f.state = inText
	switch {
	case r == '[':
		f.state, f.sequence, f.tooLong = inControl, f.sequence[:0], false
	case r == ']', r == 'P', r == 'X', r == '^', r == '_':
		f.state, f.str = inString, f.str[:0]
	case r == '7', r == '8':
		f.touched = true
		return append(out, 0x1b, byte(r))
	case r == 'c': // a whole reset, as far as it concerns what is seen
		f.touched = false
		return append(out, "\x1b[0m\x1b[H\x1b[2J"...)
	case r >= 0x20 && r <= 0x2f:
		f.state = inIntermediate
	case r < 0x20, r > 0x7e:
		return f.text(out, r)
	}
	return out
}

// control takes a character of a sequence that CSI began.
func (f *Filter) control(out []byte, r rune) []byte {
	switch {
	case r >= 0x20 && r <= 0x3f:
		if len(f.sequence) == maxSequence {
			f.tooLong = true
			return out
		}
		f.sequence = append(f.sequence, byte(r))
	case r >= 0x40 && r <= 0x7e:
		f.state = inText
		if !f.tooLong {
			return f.write(out, byte(r))
		}
	case r < 0x20: // ends what was begun and counts for itself
		f.state = inText
		return f.text(out, r)
	default:
		f.state = inText
		return f.text(out, r)
	}
	return out
}

// write writes a sequence anew if it is one that may pass.
func (f *Filter) write(out []byte, final byte) []byte {
	colon := false
	for _, c := range f.sequence {
		if c == ':' {
			colon = true
		} else if (c < '0' || c > '9') && c != ';' {
			return out // private, or of another kind
		}
	}
	most, limit := 2, maxNumber
	switch final {
	case 'm':
		most, limit = maxParams, 255
	case 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'd', 'e', 'a', '`', 'P', '@', 'X':
		most = 1
	case 'H', 'f':
	case 'J', 'K':
		most, limit = 1, 2 // J with 3 would empty the scrollback
	case 's', 'u':
		most = 0
	default:
		return out
	}
	if colon && final != 'm' {
		return out
	}
	count, number, digits := 1, 0, false
	begin := len(out)
	out = append(out, 0x1b, '[')
	end := func() {
		if digits {
			out = strconv.AppendInt(out, int64(min(number, limit)), 10)
		}
		number, digits = 0, false
	}
	for _, c := range f.sequence {
		if c == ';' || c == ':' {
			end()
			out = append(out, c)
			count++
			continue
		}
		number, digits = min(number*10+int(c-'0'), 1<<16), true
		if final == 'J' || final == 'K' {
			if number > limit {
				return out[:begin]
			}
		}
	}
	end()
	if count > most && (most > 0 || len(f.sequence) > 0) {
		return out[:begin]
	}
	f.touched = true
	return append(out, final)
}

// string holds what a command string says until its end, which makes it vanish.
// What turns out to have no end was text behind a stray ESC.
func (f *Filter) string(out []byte, r rune) []byte {
	switch {
	case r == 0x9c, r == 0x07:
		f.state, f.str = inText, f.str[:0]
		return out
	case r == 0x1b:
		f.state = inStringEscape
		return out
	case r < 0x20, len(f.str) >= maxString:
		out = f.unheld(out)
		return f.text(out, r)
	}
	f.str = utf8.AppendRune(f.str, r)
	return out
}

func (f *Filter) unheld(out []byte) []byte {
	f.state = inText
	for _, r := range string(f.str) {
		if r < 0x80 || r > 0x9f {
			out = f.text(out, r)
		}
	}
	f.str = f.str[:0]
	return out
}
