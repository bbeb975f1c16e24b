// Fade: a slider on the page makes the LED brighter and dimmer.
//
// A pin is either on or off. Duty switches it a thousand times a
// second, so fast that the eye sees only how much of the time it is
// on.
package main

import (
	"strconv"
	"time"

	"studio/board"
)

var (
	percent   int  // of the time that the LED is on
	step      = 2  // by how much it changes when it breathes
	breathing bool // up and down by itself
)

func main() {
	board.LED.Duty(0)

	board.OnAccept(func(who *board.Client) {
		who.SendText(state())
	})

	board.OnText(func(from *board.Client, msg string) {
		if board.Fold(msg) == "breathe" {
			breathing = !breathing
		} else if n, err := strconv.Atoi(msg); err == nil && n >= 0 && n <= 100 {
			breathing = false
			percent = n
			board.LED.Duty(percent)
		} else {
			from.SendText("? Say a number from 0 to 100, or breathe")
			return
		}
		board.Broadcast(state())
	})

	// 25 times a second is often enough to look smooth.
	board.Every(40*time.Millisecond, func() {
		if !breathing {
			return
		}
		percent += step
		if percent <= 0 || percent >= 100 {
			percent = max(0, min(percent, 100))
			step = -step
		}
		board.LED.Duty(percent)
	})

	board.Serve()
}

func state() string {
	if breathing {
		return "breathing"
	}
	return strconv.Itoa(percent)
}
