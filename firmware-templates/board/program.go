package board

import (
	"studio/board/crash"
	"studio/board/web"
)

// The server's other side: see web.Program.

func (s *server) AdmitLocked(route int) *web.Peer {
	c := &Client{}
	c.peer.Program = c
	if route > 0 {
		c.onText = s.onSockets[route-1]
	}
	return &c.peer
}

func (s *server) OpenedLocked(p *web.Peer) {
	if f := s.onAccept; f != nil {
		callLocked(s, onAccept, f, clientOf(p))
	}
}

func (s *server) ClosedLocked(p *web.Peer) {
	if f := s.onClosed; f != nil {
		callLocked(s, onClosed, f, clientOf(p))
	}
}

func (s *server) TextLocked(p *web.Peer, msg []byte) {
	c := clientOf(p)
	switch {
	case c.onText != nil:
		callLocked(s, onSocket, textMessage.deliver, textMessage{c.onText, c, s.recall.string(msg)})
	case s.onTextBytes != nil:
		callLocked(s, onTextBytes, bytesMessage.deliver, bytesMessage{s.onTextBytes, c, msg})
	case s.onText != nil:
		callLocked(s, onText, textMessage.deliver, textMessage{s.onText, c, s.recall.string(msg)})
	}
}

func (s *server) BinaryLocked(p *web.Peer, msg []byte) {
	if f := s.onBinary; f != nil {
		callLocked(s, onBinary, bytesMessage.deliver, bytesMessage{f, clientOf(p), msg})
	}
}

func (s *server) AnswerLocked(f func(*web.Exchange), x *web.Exchange) {
	callLocked(s, onRequest, f, x)
}

func (s *server) InCallbackLocked() bool { return s.calling != noCallback }
func (s *server) OthersWaitLocked() bool { return len(s.every) > 0 || s.pinCalls }
func (s *server) NameLocked() string     { return s.net.called() }

// WaitLocked moves the link's bytes, too: over it comes a stream's credit.
func (s *server) WaitLocked() {
	s.pump()
	crash.AliveLocked(s.Now())
	s.YieldLocked()
}
