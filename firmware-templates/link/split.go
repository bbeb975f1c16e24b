package link

// Event is what a Splitter found.
type Event byte

const (
	EventNone   Event = iota // everything was taken in, nothing is whole yet
	EventText                // bytes that are no frame
	EventFrame               // the body of a frame whose CRC is right
	EventDamage              // a frame was here, but not in one piece; data is the kind that it seems to have been
)

// States of a Splitter.
const (
	outside  = iota // text
	adjacent        // right after a frame: another may follow whose first delimiter was lost
	inside          // between two delimiters
)

// Splitter tells frames from the text around them. See docs/link-protocol.md,
// section 1. It keeps at most one chunk; text goes through untouched.
type Splitter struct {
	chunk []byte
	n     int
	state byte
	bare  bool // the chunk had no opening delimiter
}

// Init allocates room for bodies of up to maxBody bytes.
func (s *Splitter) Init(maxBody int) {
	*s = Splitter{chunk: make([]byte, chunkSize(maxBody)+1)} // one more: too long
}

// Next looks at input up to the first thing worth telling and returns what is
// left of it. data aliases input or the splitter and is valid until the next
// call. Call it until it says EventNone.
func (s *Splitter) Next(input []byte) (rest []byte, event Event, data []byte) {
	for len(input) > 0 {
		if s.state == inside {
			rest, event, data = s.within(input)
			if event != EventNone {
				return rest, event, data
			}
			input = rest
			continue
		}
		switch c := input[0]; {
		case c == 0:
			s.enter(false)
			input = input[1:]
		case s.state == adjacent && !texty(c):
			s.enter(true)
		default:
			s.state = outside
			n := 1
			for n < len(input) && input[n] != 0 {
				n++
			}
			return input[n:], EventText, input[:n]
		}
	}
	return nil, EventNone, nil
}

func (s *Splitter) enter(bare bool) { s.state, s.n, s.bare = inside, 0, bare }

// within takes bytes of a chunk.
func (s *Splitter) within(input []byte) (rest []byte, event Event, data []byte) {
	for i, c := range input {
		if c == 0 {
			if event, data = s.finish(); event != EventNone {
				return input[i+1:], event, data
			}
			continue
		}
		s.chunk[s.n] = c
		s.n++
		if s.n == len(s.chunk) || s.n == 2 && s.isText() {
			s.state = outside
			return input[i+1:], EventText, s.chunk[:s.n]
		}
	}
	return nil, EventNone, nil
}

// isText decides by the first two bytes, a COBS code and a kind, whether this
// can be a frame at all, so that a stray 00 does not hold up what is printed.
func (s *Splitter) isText() bool {
	return s.chunk[1] > kindLast && (s.bare || texty(s.chunk[0]) && texty(s.chunk[1]))
}

// finish handles the delimiter at the end of a chunk. After anything but a
// good frame it is taken as the opening one of the next.
func (s *Splitter) finish() (Event, []byte) {
	chunk := s.chunk[:s.n]
	s.enter(false)
	if len(chunk) == 0 {
		return EventNone, nil
	}
	if printable(chunk) {
		return EventText, chunk
	}
	kind := byte(0)
	if len(chunk) > 1 {
		kind = chunk[1] // never stuffed
	}
	if body, ok := unframe(chunk); ok {
		s.state = adjacent
		return EventFrame, body
	}
	chunk[0] = kind
	return EventDamage, chunk[:1]
}

// texty tells whether c occurs in text: what is printed, moves a terminal's
// cursor or rings its bell, or belongs to UTF-8.
func texty(c byte) bool {
	return c >= 0x20 && c != 0x7f && c < 0xf8 || c >= 0x07 && c <= 0x0d || c == 0x1b
}

func printable(b []byte) bool {
	for _, c := range b {
		if !texty(c) {
			return false
		}
	}
	return true
}
