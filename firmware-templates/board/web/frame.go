package web

import "studio/board/chars"

// Reading WebSocket frames (RFC 6455 section 5) without waiting: bytes go in
// as they arrive, what they mean comes out. Nothing here knows of connections.
// Frames of clients are masked, those of servers are not; all else is the same.

const (
	opContinuation = 0
	opText         = 1
	opBinary       = 2
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// Close codes, RFC 6455 section 7.4.1.
const (
	CloseNormal      = 1000
	CloseGoingAway   = 1001
	CloseProtocol    = 1002 // the other side broke the protocol
	CloseUnsupported = 1003
	CloseNoCode      = 1005 // never sent: the close frame named no code
	CloseLost        = 1006 // never sent: the connection ended without a close frame
	CloseNotUTF8     = 1007
	ClosePolicy      = 1008
	CloseTooLong     = 1009
	CloseError       = 1011
)

// maxControl is the longest payload of a control frame (section 5.5).
const maxControl = 125

type eventKind uint8

const (
	eventNone    eventKind = iota // more bytes are needed
	eventMessage                  // frames.opcode, frames.n bytes in the message buffer
	eventPing                     // payload in frames.control
	eventPong
	eventClose // frames.code, 1005 when there was none; payload in frames.control
	eventFail  // frames.code says with which code the connection has to be closed
)

// frames is the state of one connection's receiving side. The zero value is
// the start of a connection.
type frames struct {
	head    [14]byte
	have    uint8 // bytes of head so far
	inside  bool  // head is complete, payload follows
	final   bool
	frame   byte // opcode of this frame
	opcode  byte // of the message under way: opText or opBinary; 0: none
	ended   bool // the last event was a message: the next byte starts a new one
	mask    [4]byte
	phase   uint8  // position in mask
	left    uint32 // payload bytes still to come
	length  uint64 // of a frame that is too long
	n       int    // message bytes so far
	control [maxControl]byte
	nc      uint8
	text    chars.UTF8
	code    uint16

	fromServer bool // the other side is a server: its frames are not masked
}

// feed takes bytes of in until something has happened, and says how many it
// took. msg is the message buffer; its length is the message limit.
func (f *frames) feed(in, msg []byte) (taken int, what eventKind) {
	if f.ended {
		f.ended, f.opcode, f.n, f.text = false, 0, 0, chars.UTF8{}
	}
	for taken < len(in) {
		if !f.inside {
			f.head[f.have] = in[taken]
			f.have++
			taken++
			if code := f.checkHead(len(msg)); code != 0 {
				return taken, f.fail(code)
			}
			if !f.inside {
				continue
			}
		}
		if f.left > 0 {
			n := len(in) - taken
			if uint32(n) > f.left {
				n = int(f.left)
			}
			if n == 0 {
				return taken, eventNone
			}
			if !f.payload(in[taken:taken+n], msg) {
				return taken, f.fail(CloseNotUTF8)
			}
			taken += n
			f.left -= uint32(n)
		}
		if f.left == 0 {
			f.inside, f.have = false, 0
			if what = f.end(); what != eventNone {
				return taken, what
			}
		}
	}
	return taken, eventNone
}

func (f *frames) fail(code uint16) eventKind {
	f.code = code
	return eventFail
}

// checkHead looks at the bytes of the head that are there, refuses what can be
// refused by now, and sets inside when the head is complete.
func (f *frames) checkHead(limit int) (code uint16) {
	h := &f.head
	if f.have == 1 {
		f.final, f.frame = h[0]&0x80 != 0, h[0]&15
		if h[0]&0x70 != 0 {
			return CloseProtocol // RSV without an extension, section 5.2
		}
		switch f.frame {
		case opContinuation:
			if f.opcode == 0 {
				return CloseProtocol // nothing to continue, section 5.4
			}
		case opText, opBinary:
			if f.opcode != 0 {
				return CloseProtocol // the message before is unfinished, section 5.4
			}
		case opClose, opPing, opPong:
			if !f.final {
				return CloseProtocol // fragmented control frame, section 5.5
			}
		default:
			return CloseProtocol // reserved opcode, section 5.2
		}
		return 0
	}
	short := h[1] & 0x7F
	if f.have == 2 {
		if h[1]&0x80 == 0 != f.fromServer {
			return CloseProtocol // a client's that is not masked, or a server's that is: section 5.1
		}
		if f.frame >= opClose && short > maxControl {
			return CloseProtocol // section 5.5
		}
	}
	extra := uint8(0)
	if short == 126 {
		extra = 2
	} else if short == 127 {
		extra = 8
	}
	if f.have == 2+extra && f.have > 2 || f.have == 2 && extra == 0 {
		length := uint64(short)
		if extra > 0 {
			length = 0
			for _, b := range h[2 : 2+extra] {
				length = length<<8 | uint64(b)
			}
			// The shortest form is required, and bit 63 is 0: section 5.2.
			if extra == 2 && length < 126 || extra == 8 && length < 1<<16 || length>>63 != 0 {
				return CloseProtocol
			}
		}
		if f.frame < opClose && length > uint64(limit-f.n) {
			f.length = length
			return CloseTooLong
		}
		f.left = uint32(length)
	}
	key := uint8(4)
	if f.fromServer {
		key = 0
	}
	if f.have == 2+extra+key {
		copy(f.mask[:key], h[2+extra:])
		f.inside, f.phase, f.nc = true, 0, 0
		if f.frame == opText || f.frame == opBinary {
			f.opcode = f.frame
		}
	}
	return 0
}

// payload unmasks p to where it belongs. False: text that is no UTF-8.
func (f *frames) payload(p, msg []byte) bool {
	phase := f.phase
	f.phase = (phase + uint8(len(p)&3)) & 3
	if f.frame >= opClose {
		for _, b := range p {
			f.control[f.nc] = b ^ f.mask[phase]
			f.nc++
			phase = (phase + 1) & 3
		}
		return true
	}
	to := msg[f.n : f.n+len(p)]
	f.n += len(p)
	if f.opcode == opBinary {
		for i, b := range p {
			to[i] = b ^ f.mask[phase]
			phase = (phase + 1) & 3
		}
		return true
	}
	for i, b := range p {
		b ^= f.mask[phase]
		to[i] = b
		phase = (phase + 1) & 3
		if (b >= 0x80 || !f.text.Whole()) && !f.text.Feed(b) {
			return false
		}
	}
	return true
}

// end says what a complete frame means.
func (f *frames) end() eventKind {
	switch f.frame {
	case opPing:
		return eventPing
	case opPong:
		return eventPong
	case opClose:
		body := f.control[:f.nc]
		switch {
		case len(body) == 0:
			f.code = CloseNoCode
		case len(body) == 1:
			return f.fail(CloseProtocol) // section 5.5.1
		default:
			f.code = uint16(body[0])<<8 | uint16(body[1])
			if !sendable(f.code) {
				return f.fail(CloseProtocol)
			}
			if !chars.ValidUTF8(body[2:]) {
				return f.fail(CloseNotUTF8)
			}
		}
		return eventClose
	}
	if !f.final {
		return eventNone
	}
	if f.opcode == opText && !f.text.Whole() {
		return f.fail(CloseNotUTF8)
	}
	f.ended = true
	return eventMessage
}

// sendable reports whether a close frame may carry code: sections 7.4.1 and
// 7.4.2, and 1012 to 1014 from IANA's registry.
func sendable(code uint16) bool {
	switch {
	case code >= 3000 && code < 5000:
		return true
	case code == 1004 || code == CloseNoCode || code == CloseLost:
		return false
	}
	return code >= 1000 && code <= 1014
}

// frameHead writes the head of an unmasked, final frame and returns its length.
func frameHead(dst *[10]byte, opcode byte, length int) int {
	dst[0] = 0x80 | opcode
	switch {
	case length < 126:
		dst[1] = byte(length)
		return 2
	case length < 1<<16:
		dst[1], dst[2], dst[3] = 126, byte(length>>8), byte(length)
		return 4
	}
	dst[1] = 127
	for i := 0; i < 8; i++ {
		dst[2+i] = byte(uint64(length) >> (56 - 8*i))
	}
	return 10
}
