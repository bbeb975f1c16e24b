//go:build tinygo && !(serial.usb && esp32c3)

package board

import "machine"

// readSerial reads what is there. machine.Serial is where println goes too.
func readSerial(p []byte) (n int) {
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
