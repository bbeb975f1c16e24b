package board

import (
	"studio/board/chars"
	"studio/board/loop"
)

// Client is one WebSocket connection: a page that is open somewhere. It stays
// valid after the connection is gone; sending then does nothing.
type Client struct {
	Value any // for the program's own use

	conn    *conn // nil once gone; guarded by std.mu
	s       *server
	id      int
	path    string
	code    int
	dropped int

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
	c.s.Lock()
	defer c.s.Unlock()
	return c.code
}

// Dropped is how many messages to this client were left out, because it did
// not take the ones before in time. See the package comment, Slow pages.
func (c *Client) Dropped() int {
	c.s.Lock()
	defer c.s.Unlock()
	return c.dropped
}

// SendText sends a text message, or puts it into the client's queue. False: it
// was left out, since the client is gone or too slow; see the package comment,
// Slow pages.
func (c *Client) SendText(msg string) bool {
	return c.send(&outgoing{text: msg, opcode: opText})
}

// SendBinary sends a binary message; else as SendText. msg is not kept.
func (c *Client) SendBinary(msg []byte) bool {
	return c.send(&outgoing{text: chars.String(msg), opcode: opBinary, borrowed: true})
}

// Close closes the connection with a code (1000 is the usual one, 3000 to 4999
// are the program's own) and a reason of at most 123 bytes, which may be empty,
// after what has been sent before. OnClosed follows once the page has answered,
// or has not within two seconds.
func (c *Client) Close(code int, reason string) {
	if code < 0 || code > 0xFFFF || !sendable(uint16(code)) {
		code = CloseNormal
	}
	s := c.s
	s.Lock()
	defer s.Unlock()
	k := c.conn
	if k == nil || !k.open() {
		return
	}
	n := len(reason)
	for n > maxControl-2 || n > 0 && n < len(reason) && reason[n]&0xC0 == 0x80 {
		n-- // not in the middle of a character
	}
	k.ending, k.endCode, k.endReason = true, uint16(code), reason[:n]
	s.flush(k)
	loop.Wake()
}

func (c *Client) send(m *outgoing) bool {
	s := c.s
	s.Lock()
	defer s.Unlock()
	if c.conn == nil || !c.conn.open() {
		return false
	}
	if !c.conn.takes(m) {
		s.waitLocked(c, "", m)
		if c.conn == nil || !c.conn.open() {
			return false
		}
	}
	sent := s.sendLocked(c.conn, m)
	loop.Wake()
	return sent
}

// broadcast sends m to every client of a path, or to all of them when path is
// empty, at once.
func (s *server) broadcast(path string, m *outgoing) {
	s.Lock()
	defer s.Unlock()
	s.waitLocked(nil, path, m)
	for _, k := range s.conns {
		if k != nil && k.open() && (path == "" || k.client.path == path) {
			s.sendLocked(k, m)
		}
	}
	loop.Wake()
}
