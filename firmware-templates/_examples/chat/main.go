// Chat: pages talk to each other through the board.
//
// Open the page twice: in a second tab, or on a phone. What one says
// goes to all. Whoever comes later gets the last lines, too.
package main

import (
	"strconv"

	"studio/board"
)

const remembered = 10

var lines []string

func main() {
	board.OnAccept(func(who *board.Client) {
		who.Value = "guest " + strconv.Itoa(who.ID())
		for _, line := range lines {
			who.SendText(line)
		}
		say("* " + nameOf(who) + " has come")
	})

	// "/name Ada" gives a name, everything else is said to all.
	board.OnText(func(from *board.Client, msg string) {
		const command = "/name "
		if len(msg) > len(command) && msg[:len(command)] == command {
			was := nameOf(from)
			from.Value = msg[len(command):]
			say("* " + was + " is called " + nameOf(from))
		} else if msg != "" {
			say(nameOf(from) + ": " + msg)
		}
	})

	board.OnClosed(func(who *board.Client) {
		say("* " + nameOf(who) + " has gone")
	})

	board.Serve()
}

func nameOf(c *board.Client) string {
	name, _ := c.Value.(string)
	return name
}

func say(line string) {
	if len(lines) == remembered {
		copy(lines, lines[1:])
		lines = lines[:remembered-1]
	}
	lines = append(lines, line)
	board.Broadcast(line)
}
