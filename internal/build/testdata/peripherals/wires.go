package main

import "machine"

func wires() {
	i2c := machine.I2C0
	if err := i2c.Configure(machine.I2CConfig{Frequency: 400 * machine.KHz, SDA: machine.GPIO4, SCL: machine.GPIO5}); err != nil {
		println(err.Error())
	}
	got := make([]byte, 2)
	if err := i2c.Tx(0x76, []byte{0xD0}, got); err != nil {
		println("nothing answers")
	}
	i2c.ReadRegister(0x76, 0xD0, got)
	i2c.WriteRegister(0x76, 0xF4, []byte{0x27})
	i2c.SetBaudRate(machine.TWI_FREQ_100KHZ)

	spi := machine.SPI0
	if err := spi.Configure(machine.SPIConfig{Frequency: 4_000_000, SCK: machine.GPIO6, SDO: machine.GPIO7, SDI: machine.GPIO4, Mode: machine.Mode0, LSBFirst: false}); err != nil {
		println(err.Error())
	}
	spi.Tx([]byte{1, 2}, got)
	b, err := spi.Transfer(3)
	println(b, err == machine.ErrTxInvalidSliceSize)

	for _, uart := range []*machine.UART{machine.UART0, machine.UART1} {
		if err := uart.Configure(machine.UARTConfig{BaudRate: 9600, TX: machine.GPIO0, RX: machine.GPIO1}); err != nil {
			println(err.Error())
		}
		uart.Write([]byte("hello"))
		uart.WriteByte('!')
		for uart.Buffered() > 0 {
			c, err := uart.ReadByte()
			println(c, err)
		}
		n, _ := uart.Read(got)
		println(n)
		uart.SetBaudRate(115200)
		uart.SetFormat(8, 1, machine.ParityNone)
	}
}
