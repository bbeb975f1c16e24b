package machine

import (
	"testing"

	"studio/host"
)

func TestPins(t *testing.T) {
	LED.Set(true) // before it is an output: counts later
	if got := make(chan bool, 4); true {
		LED.Configure(PinConfig{Mode: PinOutput})
		if !LED.Get() || !host.ReadPin(8) {
			t.Fatal("LED is off")
		}
		LED.Low()
		if LED.Get() {
			t.Fatal("LED is on")
		}
		BUTTON.Configure(PinConfig{Mode: PinInputPullup})
		if !BUTTON.Get() {
			t.Fatal("button is pressed")
		}
		if err := BUTTON.SetInterrupt(PinFalling, func(p Pin) { got <- p.Get() }); err != nil {
			t.Fatal(err)
		}
		host.Drive(9, false)
		if <-got {
			t.Fatal("high after a falling edge")
		}
	}
	NoPin.Configure(PinConfig{Mode: PinOutput})
	NoPin.High()
	if NoPin.Get() || NoPin.SetInterrupt(PinToggle, nil) == nil {
		t.Fatal("NoPin does something")
	}
}
