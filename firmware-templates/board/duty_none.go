//go:build tinygo && (atsamd21 || stm32l4)

package board

// chipDuty: no pin of these chips gets a duty yet. They are on from 50 percent up.
func chipDuty(Pin, bool, uint8) bool { return false }
