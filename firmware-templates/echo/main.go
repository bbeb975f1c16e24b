// Echo: the board answers every text with "Reply for " and the text.
//
// A WebSocket needs nothing more than this. Open the page, type
// something, and watch the console here.
package main

import "studio/board"

func main() {
	println("Preparing server")

	board.OnAccept(func(who *board.Client) {
		println("WS ACCEPT")
	})

	board.OnText(func(from *board.Client, msg string) {
		println("WS RECV TEXT : " + msg)
		from.SendText("Reply for " + msg)
	})

	board.OnClosed(func(who *board.Client) {
		println("WS CLOSED")
	})

	// A text of more than 256 bytes closes its WebSocket (code 1009).
	// For longer ones, take the two slashes away:
	//
	// board.Configure(board.Limits{MaxMessage: 1000})

	// A page can also ask by fetch, a link or a form. This answers
	// /hello:
	//
	// board.OnRequest("/hello", func(r *board.Request) {
	// 	r.SendText("Hello " + r.Value("name"))
	// })

	println("Starting server")
	board.Serve()
}
