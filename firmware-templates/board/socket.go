package board

import "studio/board/chars"

// upgrade answers an opening handshake (RFC 6455 section 4.2).
func (s *server) upgrade(k *conn, now int64) {
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
	case s.clients >= s.limits.Clients:
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
	c := &Client{conn: k, s: s, path: "/"}
	if r.npath > 1 {
		c.path = "/ws"
	}
	if own := s.routes.socket(r.path[:r.npath]); own != nil {
		c.path, c.onText = own.path, own.f
	}
	if r.accepts > 0 {
		c.protocol = s.routes.protocols[r.accepts-1]
		k.puts("Sec-WebSocket-Protocol: ")
		k.puts(c.protocol)
		k.puts("\r\n")
	}
	k.puts("\r\n")
	s.lastID++
	c.id = s.lastID
	k.client = c
	k.frames = frames{}
	k.enter(stateSocket, now)
	s.clients++
	if f := s.onAccept; f != nil {
		callLocked(s, onAccept, f, k.client)
	}
}

// readSocket takes what has arrived, up to one message.
func (s *server) readSocket(k *conn, now int64) bool {
	// Whatever comes may need an answer, and that has to fit.
	if k.queued > 0 || k.ending && k.state == stateSocket || len(k.out)-k.outEnd < maxControl+2+maxControl+2 {
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
		s.deliver(k)
	case eventPing:
		var head [10]byte
		k.put(head[:frameHead(&head, opPong, int(f.nc))])
		k.put(f.control[:f.nc])
	case eventClose:
		if k.state == stateSocket {
			k.code = f.code
			var head [10]byte
			n := int(f.nc)
			if n > 2 {
				n = 2 // the code goes back, the reason does not
			}
			k.put(head[:frameHead(&head, opClose, n)])
			k.put(f.control[:n])
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
func (s *server) failure(room *[maxControl]byte, f *frames) string {
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

// deliver calls the program with a complete message.
func (s *server) deliver(k *conn) {
	msg, c := k.msg[:k.frames.n], k.client
	if k.frames.opcode == opBinary {
		if f := s.onBinary; f != nil {
			callLocked(s, onBinary, bytesMessage.deliver, bytesMessage{f, c, msg})
		}
		return
	}
	which, f := onText, s.onText
	if c.onText != nil {
		which, f = onSocket, c.onText
	}
	if bytes := s.onTextBytes; bytes != nil && c.onText == nil {
		callLocked(s, onTextBytes, bytesMessage.deliver, bytesMessage{bytes, c, msg})
	} else if f != nil {
		callLocked(s, which, textMessage.deliver, textMessage{f, c, s.recall.string(msg)})
	}
}

// startClose sends a close frame. The caller holds the send buffer; when there
// is no room in it the connection counts as lost.
func (s *server) startClose(k *conn, code uint16, reason string) {
	k.code = code
	k.enter(stateClosing, s.Now())
	if len(k.out)-k.outEnd < 4+len(reason) {
		k.lost = true
		return
	}
	var head [12]byte
	n := frameHead((*[10]byte)(head[:]), opClose, 2+len(reason))
	head[n], head[n+1] = byte(code>>8), byte(code)
	k.put(head[:n+2])
	k.puts(reason)
}
