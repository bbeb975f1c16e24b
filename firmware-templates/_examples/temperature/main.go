// Temperature: the page shows how warm it is, and the LED lights when
// that is more than the page allows.
//
// Most boards have a thermometer inside of their chip. It is warmer
// there than in the room: put a finger on the chip. On the virtual
// board, hold BOOT to warm it.
package main

import (
	"strconv"
	"time"

	"studio/board"
)

var limit = 30 // degrees from which on the LED lights

func main() {
	board.LED.Low() // dark at first

	board.OnAccept(func(who *board.Client) {
		who.SendText(state())
	})

	// The page sends another limit.
	board.OnText(func(from *board.Client, msg string) {
		n, err := strconv.Atoi(msg)
		if err != nil || n < -20 || n > 100 {
			from.SendText("? Say a number from -20 to 100")
			return
		}
		limit = n
		watch()
	})

	board.Every(time.Second, watch)

	board.Serve()
}

// watch switches the LED and tells all pages.
func watch() {
	board.LED.Set(board.Temperature() >= limit*1000)
	board.Broadcast(state())
}

// state is what pages are told: the temperature in thousandths of a
// degree, and the limit in degrees.
func state() string {
	return strconv.Itoa(board.Temperature()) + " " + strconv.Itoa(limit)
}
