package host

import "sync"

// The virtual board's buses end at its pins. What hangs on them is made up: a
// device is a value of one of the types below. Without one, nothing answers on
// I2C, and the data lines of SPI and UART are wired together, so that a program
// reads what it writes.

// I2CDevice is what answers at an I2C address. Tx is one transaction: the
// program's bytes w, then those that it reads into r. An error is a device that
// does not acknowledge. It is called from the program's goroutine.
type I2CDevice interface {
	Tx(w, r []byte) error
}

// SPIDevice answers every byte with another one, at the same time.
type SPIDevice interface {
	Transfer(w byte) (r byte)
}

// UARTDevice is the other end of a serial line: it takes a byte and may answer
// with some, then or later, by reply.
type UARTDevice interface {
	Receive(c byte, reply func(...byte))
}

// place is an address on an I2C bus.
type place struct {
	bus     uint8
	address uint16
}

var buses = struct {
	sync.Mutex
	i2c  map[place]I2CDevice
	spi  map[uint8]SPIDevice
	uart map[uint8]UARTDevice
}{i2c: map[place]I2CDevice{}, spi: map[uint8]SPIDevice{}, uart: map[uint8]UARTDevice{}}

// AttachI2C puts a device onto a bus; nil takes it away.
func AttachI2C(bus uint8, address uint16, d I2CDevice) {
	buses.Lock()
	defer buses.Unlock()
	if d == nil {
		delete(buses.i2c, place{bus, address})
		return
	}
	buses.i2c[place{bus, address}] = d
}

// OnI2C is the device at an address of a bus; nil: none.
func OnI2C(bus uint8, address uint16) I2CDevice {
	buses.Lock()
	defer buses.Unlock()
	return buses.i2c[place{bus, address}]
}

// AttachSPI puts a device onto a bus; nil takes it away.
func AttachSPI(bus uint8, d SPIDevice) {
	buses.Lock()
	defer buses.Unlock()
	if d == nil {
		delete(buses.spi, bus)
		return
	}
	buses.spi[bus] = d
}

// OnSPI is the device on a bus; nil: none.
func OnSPI(bus uint8) SPIDevice {
	buses.Lock()
	defer buses.Unlock()
	return buses.spi[bus]
}

// AttachUART puts a device at the other end of a serial line; nil takes it away.
func AttachUART(line uint8, d UARTDevice) {
	buses.Lock()
	defer buses.Unlock()
	if d == nil {
		delete(buses.uart, line)
		return
	}
	buses.uart[line] = d
}

// OnUART is the device at the other end of a line; nil: none.
func OnUART(line uint8) UARTDevice {
	buses.Lock()
	defer buses.Unlock()
	return buses.uart[line]
}
