package web

import (
	"studio/board/chars"
	"studio/board/sizes"
)

// Times are in milliseconds.
const (
	headTimeout   = 10_000 // from a request's first byte to its last
	idleTimeout   = 30_000 // for the next request, or the first one
	writeTimeout  = 5_000  // without the other side taking a byte
	closeTimeout  = 2_000  // for the answer to a close frame
	LingerTimeout = 1_000  // for the other side to close after us
	SlotTimeout   = 1_000  // for a place that is about to become free
	pingAfter     = 25_000 // of silence
	socketTimeout = 60_000 // of silence, pings not answered
)

type connState uint8

const (
	stateFree    connState = iota
	stateHead              // reads a request's head
	stateSniff             // looks through the file that is to be sent
	stateBody              // reads a request's body for the program
	stateReply             // sends the program's answer
	stateFile              // sends a file
	stateSkip              // lets a request's body go by
	stateSocket            // WebSocket, open
	stateClosing           // WebSocket, our close frame is out, theirs is not in
	stateFlush             // sends what is left, then finishes
	stateLinger            // has finished, waits for the other side to do so
	stateEvents            // sends events to a page that listens
	stateWait              // wants to be a WebSocket, and waits for another one to end
	stateDial              // the program opens it; see dial.go
)

// conn is one place for a connection, used again and again.
type conn struct {
	state  connState
	lost   bool // the connection broke: to be cleaned up
	eof    bool // the other side sends no more
	slow   bool // it was waited for in vain; until all is sent nobody waits again
	ending bool // the close frame follows what is queued
	begun  bool // the first queued message is partly in out
	pinged bool
	last   bool // close after this answer
	t      Transport
	since  int64 // when this state, or the head's first byte, began
	heard  int64 // when bytes last came in
	moved  int64 // when bytes last went out, or there was nothing to send

	in           []byte
	inPos, inEnd int
	out          []byte
	outPos       int
	outEnd       int

	queue       []outgoing // messages that wait for room in out: a ring
	queueFirst  int
	queued      int
	queuedBytes int
	textAt      int // bytes of the first one that are in out
	endReason   string
	endCode     uint16

	req  request
	file openFile
	at   uint32 // position in file
	end  uint32 // of what is sent of it
	text chars.UTF8
	skip int64 // body bytes still to go by

	asked *Exchange // for the program, while its body is read
	body  []byte    // as far as it has come
	reply string    // of the program's answer, still to be sent

	listens *Events // what a page hears

	frames frames
	msg    []byte
	client *Peer
	code   uint16 // with which the WebSocket ended; 0: not yet

	dial *dial // the program opens it; nil: a page did
}

// put appends to the send buffer. There is room: whoever calls has seen to it.
func (k *conn) put(p []byte) { k.outEnd += copy(k.out[k.outEnd:], p) }

func (k *conn) puts(s string) { k.outEnd += copy(k.out[k.outEnd:], s) }

func (k *conn) putNumber(n uint32) {
	var d [10]byte
	k.puts(chars.Decimal(&d, n))
}

// What frames take beside their payload, at most.
const (
	maskSize  = 4
	headSize  = 10 + maskSize
	closeSize = 2 + maskSize + 2 // with its code
)

// putHead appends a frame's head. Its payload follows with putPayload, with nothing in between.
func (k *conn) putHead(opcode byte, length int) {
	var head [10]byte
	at := k.outEnd
	k.put(head[:frameHead(&head, opcode, length)])
	if dialMask != nil && k.dial != nil {
		dialMask(k, at)
	}
}

// putPayload appends as much of a frame's payload as there is room for.
func (k *conn) putPayload(p string) (n int) {
	at := k.outEnd
	n = copy(k.out[at:], p)
	k.outEnd += n
	if dialMasking != nil && k.dial != nil {
		dialMasking(k, at)
	}
	return n
}

// putFrame appends a frame. There is room.
func (k *conn) putFrame(opcode byte, payload string) {
	k.putHead(opcode, len(payload))
	k.putPayload(payload)
}

// enter changes the state.
func (k *conn) enter(state connState, now int64) {
	k.state = state
	k.since = now
}

