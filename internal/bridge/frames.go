package bridge

import (
	"encoding/binary"
	"unicode/utf8"

	"studioide/ui/src/words/say"
)

// WebSocket opcodes, RFC 6455 section 5.2.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// frameEvents is told what a frameWatcher sees. The byte slices are valid
// during the call only.
type frameEvents interface {
	// message is a whole message: its first bytes, its true size, the headers
	// of its first frames, and how many frames it came in.
	message(binary bool, data []byte, size int64, heads []byte, frames int)
	// control is a ping or a pong, with its frame's header.
	control(op byte, payload, head []byte)
	// closing is a close frame; code 1005 when it carried none.
	closing(code int, reason string)
	// fault is a frame that breaks RFC 6455.
	fault(text string)
	// notText is text, of a message or of a close frame, that is not UTF-8 (RFC
	// 6455 section 8.1): the byte with which that begins, and its place in the
	// text. Nothing follows.
	notText(b byte, at int64)
}

// frameWatcher follows one direction of a WebSocket without touching it. It
// tolerates what peers get wrong: faults are reported, and decoding goes on as
// long as frame lengths can be believed and text is text. Memory is bounded by
// limit.
// Not safe for concurrent use.
type frameWatcher struct {
	events frameEvents
	masked bool // frames of this direction must be masked (client to server)
	limit  int  // bytes of a message that are kept

	head    [14]byte
	headLen int

	// the frame under way
	op       byte
	fin      bool
	hasMask  bool
	mask     [4]byte
	maskAt   int
	left     uint64
	control  [125]byte
	ctlLen   int
	inFrame  bool
	skipping bool // payload is of no interest

	// the message under way
	inMessage bool
	binary    bool
	data      []byte
	size      int64
	text      utf8Scan
	heads     []byte // at most maxHeads
	frames    int

	faults int
	ended  bool // after a close frame, when framing is lost, or with bad
	bad    bool // text was not UTF-8
}

// maxHeads bounds the bytes of headers that are kept of a message.
const maxHeads = 64

// maxFaults bounds the reports of one direction.
const maxFaults = 8

// write looks at the next bytes of the stream and returns how many of them end
// with a whole frame; -1: no frame ends here. After a close frame, or when
// framing is lost, that is all of them.
func (w *frameWatcher) write(p []byte) (whole int) {
	all := len(p)
	whole = -1
	for len(p) > 0 && !w.ended {
		if !w.inFrame {
			p = p[w.header(p):]
		} else {
			n := len(p)
			if uint64(n) > w.left {
				n = int(w.left)
			}
			w.payload(p[:n])
			p = p[n:]
			if w.left -= uint64(n); w.left == 0 && !w.bad {
				w.endFrame()
			}
		}
		if !w.inFrame && w.headLen == 0 && !w.bad {
			whole = all - len(p)
		}
	}
	if w.ended && !w.bad {
		return all
	}
	return whole
}

// opaque reports whether the frame under way is one in which nothing can be
// that has to be kept from the other side: bytes.
func (w *frameWatcher) opaque() bool {
	return w.ended || w.inFrame && (w.skipping || w.op < opClose && w.binary)
}

// header takes bytes of a frame's header and returns how many it took.
func (w *frameWatcher) header(p []byte) int {
	took := 0
	for took < len(p) {
		need := 2
		if w.headLen >= 2 {
			need = headerLen(w.head[1])
		}
		if w.headLen < need {
			n := copy(w.head[w.headLen:need], p[took:])
			w.headLen += n
			took += n
		}
		if w.headLen >= 2 {
			need = headerLen(w.head[1])
		}
		if w.headLen == need && need >= 2 {
			w.headLen = 0
			w.beginFrame()
			return took
		}
	}
	return took
}

// headerLen is a frame header's length as its second byte tells it.
func headerLen(b byte) int {
	n := 2
	switch b & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if b&0x80 != 0 {
		n += 4
	}
	return n
}

func (w *frameWatcher) beginFrame() {
	first, second := w.head[0], w.head[1]
	w.fin = first&0x80 != 0
	w.op = first & 0x0f
	w.hasMask = second&0x80 != 0
	at := 2
	switch second & 0x7f {
	case 126:
		w.left = uint64(binary.BigEndian.Uint16(w.head[2:]))
		at = 4
	case 127:
		w.left = binary.BigEndian.Uint64(w.head[2:])
		at = 10
	default:
		w.left = uint64(second & 0x7f)
	}
	w.maskAt = 0
	if w.hasMask {
		copy(w.mask[:], w.head[at:at+4])
	}
	w.inFrame, w.skipping, w.ctlLen = true, false, 0

	if w.left>>63 != 0 {
		w.report(say.BridgeAFrameSaysItLonger())
		w.ended = true
		return
	}
	if first&0x70 != 0 {
		w.report(say.BridgeAFrameUsesReservedBits())
	}
	if w.hasMask != w.masked {
		if w.masked {
			w.report(say.BridgeAFrameNotMasked())
		} else {
			w.report(say.BridgeAFrameMaskedWhichOnly())
		}
	}
	switch w.op {
	case opContinuation:
		if !w.inMessage {
			w.report(say.BridgeAMessageGoesOnThat())
			w.skipping = true
		}
	case opText, opBinary:
		if w.inMessage {
			w.report(say.BridgeANewMessageBeginsBefore())
		}
		w.inMessage, w.binary, w.size = true, w.op == opBinary, 0
		w.data, w.heads, w.frames = w.data[:0], w.heads[:0], 0
		w.text = utf8Scan{off: first&0x70 != 0} // reserved bits: maybe packed
	case opClose, opPing, opPong:
		if !w.fin {
			w.report(say.BridgeAControlFrameComesIn())
		}
		if w.left > uint64(len(w.control)) {
			w.report(say.BridgeAControlFrameLongerThan())
			w.skipping = true
		}
	default:
		w.report(say.BridgeAFrameHasUnknownKind(int(w.op)))
		w.skipping = true
	}
	if w.op < opClose && !w.skipping {
		if n := headerLen(second); len(w.heads)+n <= maxHeads {
			w.heads = append(w.heads, w.head[:n]...)
		}
		w.frames++
	}
	if w.left == 0 {
		w.endFrame()
	}
}

