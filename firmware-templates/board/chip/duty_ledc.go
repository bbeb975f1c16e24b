//go:build tinygo && (esp32c3 || esp32s3)

package chip

import (
	"device/esp"
	"machine"
	"runtime/volatile"
	"unsafe"
)

// dutyChannels says which of the channels a pin has got, plus one. An ESP32-C3
// has six, an ESP32-S3 eight.
var dutyChannels [Pins]uint8

// setDuty sets a pin's duty. False: all channels are taken.
func setDuty(p uint8, first bool, percent uint8) bool {
	pwm := machine.PWM0
	if pwm.Top() == 0 && pwm.Configure(machine.PWMConfig{Period: dutyPeriod}) != nil {
		return false
	}
	if dutyChannels[p] == 0 {
		channel, err := pwm.Channel(machine.Pin(p))
		if err != nil {
			return false
		}
		dutyChannels[p] = channel + 1
	} else if first {
		// It was something else meanwhile: the channel's signal goes to the pin again.
		machine.Pin(p).Configure(machine.PinConfig{Mode: machine.PinOutput})
		out := (*volatile.Register32)(unsafe.Add(unsafe.Pointer(&esp.GPIO.FUNC0_OUT_SEL_CFG), uintptr(p)*4))
		out.Set(machine.LEDC_LS_SIG_OUT0_IDX + uint32(dutyChannels[p]) - 1)
	}
	pwm.Set(dutyChannels[p]-1, pwm.Top()*uint32(percent)/100)
	return true
}
