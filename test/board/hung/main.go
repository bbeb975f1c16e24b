// Command hung has a callback that takes too long, and limits that cannot be.
package main

import (
	"time"

	"studio/board"
)

func main() {
	board.Configure(board.Limits{MaxMessage: 5_000_000, Line: -3})
	board.OnText(func(_ *board.Client, msg string) {
		if msg == "sleep" {
			time.Sleep(20 * time.Second)
		}
	})
	board.Serve()
}
