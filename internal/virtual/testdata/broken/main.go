// Command broken panics right after its start while GPIO2 is low, and later when it is asked to.
package main

import (
	"os"

	"studio/board"
)

var counts map[string]int

func main() {
	println("broken begins")
	wire := board.Pin(2)
	wire.Input(board.PullUp)
	if !wire.Get() { // it leads to ground
		counts["starts"]++
	}
	board.OnText(func(from *board.Client, msg string) {
		switch msg {
		case "panic":
			counts["messages"]++
		case "exit":
			os.Exit(2)
		}
		from.SendText("Broken: " + msg)
	})
	board.Serve()
}
