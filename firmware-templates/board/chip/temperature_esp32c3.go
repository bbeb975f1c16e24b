//go:build tinygo && esp32c3

package chip

import (
	"device/esp"
	"runtime/volatile"
	"time"
	"unsafe"
)

// Thermometer says what Millicelsius comes from.
const Thermometer = "inside the chip"

// Millicelsius has steps of 0.44 degrees. Sequence, range and formula are those
// of ESP-IDF v5 (temperature_sensor_ll.h, temperature_sensor_periph.c and
// temperature_sensor.c for the ESP32-C3), without the calibration in eFuse.
func Millicelsius(int64) int {
	if esp.APB_SARADC.GetAPB_TSENS_CTRL_TSENS_PU() == 0 {
		startThermometer()
	}
	raw := int(esp.APB_SARADC.GetAPB_TSENS_CTRL_TSENS_OUT())
	return raw*4386/10 - 20520
}

func startThermometer() {
	esp.SYSTEM.SetPERIP_CLK_EN0_APB_SARADC_CLK_EN(1)
	esp.SYSTEM.SetPERIP_CLK_EN1_TSENS_CLK_EN(1)
	esp.APB_SARADC.SetTSENS_CTRL2_TSENS_CLK_SEL(1) // the crystal's clock
	esp.APB_SARADC.SetAPB_TSENS_CTRL_TSENS_CLK_DIV(6)
	setThermometerRange()
	esp.APB_SARADC.SetAPB_TSENS_CTRL_TSENS_PU(1)
	time.Sleep(300 * time.Microsecond) // until the first value is there
}

// setThermometerRange chooses -10 to 80 degrees: 15 in the lowest four bits of
// register 6 of the analog part 0x69, behind the chip's internal I2C bus.
func setThermometerRange() {
	const (
		part  = 0x69 | 6<<8
		write = 1 << 24
		busy  = 1 << 25
		data  = 16 // the byte's place
	)
	config := (*volatile.Register32)(unsafe.Pointer(uintptr(0x6000E044)))
	config2 := (*volatile.Register32)(unsafe.Pointer(uintptr(0x6000E048)))
	bus := (*volatile.Register32)(unsafe.Pointer(uintptr(0x6000E000)))
	esp.RTC_CNTL.SetANA_CONF_SAR_I2C_PU(1)
	config.ClearBits(1 << 18)
	config2.SetBits(1 << 16)
	wait := func() {
		for i := 0; i < 10_000 && bus.HasBits(busy); i++ {
		}
	}
	wait()
	bus.Set(part)
	wait()
	was := bus.Get() >> data & 0xFF
	bus.Set(part | write | (was|15)<<data)
	wait()
}
