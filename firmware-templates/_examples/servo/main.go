// Servo: a slider on the page turns a servo motor.
//
// Connect the servo's signal (yellow or orange) to pin 4, its plus
// (red) to 5 V and its minus (brown or black) to GND. A big servo
// wants a battery of its own; connect its GND with the board's.
//
// A servo gets a pulse every 20 ms. How long that pulse is tells it
// where to turn: 0.5 ms is 0 degrees, 2.5 ms is 180 degrees. Some
// servos turn less; then change shortest and longest.
package main

import (
	"machine"
	"strconv"

	"studio/board"
)

const (
	pin      = machine.GPIO4
	period   = 20000 // microseconds between two pulses
	shortest = 500   // microseconds of a pulse for 0 degrees
	longest  = 2500  // and for 180 degrees
)

var (
	pwm     = machine.PWM2 // the one that pin 4 has on every board
	channel uint8
	degrees = 90
)

func main() {
	err := pwm.Configure(machine.PWMConfig{Period: period * 1000})
	if err == nil {
		channel, err = pwm.Channel(pin)
	}
	if err != nil {
		println("No pulses:", err.Error())
	}
	turn(degrees)

	board.OnAccept(func(who *board.Client) {
		who.SendText(strconv.Itoa(degrees))
	})

	board.OnText(func(from *board.Client, msg string) {
		to, err := strconv.Atoi(msg)
		if err != nil || to < 0 || to > 180 {
			from.SendText("? Say a number from 0 to 180")
			return
		}
		turn(to)
		board.Broadcast(strconv.Itoa(to))
	})

	board.Serve()
}

func turn(to int) {
	degrees = to
	pulse := shortest + (longest-shortest)*to/180
	pwm.Set(channel, uint32(uint64(pwm.Top())*uint64(pulse)/period))
}
