package board

// Client is one WebSocket connection: a page that is open somewhere. It stays
// valid after the connection is gone; sending then does nothing.
type Client struct {
	Value any // for the program's own use

	conn *conn // nil once gone; guarded by std.mu
	s    *server
	id   int
	path string
	code int

	onText   func(*Client, string) // of OnSocket; nil: the program's OnText
	protocol string
}

// ID is a number that no other client has had since the board started.
func (c *Client) ID() int { return c.id }

// Path is what the page asked for: "/", "/ws" or a path of OnSocket.
func (c *Client) Path() string { return c.path }

// Protocol is the subprotocol that page and program have agreed on, one of
// those of Protocols; "": none.
func (c *Client) Protocol() string { return c.protocol }

// Code is why the connection ended, for OnClosed: a code of RFC 6455 section
// 7.4.1, such as CloseNormal (1000), CloseNoCode (1005: the page gave none) or
// CloseLost (1006: it just went away). Before that it is 0.
func (c *Client) Code() int {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.code
}

// SendText sends a text message. When the page cannot take it yet SendText
// waits, up to five seconds; after that the page counts as lost. False: the
// client is gone.
func (c *Client) SendText(msg string) bool { return c.send(opText, msg) }

// SendBinary sends a binary message; else as SendText. msg is not kept.
func (c *Client) SendBinary(msg []byte) bool { return c.send(opBinary, stringOf(msg)) }

// Close closes the connection with a code (1000 is the usual one, 3000 to 4999
// are the program's own) and a reason of at most 123 bytes, which may be empty.
// OnClosed follows once the page has answered, or has not within two seconds.
func (c *Client) Close(code int, reason string) {
	if code < 0 || code > 0xFFFF || !sendable(uint16(code)) {
		code = CloseNormal
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	k := c.conn
	if k == nil || !s.claim(c) {
		return
	}
	n := len(reason)
	for n > maxControl-2 || n > 0 && n < len(reason) && reason[n]&0xC0 == 0x80 {
		n-- // not in the middle of a character
	}
	if s.room(c, 4+n) {
		s.startClose(k, uint16(code), reason[:n])
	}
	if c.conn != k {
		return
	}
	k.sending = false
	s.flush(k)
	s.wake()
}

// send writes one frame, in pieces when it is longer than the send buffer.
func (c *Client) send(opcode byte, msg string) bool {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.claim(c) {
		return false
	}
	k := c.conn
	var head [10]byte
	n := frameHead(&head, opcode, len(msg))
	ok := s.room(c, n)
	if ok {
		k.put(head[:n])
	}
	for ok && len(msg) > 0 {
		n := copy(k.out[k.outEnd:], msg)
		k.outEnd += n
		if msg = msg[n:]; len(msg) > 0 {
			ok = s.room(c, 1)
		}
	}
	if c.conn != k {
		return false
	}
	k.sending = false
	if ok {
		s.flush(k)
		s.wake()
	}
	return ok
}

// claim waits until nobody else is in the middle of a frame to c, and then
// claims its send buffer. False: c is gone or closing.
func (s *server) claim(c *Client) bool {
	for {
		k := c.conn
		if k == nil || k.lost || k.state != stateSocket {
			return false
		}
		if !k.sending {
			k.sending = true
			return true
		}
		s.breathe()
	}
}

// room waits until n bytes fit into c's send buffer. False: c is gone.
func (s *server) room(c *Client, n int) bool {
	k := c.conn
	for {
		if c.conn != k || k.lost || k.state != stateSocket {
			return false
		}
		s.flush(k)
		if len(k.out)-k.outEnd >= n {
			return true
		}
		if s.now()-k.moved > writeTimeout {
			k.lost = true
			s.wake()
			return false
		}
		s.pump() // a stream's credit comes over the link
		s.breathe()
	}
}
