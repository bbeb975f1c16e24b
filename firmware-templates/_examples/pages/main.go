// Several pages: three pages with links, and one program behind them.
//
// Each page opens a WebSocket of its own when it is shown, and says
// what it wants to know. The address without a name, /, shows
// index.html.
package main

import "studio/board"

func main() {
	board.LED.Low() // dark at first

	board.OnText(func(from *board.Client, msg string) {
		switch board.Fold(msg) {
		case "on":
			board.LED.High()
			board.Broadcast(led())
		case "off":
			board.LED.Low()
			board.Broadcast(led())
		case "led?":
			from.SendText(led())
		case "button?":
			from.SendText(button(board.Button.Get()))
		}
	})

	board.Button.OnChange(func(level bool) {
		board.Broadcast(button(level))
	})

	board.Serve()
}

func led() string {
	if board.LED.Get() {
		return "led on"
	}
	return "led off"
}

// The button's pin is low while it is pressed.
func button(level bool) string {
	if level {
		return "button up"
	}
	return "button down"
}
