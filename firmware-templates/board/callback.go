package board

import (
	"studio/board/crash"
	"studio/board/loop"
)

// The program's functions that the server calls.
const (
	noCallback crash.Callback = iota
	onText
	onTextBytes
	onBinary
	onAccept
	onClosed
	onLine
	onChange
	onSocket
	onRequest
	every
	dialled
	onConnect
	callbacks // how many there are
)

// callbackNames are what programs set them with.
var callbackNames = [callbacks]string{"", "OnText", "OnTextBytes", "OnBinary", "OnAccept", "OnClosed", "OnLine", "OnChange", "OnSocket", "OnRequest", "Every", "Dial", "OnConnect"}

// callLocked calls one of the program's functions, without the lock: everything
// may have changed afterwards.
func callLocked[T any](s *server, which crash.Callback, f func(T), with T) {
	s.calling = which
	crash.Calling(which)
	loop.Without(&s.Loop, f, with)
	s.calling = noCallback
	crash.Calling(noCallback)
}

// plain calls a function that is given nothing.
func plain(f func()) { f() }

// textMessage is a text, and what is called with it.
type textMessage struct {
	f    func(*Client, string)
	from *Client
	text string
}

func (m textMessage) deliver() { m.f(m.from, m.text) }

// bytesMessage is a message in a buffer of the server's, and what is called with it.
type bytesMessage struct {
	f    func(*Client, []byte)
	from *Client
	data []byte
}

func (m bytesMessage) deliver() { m.f(m.from, m.data) }
