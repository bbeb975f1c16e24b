//go:build tinygo && serial.uart && esp32c3

package chip

import "machine"

// OpenSerial names the line's pins: TinyGo 0.41 knows none for this chip, and
// leaves the line as the boot ROM had it, which hears nothing.
func OpenSerial() {
	machine.UART0.Configure(machine.UARTConfig{BaudRate: 115200, TX: machine.GPIO21, RX: machine.GPIO20})
}
