// Blink: the board's LED goes on and off. No page, no network.
package main

import (
	"time"

	"studio/board"
)

func main() {
	println("Blinking")

	// Every half second: off when it is on, on when it is off.
	board.Every(500*time.Millisecond, func() {
		board.LED.Toggle()
	})

	// Serve keeps the program running, and keeps the board in touch
	// with Studio. It never comes back.
	board.Serve()
}