// payload takes bytes of the frame under way. Only what is kept, or is text, is
// unmasked; once there is no room left, nothing more of this frame is kept.
func (w *frameWatcher) payload(p []byte) {
	if w.skipping {
		return
	}
	if w.op >= opClose {
		n := copy(w.control[w.ctlLen:], p)
		w.unmask(w.control[w.ctlLen : w.ctlLen+n])
		w.ctlLen += n
		return
	}
	w.size += int64(len(p))
	keep := min(w.limit-len(w.data), len(p))
	if keep > 0 {
		at := len(w.data)
		w.data = append(w.data, p[:keep]...)
		w.unmask(w.data[at:])
		w.check(w.data[at:])
		p = p[keep:]
	}
	if w.binary {
		return
	}
	var room [1024]byte
	for len(p) > 0 && !w.bad {
		n := copy(room[:], p)
		w.unmask(room[:n])
		w.check(room[:n])
		p = p[n:]
	}
}

// check follows a message's text.
func (w *frameWatcher) check(p []byte) {
	if !w.binary && !w.text.feed(p) {
		w.refuse(&w.text)
	}
}

// refuse ends the watching at text that is not UTF-8.
func (w *frameWatcher) refuse(text *utf8Scan) {
	w.bad, w.ended = true, true
	w.events.notText(text.tail[0], text.at)
}

func (w *frameWatcher) unmask(p []byte) {
	if !w.hasMask {
		return
	}
	for i := range p {
		p[i] ^= w.mask[(w.maskAt+i)&3]
	}
	w.maskAt = (w.maskAt + len(p)) & 3
}

func (w *frameWatcher) endFrame() {
	if w.op < opClose && w.fin && !w.skipping && !w.binary && !w.text.whole() {
		w.refuse(&w.text) // cut off in a character
		return
	}
	if w.op == opClose && w.ctlLen > 2 {
		var reason utf8Scan
		if !reason.feed(w.control[2:w.ctlLen]) || !reason.whole() {
			w.refuse(&reason)
			return
		}
	}
	w.inFrame = false
	switch w.op {
	case opContinuation, opText, opBinary:
		if w.skipping || !w.fin {
			return
		}
		w.inMessage = false
		w.events.message(w.binary, w.data, w.size, w.heads, w.frames)
		if cap(w.data) > keptBuffer {
			w.data = nil
		}
	case opPing, opPong:
		if !w.skipping {
			w.events.control(w.op, w.control[:w.ctlLen], w.head[:headerLen(w.head[1])])
		}
	case opClose:
		w.ended = true
		switch {
		case w.ctlLen >= 2:
			code := int(binary.BigEndian.Uint16(w.control[:]))
			if !sendableCode(code) {
				w.report(say.BridgeACloseFrameCarriesCode(code))
			}
			w.events.closing(code, string(w.control[2:w.ctlLen]))
		case w.ctlLen == 1:
			w.report(say.BridgeACloseFrameCarriesHalf())
			w.events.closing(1005, "")
		default:
			w.events.closing(1005, "")
		}
	}
}

func (w *frameWatcher) report(text string) {
	if w.faults++; w.faults <= maxFaults {
		w.events.fault(text)
	}
}

// utf8Scan follows a text that comes in pieces, and finds out with which byte it
// stops being UTF-8 as soon as that byte is there.
type utf8Scan struct {
	tail [utf8.UTFMax]byte // a character that is not whole yet, or is wrong
	n    int               // bytes of it
	at   int64             // bytes before it
	off  bool              // it is no text
}

// feed takes a piece. False: tail begins with what is not UTF-8.
func (u *utf8Scan) feed(p []byte) bool {
	if u.off {
		return true
	}
	for u.n > 0 && len(p) > 0 {
		u.tail[u.n] = p[0]
		u.n++
		p = p[1:]
		if !u.settle() {
			return false
		}
	}
	if utf8.Valid(p) {
		u.at += int64(len(p))
		return true
	}
	good := 0
	for good < len(p) {
		r, n := utf8.DecodeRune(p[good:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		good += n
	}
	u.at += int64(good)
	u.n = copy(u.tail[:], p[good:])
	return u.settle()
}

// settle looks at the character in tail. False: it cannot become one.
func (u *utf8Scan) settle() bool {
	if !utf8.FullRune(u.tail[:u.n]) {
		return true
	}
	r, n := utf8.DecodeRune(u.tail[:u.n])
	if r == utf8.RuneError && n == 1 {
		return false
	}
	u.at += int64(n)
	u.n = 0
	return true
}

// whole reports whether no character is cut off.
func (u *utf8Scan) whole() bool { return u.n == 0 || u.off }
