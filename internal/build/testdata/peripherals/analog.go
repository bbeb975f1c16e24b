package main

import (
	"machine"
	"strconv"
	"time"

	"studio/board"
)

func analog() {
	machine.InitADC()
	pot := machine.ADC{Pin: machine.ADC0}
	if err := pot.Configure(machine.ADCConfig{Resolution: 12, Samples: 4}); err != nil {
		println(err.Error())
	}
	board.Every(100*time.Millisecond, func() { board.Broadcast(strconv.Itoa(int(pot.Get()))) })
	var value uint16 = machine.ADC{Pin: machine.ADC3}.Get()
	println(value)
}
