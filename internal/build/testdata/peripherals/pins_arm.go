package main

import (
	"machine"
	"time"

	"peripherals/parts"
)

func pins() {
	led := machine.GPIO4
	led.Configure(machine.PinConfig{Mode: machine.PinOutput})
	led.High()
	led.Low()
	led.Set(!led.Get())
	button := machine.GPIO5
	button.Configure(machine.PinConfig{Mode: machine.PinInputPullup})
	if err := button.SetInterrupt(machine.PinFalling|machine.PinRising, func(p machine.Pin) { led.Set(p.Get()) }); err != nil {
		println(err.Error())
	}
	button.SetInterrupt(machine.PinToggle, nil)
	for _, mode := range []machine.PinMode{machine.PinInput, machine.PinInputPulldown, machine.PinAnalog} {
		machine.Pin(6).Configure(machine.PinConfig{Mode: mode})
	}
	if led == machine.NoPin {
		println("none")
	}
	println(machine.Device, machine.CPUFrequency()/machine.MHz, machine.KHz, machine.GHz)
	n, err := machine.GetRNG()
	println(n, err)
	machine.Serial.Write([]byte("hello\n"))
	machine.Serial.WriteByte('\n')
	println(machine.Serial.Buffered())
	time.Sleep(parts.Pause)
}
