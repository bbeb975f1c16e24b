package board

import (
	"studio/board/crash"
	"studio/board/devlink"
	"studio/board/web"
	"unsafe"
)

// hooks are what the parts are handed: see web.Program and devlink.Board. They do not say of which
// type their server is: what is put into an interface is described in the
// program to its last field, with all that it points to, and costs kilobytes.
type hooks struct{ owner unsafe.Pointer }

func (p hooks) server() *server { return (*server)(p.owner) }

func (p hooks) AdmitLocked(route int) *web.Peer {
	s := p.server()
	c := &Client{}
	if route > 0 {
		c.onText = s.onSockets[route-1]
	}
	return &c.peer
}

func (p hooks) OpenedLocked(w *web.Peer) {
	s := p.server()
	which, f := onAccept, s.onAccept
	if w.Dialled() {
		which, f = onConnect, s.onConnect
	}
	if f != nil {
		callLocked(s, which, f, clientOf(w))
	}
}

func (p hooks) ClosedLocked(w *web.Peer) {
	s := p.server()
	if f := s.onClosed; f != nil {
		callLocked(s, onClosed, f, clientOf(w))
	}
}

func (p hooks) TextLocked(w *web.Peer, msg []byte) {
	s := p.server()
	c := clientOf(w)
	switch {
	case c.onText != nil:
		which := onSocket
		if w.Dialled() {
			which = dialled
		}
		callLocked(s, which, textMessage.deliver, textMessage{c.onText, c, s.recall.string(msg)})
	case s.onTextBytes != nil:
		callLocked(s, onTextBytes, bytesMessage.deliver, bytesMessage{s.onTextBytes, c, msg})
	case s.onText != nil:
		callLocked(s, onText, textMessage.deliver, textMessage{s.onText, c, s.recall.string(msg)})
	}
}

func (p hooks) BinaryLocked(w *web.Peer, msg []byte) {
	s := p.server()
	if f := s.onBinary; f != nil {
		callLocked(s, onBinary, bytesMessage.deliver, bytesMessage{f, clientOf(w), msg})
	}
}

func (p hooks) AnswerLocked(f func(*web.Exchange), x *web.Exchange) {
	s := p.server()
	callLocked(s, onRequest, f, x)
}

func (p hooks) InCallbackLocked() bool { return p.server().calling != noCallback }
func (p hooks) NameLocked() string     { return p.server().net.NameLocked() }

func (p hooks) OthersWaitLocked() bool {
	s := p.server()
	return len(s.every) > 0 || s.pinCalls
}

// WaitLocked moves the link's bytes, too: over it comes a stream's credit.
func (p hooks) WaitLocked() {
	s := p.server()
	s.link.PumpLocked()
	crash.AliveLocked(s.Now())
	s.YieldLocked()
}

func (p hooks) HelloLocked() devlink.Hello {
	return devlink.Hello{Board: targetBoard, Firmware: "studio " + Version, Program: program, Build: build, End: p.server().lastEnd}
}

// ConsoleLocked keeps what is typed until OnLine gets it.
func (p hooks) ConsoleLocked(text []byte) { p.server().gotText(text) }

func (hooks) PinLocked(n uint8) devlink.Pin {
	p, st := Pin(n), &pinStates[n]
	is := devlink.Pin{Mode: st.mode, Level: p.shown()}
	switch p {
	case LED:
		is.Name = "LED"
	case Button:
		is.Name = "BOOT"
	}
	return is
}
