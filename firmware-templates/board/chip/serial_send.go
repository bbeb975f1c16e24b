//go:build tinygo

package chip

import "machine"

// SerialReady: SendSerial takes a frame at any time.
func SerialReady() bool { return true }

// SendSerial waits while the transmit ring is full.
func SendSerial(frame []byte) { machine.Serial.Write(frame) }
