package virtual

// SLIP (RFC 1055): a frame lies between two C0; inside, C0 is DB DC and DB is DB DD.
const (
	slipEnd    = 0xc0
	slipEsc    = 0xdb
	slipEscEnd = 0xdc
	slipEscEsc = 0xdd
)

// maxFrame is the longest frame that the bootloader takes: 16 KB of data and the
// headers, with room for what tools may add.
const maxFrame = 0x4000 + 1024

// unslip splits a byte stream into frames. Bytes outside of frames are ignored, as are frames
// that are too long or contain a wrong escape.
type unslip struct {
	frame  []byte
	inside bool
	escape bool
	bad    bool
}

// feed takes bytes up to the end of the next frame. It returns the rest, and the frame when there
// is one; the frame is valid until the next call.
func (s *unslip) feed(b []byte) (rest, frame []byte) {
	for i, c := range b {
		if c == slipEnd {
			if s.inside && !s.bad && !s.escape && len(s.frame) > 0 {
				frame = s.frame
				s.frame, s.inside = s.frame[:0], false
				return b[i+1:], frame
			}
			s.frame, s.inside, s.escape, s.bad = s.frame[:0], true, false, false
			continue
		}
		if !s.inside || s.bad {
			continue
		}
		if s.escape {
			s.escape = false
			switch c {
			case slipEscEnd:
				c = slipEnd
			case slipEscEsc:
				c = slipEsc
			default:
				s.bad = true
				continue
			}
		} else if c == slipEsc {
			s.escape = true
			continue
		}
		if len(s.frame) == maxFrame {
			s.bad = true
			continue
		}
		s.frame = append(s.frame, c)
	}
	return nil, nil
}

// slip returns p as a frame.
func slip(p []byte) []byte {
	b := make([]byte, 1, len(p)+len(p)/64+8)
	b[0] = slipEnd
	for _, c := range p {
		switch c {
		case slipEnd:
			b = append(b, slipEsc, slipEscEnd)
		case slipEsc:
			b = append(b, slipEsc, slipEscEsc)
		default:
			b = append(b, c)
		}
	}
	return append(b, slipEnd)
}
