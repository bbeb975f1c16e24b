package main

import "machine"

func duty() {
	pwm := machine.PWM0
	if err := pwm.Configure(machine.PWMConfig{Period: 1e9 / 1000}); err != nil {
		println(err == machine.ErrPWMPeriodTooLong)
	}
	channel, err := pwm.Channel(machine.GPIO0)
	if err != nil {
		println(err.Error())
	}
	var top uint32 = pwm.Top()
	pwm.Set(channel, top/4)
	pwm.SetInverting(channel, true)
	for _, other := range []uint32{machine.PWM1.Top(), machine.PWM2.Top(), machine.PWM3.Top()} {
		println(other)
	}
}
