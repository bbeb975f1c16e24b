// Analog input: a bar on the page follows the voltage at a pin.
//
// Connect the middle of a potentiometer to ADC0 (GPIO0 of an
// ESP32-C3, GPIO26 of a Pico) and its ends to 3.3 V and GND. On the
// virtual board, move the slider of pin 0 in its panel.
package main

import (
	"machine"
	"strconv"
	"time"

	"studio/board"
)

// told is what pages were told last.
var told = -1

func main() {
	machine.InitADC()
	knob := machine.ADC{Pin: machine.ADC0}
	knob.Configure(machine.ADCConfig{})

	board.OnAccept(func(who *board.Client) {
		who.SendText(strconv.Itoa(max(0, told)))
	})

	// Ten measurements, one after the other, tremble less than one.
	// Pages hear only of what has changed by more than that.
	board.Every(50*time.Millisecond, func() {
		sum := 0
		for range 10 {
			sum += int(knob.Get())
		}
		millivolts := sum / 10 * 3300 / 65535
		if change := millivolts - told; change > 15 || change < -15 {
			told = millivolts
			board.Broadcast(strconv.Itoa(told))
		}
	})

	board.Serve()
}
