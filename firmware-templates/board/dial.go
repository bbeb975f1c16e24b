package board

import "studio/board/netif"

// Dial connects the board to a WebSocket server, as a page does: another
// board, or a program on a computer. onText is called for every text that the
// server sends, server.SendText sends to it. Dial does not wait: OnConnect tells
// when the connection is there, and until then SendText answers false. When it
// cannot be made, or is lost, the console says why, and the board tries again:
// after a second, then less and less often, up to every half minute.
//
//	server := board.Dial("ws://192.168.1.20/ws", func(from *board.Client, msg string) {
//		board.LED.Set(msg == "on")
//	})
//	board.Button.OnChange(func(level bool) { server.SendText("button") })
//
// With nil in place of onText, texts come to OnText or OnTextBytes. OnBinary and
// OnClosed hear of this connection as of all others; Broadcast does not send to
// it. Client.Close ends it, and the attempts. On the virtual board Studio asks
// you before a program may connect to anything.
//
// Limits: on boards with Wi-Fi and on the virtual one; on others the console says
// that it cannot be done. A board finds no names: its server has an address of
// numbers, such as 192.168.1.20. There may be 4 such connections on a board,
// each takes some 6 KB of memory, and all together 13 KB of flash. wss:// is not
// possible. Messages cost as much as those of a page, see OnText.
func Dial(url string, onText func(from *Client, msg string)) *Client {
	return std.dial(url, onText)
}

func (s *server) dial(url string, onText func(*Client, string)) *Client {
	c := &Client{onText: onText}
	if !netif.Dials {
		s.web.DialNowhere(&c.peer)
		println("board.Dial: this board has no network, so it cannot connect to " + url + ". Boards with Wi-Fi can, and the virtual board.")
		return c
	}
	if why := s.web.Dial(&c.peer, url, netif.Outside(&s.net, &s.Loop)); why != "" {
		println("board.Dial cannot connect to " + url + ": " + why + ".")
	}
	return c
}

// OnConnect sets what is called each time that a connection of Dial has been
// made: the place to say hello to the server.
//
// Limits: there is one such function; the one that is set last counts.
func OnConnect(f func(to *Client)) {
	std.Lock()
	std.onConnect = f
	std.Unlock()
}
