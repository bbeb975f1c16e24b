package chars

// UTF8 finds the first byte that cannot be part of UTF-8 (RFC 3629), fed
// byte by byte, so that a message can be refused in the middle. The zero value
// is at the start of a character.
type UTF8 struct {
	left   uint8 // continuation bytes that must follow
	lo, hi uint8 // what the next of them may be
}

// Feed reports whether b may come next.
func (u *UTF8) Feed(b byte) bool {
	if u.left > 0 {
		if b < u.lo || b > u.hi {
			return false
		}
		u.left--
		u.lo, u.hi = 0x80, 0xBF
		return true
	}
	u.lo, u.hi = 0x80, 0xBF
	switch {
	case b < 0x80:
	case b < 0xC2:
		return false // a continuation, or an overlong form of ASCII
	case b < 0xE0:
		u.left = 1
	case b < 0xF0:
		u.left = 2
		if b == 0xE0 {
			u.lo = 0xA0 // below: overlong
		} else if b == 0xED {
			u.hi = 0x9F // above: surrogates
		}
	case b < 0xF5:
		u.left = 3
		if b == 0xF0 {
			u.lo = 0x90 // below: overlong
		} else if b == 0xF4 {
			u.hi = 0x8F // above: beyond U+10FFFF
		}
	default:
		return false
	}
	return true
}

// Whole reports whether no character has been left unfinished.
func (u *UTF8) Whole() bool { return u.left == 0 }

// ValidUTF8 reports whether all of p is UTF-8.
func ValidUTF8(p []byte) bool {
	var u UTF8
	for _, b := range p {
		if !u.Feed(b) {
			return false
		}
	}
	return u.Whole()
}
