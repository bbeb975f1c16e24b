// Button: the page shows how often the board's button was pressed.
//
// Most boards have a button called BOOT. Programs may use it, too.
// On the virtual board, click it in the picture.
package main

import (
	"strconv"

	"studio/board"
)

var presses int

func main() {
	board.LED.Low() // dark at first

	// The level changes from high to low when the button is pressed,
	// and back when it is let go.
	board.Button.OnChange(func(level bool) {
		pressed := !level
		board.LED.Set(pressed)
		if pressed {
			presses++
			println("Pressed", presses)
			board.Broadcast(count())
		}
	})

	// A page that has just opened is told what was before.
	board.OnAccept(func(who *board.Client) {
		who.SendText(count())
	})

	// The page can begin anew.
	board.OnText(func(from *board.Client, msg string) {
		if board.Fold(msg) == "reset" {
			presses = 0
			board.Broadcast(count())
		}
	})

	board.Serve()
}

func count() string {
	return strconv.Itoa(presses)
}
