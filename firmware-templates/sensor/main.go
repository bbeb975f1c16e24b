// Sensor: the board measures its temperature twenty times a second,
// and its page draws what comes.
//
// Most boards have a thermometer inside of their chip. It is warmer
// there than in the room: put a finger on the chip and watch. The
// virtual board has none, and makes its values up; the page says so.
package main

import (
	"strconv"
	"time"

	"studio/board"
)

// text is written again for every value, which so costs no memory.
var text []byte

func main() {
	println("Thermometer " + board.Thermometer)

	// A page has opened its WebSocket: tell it what it will see.
	board.OnAccept(func(who *board.Client) {
		who.SendText("thermometer " + board.Thermometer)
	})

	// Every value goes to every page, in thousandths of a degree:
	// 21437.
	//
	// To send something else, put it here instead: a number that you
	// count, or the time since the start.
	board.Every(50*time.Millisecond, func() {
		text = strconv.AppendInt(text[:0], int64(board.Temperature()), 10)
		board.BroadcastBytes(text)
	})

	board.Serve()
}
