package board

import (
	"testing"

	"studio/board/devlink"
	"studio/host"
)

func TestDuty(t *testing.T) {
	const pin Pin = 5
	defer pin.Input(PullUp)
	for percent, want := range map[int]uint8{30: 30, -5: 0, 200: 100, 1: 1} {
		pin.Duty(percent)
		if got := pin.shown(); got != want || pin.Get() != (want > 0) || host.ReadPin(uint8(pin)) != (want > 0) {
			t.Errorf("Duty(%d): %d %v", percent, got, pin.Get())
		}
	}
	// Half on is on: Toggle switches it off, and it is a plain output again.
	pin.Duty(50)
	pin.Toggle()
	if pin.Get() || pinStates[pin].mode != devlink.PinOutput {
		t.Error("Toggle does not switch it off")
	}
	pin.High()
	if pin.shown() != 1 {
		t.Error("High after Duty")
	}
	NoPin.Duty(100)
}
