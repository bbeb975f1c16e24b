//go:build tinygo

package board

import "machine"

// machine.Serial is where println goes too; it was set up before main.
func openSerial() {}

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

func serialReady() bool { return true }

// sendSerial waits while the transmit ring is full.
func sendSerial(frame []byte) { machine.Serial.Write(frame) }
