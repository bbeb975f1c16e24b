package web

import "studio/board/chars"

// upgradeLocked answers an opening handshake (RFC 6455 section 4.2).
func (s *Server) upgradeLocked(k *conn, now int64) {
	r := &k.req
	switch {
	case r.method != methodGET || r.says&saysHTTP11 == 0 || r.says&saysUpgrade == 0:
		s.fail(k, 400, now)
		return
	case r.says&saysVersion13 == 0 || r.says&saysOtherVersionToo != 0:
		s.fail(k, 426, now)
		return
	case r.says&saysKey == 0 || r.says&saysBadKey != 0 || r.length > 0 || r.says&saysTransferCoding != 0:
		s.fail(k, 400, now)
		return
	case s.fullLocked():
		// Somebody may be about to go: a page that is loaded anew closes its
		// WebSocket and opens another at once.
		k.enter(stateWait, now)
		return
	}
	var accept [28]byte
	acceptKey(&accept, &r.key)
	k.puts("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
	k.put(accept[:])
	k.puts("\r\n")
	own := s.routes.socket(r.path[:r.npath])
	c := s.program.AdmitLocked(own)
	c.conn, c.s, c.Path = k, s, "/"
	if own > 0 {
		c.Path = s.routes.sockets[own-1]
	} else if r.npath > 1 {
		c.Path = "/ws"
	}
	if r.accepts > 0 {
		c.Protocol = s.routes.protocols[r.accepts-1]
		k.puts("Sec-WebSocket-Protocol: ")
		k.puts(c.Protocol)
		k.puts("\r\n")
	}
	k.puts("\r\n")
	s.lastID++
	c.ID = s.lastID
	k.client = c
	k.frames = frames{}
	k.enter(stateSocket, now)
	s.clients++
	s.program.OpenedLocked(c)
}

// readSocketLocked takes what has arrived, up to one message.
func (s *Server) readSocketLocked(k *conn, now int64) bool {
	// Whatever comes may need an answer, and that has to fit.
	if k.queued > 0 || k.ending && k.state == stateSocket || len(k.out)-k.outEnd < 2*(maxControl+2+maskSize) {
		return false
	}
	if !k.fill(now) {
		if k.eof {
			k.lost = true
		}
		return k.eof
	}
	k.pinged = false
	n, what := k.frames.feed(k.in[k.inPos:k.inEnd], k.msg)
	k.inPos += n
	f := &k.frames
	if k.state == stateClosing && what != eventClose && what != eventFail {
		return true // after our close frame nothing counts but theirs
	}
	switch what {
	case eventMessage:
		s.deliverLocked(k)
	case eventPing:
		k.putFrame(opPong, chars.String(f.control[:f.nc]))
	case eventClose:
		if k.state == stateSocket {
			k.code = f.code
			k.putFrame(opClose, chars.String(f.control[:min(f.nc, 2)])) // the code goes back, the reason does not
		}
		k.enter(stateFlush, now)
	case eventFail:
		if k.state == stateSocket {
			var room [maxControl]byte
			s.startClose(k, f.code, s.failure(&room, f))
		}
		k.enter(stateFlush, now)
	}
	return true
}

// failure is the reason that goes with the code of a connection that had to be
// closed: for a message that is too long, the limit and how to change it. The
// console says it as well.
func (s *Server) failure(room *[maxControl]byte, f *frames) string {
	if f.code != CloseTooLong {
		return ""
	}
	limit := s.limits.MaxMessage
	enough := uint64(limit) + 1
	if f.length > 0 {
		enough = uint64(f.n) + f.length
	}
	var l, e [10]byte
	b := append(room[:0], "A message is longer than "...)
	b = append(b, chars.Decimal(&l, uint32(limit))...)
	b = append(b, " bytes. "...)
	if enough > 1<<20 {
		b = append(b, "Send it in parts: 1048576 is the most that a program can allow."...)
	} else {
		b = append(b, "Allow more: board.Configure(board.Limits{MaxMessage: "...)
		b = append(b, chars.Decimal(&e, uint32(enough))...)
		b = append(b, "})"...)
	}
	println(chars.String(b))
	return chars.String(b)
}

// deliverLocked gives the program a complete message.
func (s *Server) deliverLocked(k *conn) {
	msg := k.msg[:k.frames.n]
	if k.frames.opcode == opBinary {
		s.program.BinaryLocked(k.client, msg)
	} else {
		s.program.TextLocked(k.client, msg)
	}
}

// startClose sends a close frame. The caller holds the send buffer; when there
// is no room in it the connection counts as lost.
func (s *Server) startClose(k *conn, code uint16, reason string) {
	k.code = code
	k.enter(stateClosing, s.loop.Now())
	if len(k.out)-k.outEnd < closeSize+len(reason) {
		k.lost = true
		return
	}
	k.putHead(opClose, 2+len(reason))
	k.putPayload(chars.String([]byte{byte(code >> 8), byte(code)}))
	k.putPayload(reason)
}
