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
	callbacks // how many there are
)

// callbackNames are what programs set them with.
var callbackNames = [callbacks]string{"", "OnText", "OnTextBytes", "OnBinary", "OnAccept", "OnClosed", "OnLine", "OnChange", "OnSocket", "OnRequest", "Every"}

// tookTooLong says why the watchdog has restarted the board.
func (c callback) tookTooLong() string {
	if c == noCallback || c >= callbacks {
		return hung
	}
	return "the callback of " + callbackNames[c] + " took longer than 8 s"
}

// beginCallLocked lets go of the lock so that the program's function can run.
// endCall takes it again: everything may have changed meanwhile.
func (s *server) beginCallLocked(c callback) {
	s.calling = c
	recordCall(c)
	s.mu.Unlock()
}

func (s *server) endCall() {
	s.mu.Lock()
	s.calling = noCallback
	recordCall(noCallback)
}
