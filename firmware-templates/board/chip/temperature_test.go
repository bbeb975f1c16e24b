package chip

import (
	"testing"

	"studio/host"
)

func TestHandOnTheThermometer(t *testing.T) {
	fakeTemperature.warmth = 0
	cold := Millicelsius(1000)
	host.Drive(Button, false)
	defer host.Drive(Button, true)
	if warm := Millicelsius(21_000); warm-cold < 8000 || warm > 32_000 { // it has lain there for long
		t.Errorf("%d, then %d with a hand on it", cold, warm)
	}
}