// fill reads more when everything has been used up.
func (k *conn) fill(now int64) (got bool) {
	if k.inPos < k.inEnd {
		return true
	}
	n, open := k.t.Read(k.in)
	k.inPos, k.inEnd = 0, n
	if n > 0 {
		k.heard = now
		return true
	}
	if !open {
		k.eof = true
	}
	return false
}

// flushes bounds how often one connection's send buffer is filled in a row.
const flushes = 8

// flush hands the send buffer, and what is queued behind it, to the transport.
func (s *Server) flush(k *conn) (progress bool) {
	had := k.queued > 0
	for i := 0; i < flushes && !k.lost; i++ {
		k.refill()
		if k.outPos == k.outEnd {
			break
		}
		n, open := k.t.Write(k.out[k.outPos:k.outEnd])
		k.outPos += n
		if !open {
			k.lost = true
		}
		if n == 0 {
			break
		}
		progress = true
		if k.outPos == k.outEnd {
			k.outPos, k.outEnd = 0, 0
		} else if k.outPos > len(k.out)/2 {
			k.outEnd = copy(k.out, k.out[k.outPos:k.outEnd])
			k.outPos = 0
		}
	}
	if progress || k.outEnd == 0 {
		k.moved = s.loop.Now()
	}
	if k.queued > 0 {
		return progress
	}
	if had {
		// Nothing was read meanwhile: silence is the other side's from now on.
		k.heard = max(k.heard, s.loop.Now()-pingAfter)
	}
	if k.outEnd == 0 {
		k.slow = false
	}
	if k.open() || !k.ending || k.state != stateSocket || k.lost {
		return progress
	}
	if len(k.out)-k.outEnd >= closeSize+len(k.endReason) {
		s.startClose(k, k.endCode, k.endReason)
		return true
	}
	return progress
}

// AdoptLocked gives a new connection a place. False: there is none.
func (s *Server) AdoptLocked(t Transport) bool {
	now := s.loop.Now()
	var k *conn
	var idle *conn
	places := s.limits.Sockets
	for _, c := range s.conns {
		if c.dial != nil {
			continue
		}
		places--
		if c.state == stateFree {
			k = c
			break
		}
		// Browsers keep connections open for later, and do not hurry to close
		// those that are over: the longest idle one makes way.
		if (c.state == stateHead && !c.req.begun() || c.state == stateLinger) && c.outEnd == 0 && now-c.since > 100 &&
			(idle == nil || c.since < idle.since) && !c.fill(now) {
			idle = c
		}
	}
	switch {
	case k != nil:
	case places > 0:
		k = &conn{}
		k.allocate(s.limits.MaxMessage)
		s.conns = append(s.conns, k)
	case idle != nil:
		s.finish(idle)
		k = idle
	default:
		return false
	}
	k.begin(t, now)
	k.enter(stateHead, now)
	return true
}

// allocate makes the buffers.
func (k *conn) allocate(message int) {
	k.in = make([]byte, sizes.Receive)
	k.out = make([]byte, sizes.Send)
	k.msg = make([]byte, message)
	k.queue = make([]outgoing, sizes.QueueMessages)
}

// begin makes the place one for t.
func (k *conn) begin(t Transport, now int64) {
	*k = conn{t: t, in: k.in, out: k.out, msg: k.msg, queue: k.queue, dial: k.dial, heard: now, moved: now}
}

// finish frees a place.
func (s *Server) finish(k *conn) {
	k.t.Close()
	k.file.release()
	clear(k.queue) // what it holds on to
	k.queued = 0
	k.t = nil
	k.state = stateFree
}

// serveLocked moves one connection on as far as it gets without waiting.
func (s *Server) serveLocked(k *conn, now int64) (progress bool) {
	if k.state == stateFree {
		return false
	}
	progress = s.flush(k)
	for turns := 0; turns < 4 && !k.lost; turns++ {
		if !s.turnLocked(k, now) {
			break
		}
		progress = true
	}
	if !k.lost {
		before := k.state
		s.overdueLocked(k, now)
		progress = progress || k.state != before
	}
	if k.lost {
		s.dropLocked(k)
		return true
	}
	return s.flush(k) || progress
}

// dropLocked ends a connection that is lost or done, and tells the program.
func (s *Server) dropLocked(k *conn) {
	c := s.part(k)
	s.finish(k)
	if dialEnded != nil && k.dial != nil {
		dialEnded(s, k)
	}
	s.tellClosedLocked(c)
}

