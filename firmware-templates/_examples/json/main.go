// JSON: a page asks for data by fetch, and the program answers.
//
// Besides WebSockets there are plain requests: the page asks, the
// program answers once. Try /api/state in the browser's address line.
package main

import "studio/board"

var name = "board"

func main() {
	board.LED.Low() // dark at first

	board.OnRequest("GET /api/state", func(r *board.Request) {
		r.SendJSON(state())
	})

	// The page sends {"name": "kitchen", "led": true}; what it leaves
	// out stays as it is.
	board.OnRequest("POST /api/state", func(r *board.Request) {
		if n := r.JSON("name"); n != "" {
			name = n
		}
		switch r.JSON("led") {
		case "true":
			board.LED.High()
		case "false":
			board.LED.Low()
		}
		r.SendJSON(state())
	})

	board.Serve()
}

// state is {"name":"board","led":false,"temperature":21.5}.
func state() string {
	degrees := float64(board.Temperature()) / 1000
	return board.JSON("name", name, "led", board.LED.Get(), "temperature", degrees)
}
