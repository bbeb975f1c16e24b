package esp32c3

import (
	"regexp"
	"strconv"
	"testing"
	"time"

	"studioide/internal/api"
	"studioide/test/cable"
	"studioide/test/esp32c3/emulator"
)

// The LED goes on and off by itself, every half second.
func TestBlink(t *testing.T) {
	p := launch(t, "blink", emulator.Config{})
	k := p.connect(t)
	k.Prints(t, "Blinking\r\n")
	lit := func(on bool) {
		t.Helper()
		p.pins(t, "the LED", func(pins map[int]api.Pin) bool { return pins[ledPin].Mode == "output" && pins[ledPin].Level == on })
	}
	lit(true)
	emulated, _ := p.measure(t, func() {
		for range 2 {
			lit(false)
			lit(true)
		}
	})
	if emulated < 1500*time.Millisecond || emulated > 2500*time.Millisecond {
		t.Errorf("two rounds take %v, want about 2 s", emulated)
	}
}

func TestEcho(t *testing.T) {
	p := launch(t, "echo", emulator.Config{})
	k := p.connect(t)
	local := cable.Web(t, "echo")
	k.Push(t, local)
	k.Has(t, local)
	cable.Say(t, cable.Socket(t, k.Proxy(t)), "hello", "Reply for hello")
	k.Prints(t, "WS RECV TEXT : hello\r\n")
}

// Twenty values a second come over the cable.
func TestSensor(t *testing.T) {
	p := launch(t, "sensor", emulator.Config{})
	c := cable.Socket(t, p.connect(t).Proxy(t))
	if got := cable.Next(t, c); got != "thermometer inside the chip" {
		t.Fatal(got)
	}
	value := func() {
		got := cable.Next(t, c)
		if degrees, err := strconv.Atoi(got); err != nil || degrees < 24_500 || degrees > 25_500 {
			t.Fatalf("%q %v", got, err)
		}
	}
	value()
	cable.Rate(t, p.measure, value)
}

// The motors turn as fast as they are told, and stop within 300 ms of the
// board's own time after the last word.
func TestDriveStops(t *testing.T) {
	p := launch(t, "drive", emulator.Config{})
	k := p.connect(t)
	c := cable.Socket(t, k.Proxy(t))
	for _, want := range []string{"you 1", "driver 0"} {
		if got := cable.Next(t, c); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	wheels := func(what string, forward, backward int) {
		t.Helper()
		duty := func(p api.Pin, percent int) bool {
			return p.Mode == "analog" && p.Value == api.Duty(percent)
		}
		p.pins(t, what, func(pins map[int]api.Pin) bool { return duty(pins[3], forward) && duty(pins[6], backward) })
	}
	cable.Say(t, c, "drive 40 -20", "driver 1")
	wheels("the motors turn", 40, 20)
	if got := cable.Next(t, c); got != "driver 0" {
		t.Fatal(got)
	}
	wheels("the motors stand still", 0, 0)
	found := regexp.MustCompile(`Stopped: nothing heard for (\d+) ms`).FindStringSubmatch(k.Printed())
	if found == nil {
		t.Fatalf("the console says %q", k.Printed())
	}
	t.Logf("stopped after %s ms of silence, emulated", found[1])
	if ms, _ := strconv.Atoi(found[1]); ms < 250 || ms > 300 {
		t.Errorf("want 250 to 300")
	}
}

// A board whose cable leads to a serial chip: everything goes at 115200 baud,
// and what comes while flash is erased, with no room for more, comes again.
func TestSerialChip(t *testing.T) {
	p := launch(t, "uart", emulator.Config{UART: true})
	k := p.connect(t)
	if k.Hello.Board != kindUART || k.Hello.Reset != 1 && k.Hello.Reset != 0 {
		t.Fatalf("%+v", k.Hello)
	}
	local := cable.Web(t, "led")
	before := p.ask(t, "state", nil)
	emulated, _ := p.measure(t, func() { k.Push(t, local) })
	after := p.ask(t, "state", nil)
	k.Has(t, local)
	t.Logf("push of %d bytes: %v emulated; %d bytes were lost on the line, %d erases", len(local[0].Content), emulated, after.Lost-before.Lost, after.Erases-before.Erases)
	c := cable.Socket(t, k.Proxy(t))
	for _, on := range []bool{true, false} {
		text := map[bool]string{true: "LEDon", false: "LEDoff"}[on]
		cable.Say(t, c, text, "Reply for "+text)
		p.pins(t, text, func(pins map[int]api.Pin) bool { return pins[ledPin].Mode == "output" && pins[ledPin].Level == on })
	}
	k.Prints(t, "WS RECV TEXT : LEDoff\r\n")
}
