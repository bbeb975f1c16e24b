//go:build tinygo && (atsamd21 || stm32l4)

package chip

// setDuty: no pin of these chips gets a duty yet. They are on from 50 percent up.
func setDuty(uint8, bool, uint8) bool { return false }
