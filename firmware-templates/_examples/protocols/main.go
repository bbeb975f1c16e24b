// Protocols: a value goes to the page in three ways at once, and the
// page shows how late it is and how many bytes it takes.
package main

import "studio/board"

var value = "nothing"

func main() {
	// 1. Polling: the page asks again and again, and gets what there
	// is, new or not.
	board.OnRequest("GET /api/value", func(r *board.Request) {
		r.SendText(value)
	})

	// 2. Server-sent events: the page listens, and cannot answer.
	events := board.Events("/events")

	// 3. A WebSocket goes both ways. What a page sends is the new
	// value, for all pages and in all three ways.
	board.OnText(func(from *board.Client, msg string) {
		value = msg
		events.Send(msg)
		board.Broadcast(msg)
	})

	board.Serve()
}
