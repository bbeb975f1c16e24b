//go:build tinygo && (rp2040 || rp2350)

package chip

import "machine"

// setDuty sets a pin's duty. Two pins each share a part of the chip that runs
// at one rate. False: the pin has none.
func setDuty(p uint8, first bool, percent uint8) bool {
	slice, err := machine.PWMPeripheral(machine.Pin(p))
	if err != nil {
		return false
	}
	pwm := machine.PWM0
	switch slice {
	case 0:
	case 1:
		pwm = machine.PWM1
	case 2:
		pwm = machine.PWM2
	case 3:
		pwm = machine.PWM3
	case 4:
		pwm = machine.PWM4
	case 5:
		pwm = machine.PWM5
	case 6:
		pwm = machine.PWM6
	case 7:
		pwm = machine.PWM7
	default:
		return false
	}
	if !pwm.IsEnabled() && pwm.Configure(machine.PWMConfig{Period: dutyPeriod}) != nil {
		return false
	}
	channel := uint8(p) & 1
	pwm.Set(channel, (pwm.Top()+1)*uint32(percent)/100)
	if first {
		pwm.Channel(machine.Pin(p)) // only now: the pin does not start with an old duty
	}
	return true
}
