//go:build tinygo && serial.usb && esp32c3

package chip

import (
	"device/esp"
	"machine"
)

// ownSerial takes the receiver from TinyGo, which reads it in an interrupt: into
// a ring of 128 bytes, where the rest of a longer frame is lost, and no more
// once a packet has come before the interrupt was set up, as happens when the
// computer speaks while the program starts. Here packets stay in the hardware,
// 64 bytes, until somebody reads; the computer waits meanwhile.
func ownSerial() { esp.USB_DEVICE.SetINT_ENA_SERIAL_OUT_RECV_PKT_INT_ENA(0) }

// ReadSerial reads what is there.
func ReadSerial(p []byte) (n int) {
	for n < len(p) && machine.Serial.Buffered() > 0 { // from before ownSerial
		p[n], _ = machine.Serial.ReadByte()
		n++
	}
	for n < len(p) && esp.USB_DEVICE.GetEP1_CONF_SERIAL_OUT_EP_DATA_AVAIL() != 0 {
		p[n] = byte(esp.USB_DEVICE.EP1.Get())
		n++
	}
	return n
}
