package compile

import (
	"errors"
	"strings"
	"testing"

	"studioide/internal/api"
	"studioide/internal/compile/explain"
)

// realBuilder builds with the runtime that Studio comes with.
func realBuilder(t testing.TB) *Builder {
	b := testBuilder(t)
	b.Runtime = nil
	return b
}

// sensors is a program with the drivers that beginners use. On the virtual board nothing hangs on the buses.
const sensors = `package main

import (
	"image/color"
	"machine"
	"time"

	"tinygo.org/x/drivers"
	"tinygo.org/x/drivers/bmp280"
	"tinygo.org/x/drivers/buzzer"
	"tinygo.org/x/drivers/dht"
	"tinygo.org/x/drivers/encoders"
	"tinygo.org/x/drivers/hcsr04"
	"tinygo.org/x/drivers/hd44780i2c"
	"tinygo.org/x/drivers/mcp3008"
	"tinygo.org/x/drivers/mpu6050"
	"tinygo.org/x/drivers/servo"
	"tinygo.org/x/drivers/ssd1306"
	"tinygo.org/x/drivers/ws2812"
	"tinygo.org/x/tinydraw"
	"tinygo.org/x/tinyfont"
	"tinygo.org/x/tinyfont/proggy"
)

func main() {
	var bus drivers.I2C = machine.I2C0
	machine.I2C0.Configure(machine.I2CConfig{Frequency: 400 * machine.KHz})
	pressure := bmp280.New(bus)
	println("bmp280", pressure.Connected())
	mpu := mpu6050.New(bus)
	println("mpu6050", mpu.Connected(), mpu.Configure() != nil)
	lcd := hd44780i2c.New(bus, 0x27)
	println("lcd", lcd.Configure(hd44780i2c.Config{Width: 16, Height: 2}) != nil)
	screen := ssd1306.NewI2C(bus)
	screen.Configure(ssd1306.Config{Width: 128, Height: 64})
	tinyfont.WriteLine(screen, &proggy.TinySZ8pt7b, 0, 10, "Hello", color.RGBA{255, 255, 255, 255})
	tinydraw.Line(screen, 0, 0, 10, 10, color.RGBA{255, 255, 255, 255})
	println("screen", screen.Display() != nil)
	machine.SPI0.Configure(machine.SPIConfig{Frequency: 1_000_000})
	adc := mcp3008.New(machine.SPI0, machine.GPIO7)
	adc.Configure()
	println("mcp3008", adc.GetADC(0).Get())
	arm, err := servo.New(machine.PWM0, machine.GPIO6)
	println("servo", err == nil, arm.SetAngle(90) == nil)
	bz := buzzer.New(machine.GPIO5)
	bz.On()
	bz.Off()
	distance := hcsr04.New(machine.GPIO2, machine.GPIO3)
	distance.Configure()
	println("hcsr04", distance.ReadDistance() == 0)
	air := dht.New(machine.GPIO4, dht.DHT22)
	go air.ReadMeasurements() // waits for its pin
	knob := encoders.NewQuadratureViaInterrupt(machine.GPIO0, machine.GPIO1)
	println("encoder", knob.Configure(encoders.QuadratureConfig{Precision: 4}) == nil, knob.Position())
	pin := machine.GPIO8
	pin.Configure(machine.PinConfig{Mode: machine.PinOutput})
	strip := ws2812.New(pin)
	println("ws2812", strip.WriteColors([]color.RGBA{{R: 20}, {B: 255}}) == nil)
	time.Sleep(time.Millisecond)
}
`

// The drivers that beginners use run on the virtual board: nothing answers where nothing hangs.
func TestDriversOnTheVirtualBoard(t *testing.T) {
	compiles(t)
	b := realBuilder(t)
	dir := testTree(t, "p", map[string]string{"main.go": sensors})
	r, err := buildVirtual(t, b, dir)
	if err != nil {
		t.Fatalf("%v %+v", err, r)
	}
	want := "bmp280 false\nmpu6050 false true\nlcd false\nscreen true\nmcp3008 0\nservo true true\nhcsr04 true\nencoder true 0\nws2812 true\n"
	if got := run(t, r); got != want {
		t.Errorf("%s instead of\n%s", got, want)
	}
	// Without drivers the next build knows nothing of them.
	dir2 := testTree(t, "p", map[string]string{"main.go": "package main\n\nfunc main() { println(1) }\n"})
	if r, err := buildVirtual(t, b, dir2); err != nil || run(t, r) != "1\n" {
		t.Errorf("%v %+v", err, r)
	}
}

func TestDriversWithoutInternet(t *testing.T) {
	b := realBuilder(t)
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOPROXY", "off")
	var said []string
	dir := testTree(t, "p", map[string]string{"main.go": "package main\n\nimport _ \"tinygo.org/x/drivers/bmp280\"\n\nfunc main() {}\n"})
	_, err := b.Build(t.Context(), Request{Dir: dir, Program: "x", Board: virtualBoard, Pack: plain, Progress: func(text string) { said = append(said, text) }})
	wantCode(t, err, "modules.missing")
	if !strings.Contains(err.Error(), "needs the drivers' library from the internet") || !strings.Contains(strings.Join(said, "\n"), "Fetching the drivers' library (first time only).") {
		t.Errorf("%v, told %q", err, said)
	}
}

