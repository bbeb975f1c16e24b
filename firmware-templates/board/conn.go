package board

// Times are in milliseconds.
const (
	headTimeout   = 10_000 // from a request's first byte to its last
	idleTimeout   = 30_000 // for the next request, or the first one
	writeTimeout  = 5_000  // without the other side taking a byte
	closeTimeout  = 2_000  // for the answer to a close frame
	lingerTimeout = 1_000  // for the other side to close after us
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
)

// conn is one place for a connection, used again and again.
type conn struct {
	state    connState
	lost     bool // the connection broke: to be cleaned up
	eof      bool // the other side sends no more
	sending  bool // somebody is in the middle of a frame
	pinged   bool
	accepted bool // OnAccept has been called or is about to
	last     bool // close after this answer
	t        transport
	since    int64 // when this state, or the head's first byte, began
	heard    int64 // when bytes last came in
	moved    int64 // when bytes last went out, or there was nothing to send

	in           []byte
	inPos, inEnd int
	out          []byte
	outPos       int
	outEnd       int

	req  request
	file openFile
	at   uint32 // position in file
	end  uint32 // of what is sent of it
	text utf8Check
	skip int64 // body bytes still to go by

	request *Request // for the program, while its body is read
	body    []byte   // as far as it has come
	reply   string   // of the program's answer, still to be sent

	frames frames
	msg    []byte
	client *Client
	code   uint16 // with which the WebSocket ended; 0: not yet
}

// put appends to the send buffer. There is room: whoever calls has seen to it.
func (k *conn) put(p []byte) { k.outEnd += copy(k.out[k.outEnd:], p) }

func (k *conn) puts(s string) { k.outEnd += copy(k.out[k.outEnd:], s) }

func (k *conn) putNumber(n uint32) {
	var d [10]byte
	k.puts(formatted(&d, n))
}

// formatted writes a number to d.
func formatted(d *[10]byte, n uint32) string {
	i := len(d)
	for {
		i--
		d[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			break
		}
	}
	return stringOf(d[i:])
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

// flush hands the send buffer to the transport.
func (s *server) flush(k *conn) (progress bool) {
	if k.outPos < k.outEnd && !k.lost {
		n, open := k.t.Write(k.out[k.outPos:k.outEnd])
		k.outPos += n
		if !open {
			k.lost = true
		}
		progress = n > 0
	}
	if k.outPos == k.outEnd {
		k.outPos, k.outEnd = 0, 0
		k.moved = s.now()
	} else if progress {
		k.moved = s.now()
		if k.outPos > len(k.out)/2 {
			k.outEnd = copy(k.out, k.out[k.outPos:k.outEnd])
			k.outPos = 0
		}
	}
	return progress
}

// adopt gives a new connection a place. False: there is none.
func (s *server) adopt(t transport) bool {
	now := s.now()
	var k *conn
	var idle *conn
	for i := range s.conns {
		c := s.conns[i]
		if c == nil {
			c = &conn{
				in:  make([]byte, inSize),
				out: make([]byte, outSize),
				msg: make([]byte, s.limits.MaxMessage),
			}
			s.conns[i] = c
		}
		if c.state == stateFree {
			k = c
			break
		}
		// Browsers keep connections open for later: the longest idle one makes way.
		if c.state == stateHead && !c.req.begun() && c.outEnd == 0 && now-c.since > 100 &&
			(idle == nil || c.since < idle.since) && !c.fill(now) {
			idle = c
		}
	}
	if k == nil {
		if idle == nil {
			return false
		}
		s.finish(idle)
		k = idle
	}
	in, out, msg := k.in, k.out, k.msg
	*k = conn{t: t, in: in, out: out, msg: msg, heard: now, moved: now}
	k.enter(stateHead, now)
	return true
}

// finish frees a place.
func (s *server) finish(k *conn) {
	k.t.Close()
	k.file.release()
	k.t = nil
	k.state = stateFree
}

// serve moves one connection on as far as it gets without waiting.
func (s *server) serve(k *conn, now int64) (progress bool) {
	if k.state == stateFree {
		return false
	}
	progress = s.flush(k)
	for turns := 0; turns < 4 && !k.lost; turns++ {
		if !s.turn(k, now) {
			break
		}
		progress = true
	}
	if !k.lost {
		before := k.state
		s.overdue(k, now)
		progress = progress || k.state != before
	}
	if k.lost {
		s.drop(k)
		return true
	}
	return s.flush(k) || progress
}

// drop ends a connection that is lost or done, and tells the program.
func (s *server) drop(k *conn) {
	c := s.part(k)
	s.finish(k)
	s.tellClosed(c)
}

// part separates a client from its connection, which is over for the program.
func (s *server) part(k *conn) *Client {
	c := k.client
	if c != nil {
		c.code = int(k.code)
		if k.code == 0 {
			c.code = CloseLost
		}
		c.conn = nil
		k.client = nil
		s.clients--
	}
	return c
}

func (s *server) tellClosed(c *Client) {
	if f := s.onClosed; c != nil && f != nil {
		s.beginCallLocked(onClosed)
		f(c)
		s.endCall()
	}
}

// turn does one step; false: nothing to do for now.
func (s *server) turn(k *conn, now int64) bool {
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
			k.req.program = s.routes
		}
		n, done := k.req.feed(k.in[k.inPos:k.inEnd])
		k.inPos += n
		if done {
			s.answer(k, now)
		}
		return true
	case stateSniff:
		s.sniff(k, now)
		return true
	case stateFile:
		return s.sendFile(k, now)
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
	case stateSocket, stateClosing:
		return s.readSocket(k, now)
	case stateFlush:
		if k.outEnd > 0 {
			return false
		}
		k.t.Finish()
		k.enter(stateLinger, now)
		s.tellClosed(s.part(k)) // the page may take its time to close after us
		return true
	case stateLinger:
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

// overdue ends what has taken too long.
func (s *server) overdue(k *conn, now int64) {
	if k.outEnd > 0 && now-k.moved > writeTimeout {
		k.lost = true
		return
	}
	age := now - k.since
	switch k.state {
	case stateHead:
		if k.req.begun() && age > headTimeout {
			k.req.status = 408
			s.answer(k, now)
		} else if !k.req.begun() && age > idleTimeout {
			k.lost = true
		}
	case stateSkip, stateBody:
		k.lost = age > headTimeout
	case stateSocket:
		quiet := now - k.heard
		if quiet > socketTimeout {
			k.lost = true
		} else if quiet > pingAfter && !k.pinged && !k.sending && len(k.out)-k.outEnd >= 2 {
			k.pinged = true
			var head [10]byte
			k.put(head[:frameHead(&head, opPing, 0)])
		}
	case stateClosing:
		if age > closeTimeout {
			k.enter(stateFlush, now)
		}
	case stateLinger:
		k.lost = k.lost || age > lingerTimeout
	}
}
