// LED over WebSocket: a web page's buttons switch the board's LED.
//
// The page is www/led.html. It opens a WebSocket to the board: a line
// that stays open, over which page and program send each other short
// texts. The program below answers every text that arrives.
package main

import "studio/board"

func main() {
	println("Preparing server")
	board.LED.Low() // dark at first

	// A page has opened its WebSocket.
	board.OnAccept(func(who *board.Client) {
		println("WS ACCEPT")
	})

	// A text has arrived: msg is the text, from is who sent it.
	board.OnText(func(from *board.Client, msg string) {
		println("WS RECV TEXT : " + msg)

		// Fold makes small letters of big ones, so LEDon, LEDOn and
		// ledon are all the same here. That matters: in the
		// well-known tutorial that this project follows, the page
		// sends "LEDon" while the program waits for "LEDOn", and so
		// its LED never lights.
		switch board.Fold(msg) {
		case "ledon":
			board.LED.High()
		case "ledoff":
			board.LED.Low()
		case "led?": // a page that has just opened asks
			if board.LED.Get() {
				from.SendText("LED is on")
			} else {
				from.SendText("LED is off")
			}
			return
		default:
			println("*")
		}

		from.SendText("Reply for " + msg)
	})

	// The page has gone, or has closed its WebSocket.
	board.OnClosed(func(who *board.Client) {
		println("WS CLOSED")
	})

	// Now serve the files of www/ and the WebSocket, for ever.
	println("Starting server")
	board.Serve()
}