// part separates a client from its connection, which is over for the program.
func (s *Server) part(k *conn) *Peer {
	c := k.client
	if c != nil {
		c.code = int(k.code)
		if k.code == 0 {
			c.code = CloseLost
		}
		k.client = nil
		if k.dial == nil {
			c.conn = nil
			s.clients--
		}
	}
	return c
}

func (s *Server) tellClosedLocked(c *Peer) {
	if c != nil {
		s.program.ClosedLocked(c)
	}
}

// turnLocked does one step; false: nothing to do for now.
func (s *Server) turnLocked(k *conn, now int64) bool {
	switch k.state {
	case stateHead:
		if k.outEnd > 0 {
			return false // one answer at a time
		}
		if !k.fill(now) {
			switch {
			case !k.eof:
			case k.req.begun():
				k.lost = true
			default: // no more requests; what was answered is still on its way
				k.enter(stateFlush, now)
			}
			return k.eof
		}
		if !k.req.begun() {
			k.since = now
			if s.routes != nil {
				k.req.wanted = &s.routes.wanted
			}
		}
		n, done := k.req.feed(k.in[k.inPos:k.inEnd])
		k.inPos += n
		if done {
			s.answerLocked(k, now)
		}
		return true
	case stateSniff:
		s.sniff(k, now)
		return true
	case stateFile:
		return s.sendFile(k, now)
	case stateDial:
		return dialStep != nil && dialStep(s, k, now)
	case stateBody, stateReply:
		return serveRequest != nil && serveRequest(s, k, now)
	case stateSkip:
		if !k.fill(now) {
			if k.eof {
				k.enter(stateFlush, now)
			}
			return k.eof
		}
		n := k.inEnd - k.inPos
		if int64(n) > k.skip {
			n = int(k.skip)
		}
		k.inPos += n
		if k.skip -= int64(n); k.skip == 0 {
			s.next(k, now)
		}
		return true
	case stateWait:
		if s.fullLocked() {
			return false
		}
		s.upgradeLocked(k, now)
		return true
	case stateSocket, stateClosing:
		return s.readSocketLocked(k, now)
	case stateFlush:
		if k.outEnd > 0 {
			return false
		}
		k.t.Finish()
		k.enter(stateLinger, now)
		s.tellClosedLocked(s.part(k)) // the page may take its time to close after us
		return true
	case stateLinger, stateEvents:
		// What still comes in is thrown away: closing with bytes unread would
		// make the other side lose our answer.
		if k.fill(now) {
			k.inPos = k.inEnd
			return true
		}
		if k.eof {
			k.lost = true
		}
	}
	return false
}

// deadline is when a time limit of this connection ends, if nothing happens before.
func (k *conn) deadline() int64 {
	if k.outEnd > 0 {
		return k.moved + writeTimeout
	}
	switch k.state {
	case stateHead:
		if k.req.begun() {
			return k.since + headTimeout
		}
		return k.since + idleTimeout
	case stateSkip, stateBody:
		return k.since + headTimeout
	case stateEvents:
		return k.since + pingAfter
	case stateSocket:
		if k.pinged {
			return k.heard + socketTimeout
		}
		return k.heard + pingAfter
	case stateClosing:
		return k.since + closeTimeout
	case stateLinger:
		return k.since + LingerTimeout
	case stateWait:
		return k.since + SlotTimeout
	case stateDial:
		return k.dial.until
	}
	return 1 << 60
}

// overdueLocked ends what has taken too long.
func (s *Server) overdueLocked(k *conn, now int64) {
	if now <= k.deadline() {
		return
	}
	if k.outEnd > 0 {
		k.lost = true
		return
	}
	switch k.state {
	case stateHead:
		if k.req.begun() {
			k.req.status = 408
			s.answerLocked(k, now)
		} else {
			k.lost = true
		}
	case stateSocket:
		if k.pinged {
			k.lost = true
			return
		}
		k.pinged = true
		k.putFrame(opPing, "")
	case stateEvents:
		k.puts(stillThere)
		k.since = now
	case stateClosing:
		k.enter(stateFlush, now)
	case stateWait:
		s.fail(k, 503, now)
	default:
		k.lost = true
	}
}
