//go:build tinygo && !(serial.usb && esp32c3)

package chip

import "machine"

// ReadSerial reads what is there. machine.Serial is where println goes too.
func ReadSerial(p []byte) (n int) {
	for n < len(p) && machine.Serial.Buffered() > 0 {
		b, err := machine.Serial.ReadByte()
		if err != nil {
			break
		}
		p[n] = b
		n++
	}
	return n
}

func ownSerial() {}
