// Command blast sends much to everybody, and answers a ping.
package main

import (
	"strings"

	"studio/board"
)

func main() {
	big := strings.Repeat("x", 60_000)
	board.OnText(func(from *board.Client, msg string) {
		switch msg {
		case "broadcast":
			board.Broadcast(big)
		case "each":
			for _, c := range all {
				c.SendText(big)
				c.SendText("small")
			}
		case "bytes":
			for _, c := range all {
				c.SendBinary([]byte(big))
			}
		default:
			from.SendText("pong")
		}
	})
	board.OnAccept(func(who *board.Client) { all[who.ID()] = who })
	board.OnClosed(func(who *board.Client) { delete(all, who.ID()) })
	board.Serve()
}

var all = map[int]*board.Client{}