// What no board has, and what the virtual one cannot run, is told at the import; the way out of the sandbox stays shut.
func TestDriversRefused(t *testing.T) {
	b := testBuilder(t)
	b.Tools.GoPath = "/nowhere/go" // proves that nothing is compiled
	for imported, says := range map[string]string{
		"tinygo.org/x/drivers/wifinina":           "brings a network of its own",
		"tinygo.org/x/drivers/netlink/probe":      "brings a network of its own",
		"tinygo.org/x/drivers/w5500":              "brings a network of its own",
		"tinygo.org/x/drivers/internal/legacy":    "is no driver for the boards here",
		"tinygo.org/x/drivers/examples/blink":     "is no driver for the boards here",
		"tinygo.org/x/drivers/microphone":         "The virtual board cannot run the driver microphone, which needs I2S.",
		"tinygo.org/x/bluetooth":                  "Packages from the internet cannot be used here",
		"device/esp":                              "The virtual board has no chip whose registers",
		"runtime/volatile":                        "The virtual board has no chip whose registers",
		"runtime/debug":                           "The virtual board has no chip whose registers",
		"tinygo.org/x/driversx":                   "Packages from the internet",
		"github.com/orsinium-labs/tinymath":       "Packages from the internet",
		"tinygo.org/x/drivers/../../../etc/shell": "Packages from the internet",
	} {
		r, err := buildVirtual(t, b, testTree(t, "p", map[string]string{"main.go": "package main\n\nimport _ \"" + imported + "\"\n\nfunc main() {}\n"}))
		if !errors.Is(err, ErrFailed) || len(r.Problems) == 0 || r.Problems[0].Line != 3 || !strings.Contains(r.Problems[0].Text, says) || r.Problems[0].Help == "" {
			t.Errorf("%s: %v %+v", imported, err, r)
		}
	}
}

// What compilers say of package machine names the board that lacks something, and what to use.
func TestWordsAboutMachine(t *testing.T) {
	source := "package main\n\nimport \"machine\"\n\nfunc main() {\n\tmachine.Something()\n}\n"
	s := sources{files: map[string][]byte{"main.go": []byte(source)}, names: []string{"main.go"}, folders: []string{"."}}
	known := realBuilder(t)
	tool, err := known.Tools.Go(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string][2]string{
		"undefined: machine.LED":                                       {"The Seeed XIAO ESP32C3 has no machine.LED.", "board.LED"},
		"undefined: machine.GP15":                                      {"has no machine.GP15.", "machine.GPIO15"},
		"undefined: machine.GP26":                                      {"has no machine.GP26.", "board.Pin(5)"},
		"undefined: machine.PWM9":                                      {"has no machine.PWM9.", "Duty(30)"},
		"undefined: machine.ReadTemperature":                           {"has no machine.ReadTemperature.", "board.Temperature()"},
		"undefined: machine.I2C3":                                      {"has no machine.I2C3.", "machine.I2C0"},
		"undefined: machine.Watchdog":                                  {"has no machine.Watchdog.", "own watchdog"},
		"undefined: machine.PinOutptu":                                 {"Package machine has no PinOutptu.", "Did you mean machine.PinOutput?"},
		"undefined: machine.NumCores":                                  {"has no machine.NumCores.", "choose a board that has it"},
		"unknown field CS in struct literal of type machine.SPIConfig": {"machine.SPIConfig has no CS on the Seeed XIAO ESP32C3.", "Leave it out"},
		"machine.GPIO5.PortMaskSet undefined (type machine.Pin has no field or method PortMaskSet)": {"has no PortMaskSet on the Seeed XIAO ESP32C3.", "SetInterrupt"},
	} {
		picked := s.selectFor(virtualTags)
		list := picked.explain("app/main.go:6:10: "+raw+"\n", explain.Sources{Board: "Seeed XIAO ESP32C3", Symbols: known.symbols(tool)})
		if len(list) != 1 || !strings.Contains(list[0].Text, want[0]) || !strings.Contains(list[0].Help, want[1]) || strings.Contains(list[0].Help, "Look up") {
			t.Errorf("%s: %+v", raw, list)
		}
	}
	// A driver that does not compile is told at its import.
	s.files["main.go"] = []byte("package main\n\nimport \"tinygo.org/x/drivers/microphone\"\n\nfunc main() {}\n")
	list := s.selectFor(virtualTags).explain("../../mod/tinygo.org/x/drivers@v0.36.0/microphone/microphone.go:23:14: undefined: machine.I2S\n", explain.Sources{Board: "Raspberry Pi Pico"})
	if len(list) != 1 || list[0].Text != "The driver microphone cannot be built for the Raspberry Pi Pico, which has no machine.I2S." || list[0].Line != 3 || list[0].Severity != api.SeverityError {
		t.Errorf("%+v", list)
	}
}
