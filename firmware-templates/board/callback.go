package board

// callback is one of the program's functions that the server calls.
type callback uint8

const (
	noCallback callback = iota
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
)

// beginCallLocked lets go of the lock so that the program's function can run.
// endCall takes it again: everything may have changed meanwhile.
func (s *server) beginCallLocked(c callback) {
	s.calling = c
	s.mu.Unlock()
}

func (s *server) endCall() {
	s.mu.Lock()
	s.calling = noCallback
}
