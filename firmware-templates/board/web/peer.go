package web

import (
	"studio/board/chars"
	"studio/board/loop"
)

// Peer is a WebSocket as the program knows it. It stays valid after the
// connection is gone; sending then does nothing.
type Peer struct {
	ID       int    // a number that no other has had
	Path     string // what was asked for: "/", "/ws" or a path of OnSocket
	Protocol string // the subprotocol that both sides have agreed on; "": none

	conn    *conn // nil once gone for good; the lock guards it
	s       *Server
	code    int
	dropped int
	dialled bool
}

// Dialled reports whether the program has opened it.
func (p *Peer) Dialled() bool { return p.dialled }

// Code is why the connection ended (RFC 6455 section 7.4.1); before that it is 0.
func (p *Peer) Code() int {
	p.s.loop.Lock()
	defer p.s.loop.Unlock()
	return p.code
}

// Dropped is how many messages were left out.
func (p *Peer) Dropped() int {
	p.s.loop.Lock()
	defer p.s.loop.Unlock()
	return p.dropped
}

// SendText sends a text message, or queues it. False: it was left out, since the
// connection is gone or too slow.
func (p *Peer) SendText(msg string) bool { return p.send(&outgoing{text: msg, opcode: opText}) }

// SendBinary sends a binary message; else as SendText. msg is not kept.
func (p *Peer) SendBinary(msg []byte) bool {
	return p.send(&outgoing{text: chars.String(msg), opcode: opBinary, borrowed: true})
}

// Close closes the connection with a code and a reason of at most 123 bytes,
// after what has been sent before.
func (p *Peer) Close(code int, reason string) {
	if code < 0 || code > 0xFFFF || !sendable(uint16(code)) {
		code = CloseNormal
	}
	s := p.s
	s.loop.Lock()
	defer s.loop.Unlock()
	k := p.conn
	if k == nil {
		return
	}
	if k.dial != nil {
		p.conn = nil // there will be no other attempt
	}
	if !k.open() {
		if hangUp != nil && k.dial != nil && k.state == stateDial {
			hangUp(s, k)
		}
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

func (p *Peer) send(m *outgoing) bool {
	s := p.s
	s.loop.Lock()
	defer s.loop.Unlock()
	if p.conn == nil || !p.conn.open() {
		return false
	}
	if !p.conn.takes(m) {
		s.waitLocked(p, "", m)
		if p.conn == nil || !p.conn.open() {
			return false
		}
	}
	sent := s.sendLocked(p.conn, m)
	loop.Wake()
	return sent
}

// Broadcast sends a text to every WebSocket of a path, or to all of them when
// path is empty, at once.
func (s *Server) Broadcast(path, msg string) {
	s.broadcast(path, &outgoing{text: msg, opcode: opText})
}

// BroadcastBytes is Broadcast to all for a text in a buffer, which is not kept.
func (s *Server) BroadcastBytes(msg []byte) {
	s.broadcast("", &outgoing{text: chars.String(msg), opcode: opText, borrowed: true})
}

func (s *Server) broadcast(path string, m *outgoing) {
	s.loop.Lock()
	defer s.loop.Unlock()
	s.waitLocked(nil, path, m)
	for _, k := range s.conns {
		if k.open() && k.dial == nil && (path == "" || k.client.Path == path) {
			s.sendLocked(k, m)
		}
	}
	loop.Wake()
}
