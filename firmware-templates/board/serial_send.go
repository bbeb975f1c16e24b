//go:build tinygo

package board

import "machine"

func serialReady() bool { return true }

// sendSerial waits while the transmit ring is full.
func sendSerial(frame []byte) { machine.Serial.Write(frame) }
