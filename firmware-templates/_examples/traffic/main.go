// Traffic light: three LEDs in turn, and a button for who wants to
// cross the road.
//
// Connect three LEDs, each with a resistor (220 to 1000 ohms), from
// pins 3 (red), 4 (yellow) and 5 (green) to GND.
package main

import (
	"time"

	"studio/board"
)

// A phase is what is lit and for how many quarters of a second.
type phase struct {
	name               string
	red, yellow, green bool
	quarters           int
}

var phases = []phase{
	{name: "red", red: true, quarters: 16},
	{name: "red and yellow", red: true, yellow: true, quarters: 4},
	{name: "green", green: true, quarters: 40},
	{name: "yellow", yellow: true, quarters: 8},
}

const green = 2 // its place in phases

var (
	now    int // the phase of the moment
	passed int // quarters since it began
)

func main() {
	show()

	board.OnAccept(func(who *board.Client) {
		who.SendText(phases[now].name)
	})

	// Somebody wants to cross: green ends soon.
	board.OnText(func(from *board.Client, msg string) {
		if board.Fold(msg) == "cross" && now == green {
			passed = max(passed, phases[green].quarters-4)
		}
	})

	board.Every(250*time.Millisecond, func() {
		passed++
		if passed < phases[now].quarters {
			return
		}
		now = (now + 1) % len(phases)
		passed = 0
		show()
		board.Broadcast(phases[now].name)
	})

	board.Serve()
}

func show() {
	p := phases[now]
	board.Pin(3).Set(p.red)
	board.Pin(4).Set(p.yellow)
	board.Pin(5).Set(p.green)
}
