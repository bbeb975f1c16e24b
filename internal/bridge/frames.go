package bridge

import (
	"encoding/binary"
	"strings"

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
	// message is a whole message: its first bytes and its true size.
	message(binary bool, data []byte, size int64)
	// closing is a close frame; code 1005 when it carried none.
	closing(code int, reason string)
	// fault is a frame that breaks RFC 6455.
	fault(text string)
}

// frameWatcher follows one direction of a WebSocket without touching it. It
// tolerates what peers get wrong: faults are reported, and decoding goes on as
// long as frame lengths can be believed. Memory is bounded by limit.
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

	faults int
	ended  bool // after a close frame, or when framing is lost
}

// maxFaults bounds the reports of one direction.
const maxFaults = 8

// write looks at the next bytes of the stream.
func (w *frameWatcher) write(p []byte) {
	for len(p) > 0 && !w.ended {
		if !w.inFrame {
			p = p[w.header(p):]
			continue
		}
		n := len(p)
		if uint64(n) > w.left {
			n = int(w.left)
		}
		w.payload(p[:n])
		p = p[n:]
		w.left -= uint64(n)
		if w.left == 0 {
			w.endFrame()
		}
	}
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
		w.data = w.data[:0]
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
	if w.left == 0 {
		w.endFrame()
	}
}

// payload takes bytes of the frame under way. Only what is kept is unmasked;
// once there is no room left, nothing more of this frame is kept.
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
	}
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
	w.inFrame = false
	switch w.op {
	case opContinuation, opText, opBinary:
		if w.skipping || !w.fin {
			return
		}
		w.inMessage = false
		w.events.message(w.binary, w.data, w.size)
		if cap(w.data) > keptBuffer {
			w.data = nil
		}
	case opClose:
		w.ended = true
		switch {
		case w.ctlLen >= 2:
			code := int(binary.BigEndian.Uint16(w.control[:]))
			if !sendableCode(code) {
				w.report(say.BridgeACloseFrameCarriesCode(code))
			}
			w.events.closing(code, strings.ToValidUTF8(string(w.control[2:w.ctlLen]), "\uFFFD"))
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
