// Routes is the program behind the tests of requests and WebSockets on paths of a program's own, and of foreign
// clients: what comes on other paths goes back.
package main

import (
	"strings"

	"studio/board"
)

var (
	state = "off"
	seen  []string
)

func main() {
	board.Configure(board.Limits{MaxMessage: 70_000}) // as the cases of RFC 6455 want it
	board.Protocols("arduino", "v1")
	board.OnSocket("/chat", func(from *board.Client, msg string) {
		board.BroadcastTo("/chat", from.Protocol()+": "+msg)
	})
	board.OnText(func(from *board.Client, msg string) { from.SendText(msg) })
	board.OnBinary(func(from *board.Client, msg []byte) { from.SendBinary(msg) })
	board.OnRequest("/led", func(r *board.Request) {
		if r.Has("state") {
			state = r.Value("state")
			board.LED.Set(state == "on")
		}
		seen = append(seen, r.Method()+" "+state)
		r.SendJSON(board.JSON("state", state))
	})
	board.OnRequest("POST /save", func(r *board.Request) {
		state = r.Form("v")
		r.Redirect("/")
	})
	board.OnRequest("/seen", func(r *board.Request) { r.SendText(strings.Join(seen, ",")) })
	board.OnRequest("/dial", func(r *board.Request) { board.Dial(r.Value("url"), nil) })
	board.OnRequest("/long", func(r *board.Request) { r.SendText(strings.Repeat("long ", 40000)) })
	board.Serve()
}
