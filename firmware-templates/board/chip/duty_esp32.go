//go:build tinygo && esp32

package chip

import (
	"device/esp"
	"machine"
	"runtime/volatile"
	"unsafe"
)

// TinyGo has no PWM for this chip: here is its LED controller, with one timer
// of a thousand turns a second and the eight channels that hang on it (ESP32
// Technical Reference Manual, "LED PWM Controller").

const (
	dutyBits   = 10
	dutySignal = 71 // of the first channel, in the pins' matrix
	dutyClock  = 80_000_000
	nanosecond = 1_000_000_000
)

// channel of the LED controller, as it lies in memory.
type channel struct {
	conf0, hpoint, duty, conf1, dutyNow volatile.Register32
}

const (
	conf0Output = 1 << 2
	conf1Start  = 1<<31 | 1<<30 | 1<<20 | 1<<10 // begin; up by nothing, once, after one turn
)

var (
	dutyChannels [Pins]uint8 // which channel a pin has got, plus one
	dutyTaken    uint8       // how many have one
)

// setDuty sets a pin's duty. False: all channels are taken.
func setDuty(p uint8, first bool, percent uint8) bool {
	if dutyChannels[p] == 0 {
		if dutyTaken == 8 {
			return false
		}
		if dutyTaken == 0 {
			startDuty()
		}
		dutyTaken++
		dutyChannels[p] = dutyTaken
	}
	n := uintptr(dutyChannels[p] - 1)
	c := (*channel)(unsafe.Add(unsafe.Pointer(&esp.LEDC.HSCH0_CONF0), n*unsafe.Sizeof(channel{})))
	c.hpoint.Set(0)
	c.duty.Set((1 << dutyBits) * uint32(percent) / 100 << 4) // four bits of fraction
	c.conf0.Set(conf0Output)
	c.conf1.Set(conf1Start)
	if first { // only now: the pin does not start with an old duty
		machine.Pin(p).Configure(machine.PinConfig{Mode: machine.PinOutput})
		out := (*volatile.Register32)(unsafe.Add(unsafe.Pointer(&esp.GPIO.FUNC0_OUT_SEL_CFG), uintptr(p)*4))
		out.Set(dutySignal + uint32(n))
	}
	return true
}

func startDuty() {
	esp.DPORT.SetPERIP_CLK_EN_LEDC_CLK_EN(1)
	esp.DPORT.SetPERIP_RST_EN_LEDC_RST(0)
	const divider = dutyClock / (nanosecond / dutyPeriod) << 8 >> dutyBits // eight bits of fraction
	esp.LEDC.SetHSTIMER0_CONF_DUTY_RES(dutyBits)
	esp.LEDC.SetHSTIMER0_CONF_DIV_NUM(divider)
	esp.LEDC.SetHSTIMER0_CONF_TICK_SEL(1) // counts the 80 MHz of the bus
	esp.LEDC.SetHSTIMER0_CONF_PAUSE(0)
	esp.LEDC.SetHSTIMER0_CONF_RST(0)
}
