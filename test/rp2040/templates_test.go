package rp2040

import (
	"regexp"
	"strconv"
	"testing"
	"time"

	"studioide/internal/devlink"
	"studioide/test/cable"
)

// Twenty values a second come over the cable.
func TestSensor(t *testing.T) {
	p := launch(t, "sensor", "")
	c := cable.Socket(t, connect(t, p).Proxy(t))
	if got := cable.Next(t, c); got != "thermometer inside the chip" {
		t.Fatal(got)
	}
	value := func() {
		got := cable.Next(t, c)
		// The emulated thermometer has no voltage, which is a very hot chip.
		if degrees, err := strconv.Atoi(got); err != nil || degrees < 436_000 || degrees > 438_000 {
			t.Fatalf("%q %v", got, err)
		}
	}
	value()
	cable.Rate(t, p.measure, value)
}

// The motors stop within 300 ms of the board's own time after the last word.
func TestDriveStops(t *testing.T) {
	p := launch(t, "drive", "")
	k := connect(t, p)
	duty := make(chan devlink.Pin, 1000)
	stop, err := k.Conn.WatchPins(t.Context(), func(pin devlink.Pin) { duty <- pin })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	c := cable.Socket(t, k.Proxy(t))
	for _, want := range []string{"you 1", "driver 0"} {
		if got := cable.Next(t, c); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	cable.Say(t, c, "drive 40 -20", "driver 1")
	now := map[int]int{} // the pins' events come in any order
	wheel := func(number, percent int) {
		t.Helper()
		for late := time.After(patience); ; {
			if is, ok := now[number]; ok && is == percent {
				return
			}
			select {
			case pin := <-duty:
				now[pin.Pin] = pin.Duty
			case <-late:
				t.Fatalf("pin %d is not at %d %%: %v", number, percent, now)
			}
		}
	}
	wheel(3, 40)
	wheel(6, 20)
	if got := cable.Next(t, c); got != "driver 0" {
		t.Fatal(got)
	}
	wheel(3, 0)
	wheel(6, 0)
	if !p.await(patience, func() bool { return !p.pins[3] && !p.pins[4] && !p.pins[5] && !p.pins[6] }) {
		t.Error("a motor's pin is still high")
	}
	found := regexp.MustCompile(`Stopped: nothing heard for (\d+) ms`).FindStringSubmatch(k.Printed())
	if found == nil {
		t.Fatalf("the console says %q", k.Printed())
	}
	t.Logf("stopped after %s ms of silence, emulated", found[1])
	if ms, _ := strconv.Atoi(found[1]); ms < 250 || ms > 300 {
		t.Errorf("want 250 to 300")
	}
}
