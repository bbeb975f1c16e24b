package board

// OnSocket sets what is called for every text message on WebSockets that a page
// has opened at path, such as new WebSocket("ws://" + location.host + "/chat").
// These messages do not come to OnText, which is for all other paths; OnAccept,
// OnBinary and OnClosed hear of all WebSockets, and Client.Path says which one
// it is. BroadcastTo sends to those of one path.
//
//	board.OnSocket("/chat", func(from *board.Client, msg string) {
//		board.BroadcastTo("/chat", msg)
//	})
//
// Limits: as OnText. All paths share the connections that Limits.Clients allows.
func OnSocket(path string, f func(from *Client, msg string)) {
	std.onSocket(path, f)
}

func (s *server) onSocket(path string, f func(from *Client, msg string)) {
	s.Lock()
	defer s.Unlock()
	route := s.web.OnSocketLocked(path)
	for len(s.onSockets) < route {
		s.onSockets = append(s.onSockets, nil)
	}
	s.onSockets[route-1] = f
}

// Protocols names the WebSocket subprotocols that the program speaks. A page
// asks for some with the second argument of new WebSocket, and gets the first
// that is named here, which Client.Protocol tells. Browsers close the WebSocket
// of a page that has asked for others only. At most 100 are kept.
//
// Limits: at most 100 names.
func Protocols(names ...string) { std.web.Protocols(names) }

// BroadcastTo sends a text message to every client of one path, such as "/chat".
// As with Broadcast, one that is too slow goes without it.
//
// Limits: as Broadcast.
func BroadcastTo(path, msg string) { std.web.Broadcast(path, msg) }
