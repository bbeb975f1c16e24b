package main

import (
	"image/color"
	"machine"

	"tinygo.org/x/drivers"
	"tinygo.org/x/drivers/bmp280"
	"tinygo.org/x/drivers/buzzer"
	"tinygo.org/x/drivers/dht"
	"tinygo.org/x/drivers/hcsr04"
	"tinygo.org/x/drivers/hd44780i2c"
	"tinygo.org/x/drivers/mcp3008"
	"tinygo.org/x/drivers/mpu6050"
	"tinygo.org/x/drivers/servo"
	"tinygo.org/x/drivers/ssd1306"
	"tinygo.org/x/drivers/ws2812"
	"tinygo.org/x/tinydraw"
	"tinygo.org/x/tinyfont"
	"tinygo.org/x/tinyfont/proggy"
)

func sensors() {
	var bus drivers.I2C = machine.I2C0
	pressure := bmp280.New(bus)
	println(pressure.Connected())
	mpu := mpu6050.New(bus)
	println(mpu.Configure())
	lcd := hd44780i2c.New(bus, 0x27)
	lcd.Configure(hd44780i2c.Config{Width: 16, Height: 2})
	screen := ssd1306.NewI2C(bus)
	screen.Configure(ssd1306.Config{Width: 128, Height: 64})
	white := color.RGBA{255, 255, 255, 255}
	tinyfont.WriteLine(screen, &proggy.TinySZ8pt7b, 0, 10, "Hello", white)
	tinydraw.Line(screen, 0, 0, 10, 10, white)
	println(screen.Display())
	adc := mcp3008.New(machine.SPI0, machine.GPIO7)
	adc.Configure()
	println(adc.GetADC(0).Get())
	arm, err := servo.New(machine.PWM1, machine.GPIO2)
	println(err, arm.SetAngle(90))
	bz := buzzer.New(machine.GPIO5)
	bz.On()
	distance := hcsr04.New(machine.GPIO2, machine.GPIO3)
	distance.Configure()
	println(distance.ReadDistance())
	air := dht.New(machine.GPIO4, dht.DHT22)
	println(air.ReadMeasurements())
	pin := machine.GPIO8
	pin.Configure(machine.PinConfig{Mode: machine.PinOutput})
	strip := ws2812.New(pin)
	println(strip.WriteColors([]color.RGBA{{R: 20}}))
}
