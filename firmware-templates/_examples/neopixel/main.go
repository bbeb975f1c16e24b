// NeoPixel: a colour picker on the page colours a strip of LEDs.
//
// Connect DIN of a WS2812 strip (a NeoPixel) to pin 4, its plus to
// 5 V and its minus to GND. The virtual board draws the strip in its
// panel.
//
// The driver comes from tinygo.org/x/drivers. The first Run fetches
// it from the internet, once.
package main

import (
	"image/color"
	"machine"
	"strconv"

	"studio/board"
	"tinygo.org/x/drivers/ws2812"
)

const (
	pin  = machine.GPIO4
	many = 8 // LEDs on the strip
)

var (
	strip  ws2812.Device
	leds   [many]color.RGBA
	colour = "#000000"
)

func main() {
	pin.Configure(machine.PinConfig{Mode: machine.PinOutput})
	strip = ws2812.NewWS2812(pin)
	show()

	board.OnAccept(func(who *board.Client) {
		who.SendText(colour)
	})

	// Colours come as pages write them: #ff8000.
	board.OnText(func(from *board.Client, msg string) {
		n, err := strconv.ParseUint(msg[min(1, len(msg)):], 16, 24)
		if err != nil || len(msg) != 7 || msg[0] != '#' {
			from.SendText("? Say a colour, such as #ff8000")
			return
		}
		colour = msg
		for i := range leds {
			leds[i] = color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
		}
		show()
		board.Broadcast(colour)
	})

	board.Serve()
}

func show() {
	if err := strip.WriteColors(leds[:]); err != nil {
		println("The strip:", err.Error())
	}
}
