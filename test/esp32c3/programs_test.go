// Package esp32c3 runs the images that boards with an ESP32-C3 get, as they
// are, on an emulated chip (machine/), and reaches them the way Studio does:
// flashed through the bootloader, over the cable with the device link.
package esp32c3

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"studioide/internal/board"
	"studioide/test/esp32c3/emulator"
	"studioide/test/images"
)

// badText is a program that goes wrong when it is asked to, or right at its start
// when a wire pulls GPIO2 low. It takes more flash than the templates, so that
// everything behind it in flash would move.
const badText = `package main

import (
	"machine"
	"runtime"
	"strconv"
	"time"

	"studio/board"
)

var (
	ballast = [40_000]byte{1, 2, 3} // not zero: it lies in flash
	list    []int
	counts  map[string]int
)

func main() {
	machine.GPIO2.Configure(machine.PinConfig{Mode: machine.PinInputPullup})
	if !machine.GPIO2.Get() {
		counts["starts"] = 1
	}
	board.OnText(func(from *board.Client, msg string) {
		switch msg {
		case "index":
			list[len(msg)] = 1
		case "panic":
			panic("out of tea")
		case "goroutine":
			go func() { list[0] = 1 }()
			return
		case "loop":
			println("for ever")
			for n := 0; ; n++ {
				ballast[n%len(ballast)]++
			}
		case "say":
			println("panic: not really")
		case "collect":
			began := time.Now()
			runtime.GC()
			took := int(time.Since(began) / time.Microsecond)
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			from.SendText("collected in " + strconv.Itoa(took) + " us, " + strconv.Itoa(int(m.HeapInuse)) + " of " + strconv.Itoa(int(m.HeapSys)) + " bytes in use")
			return
		}
		from.SendText("Bad: " + msg)
	})
	board.Serve()
}
`

const (
	kind     = "xiaoesp32c3" // the board of most tests: its cable leads to the chip
	kindUART = "esp32c3uart" // its cable leads to a serial chip
)

// programs are built when they are first asked for.
var programs = map[string]func() (images.Image, error){
	"blink": template(kind, "blink"), "echo": template(kind, "echo"), "sensor": template(kind, "sensor"), "drive": template(kind, "drive"),
	"led": template(kind, "led"), "uart": template(kindUART, "led"),
	"bad": sync.OnceValues(func() (images.Image, error) {
		return images.Program(context.Background(), thisBoard(kind), "bad", badText)
	}),
}

var missing string // why there are none

func TestMain(m *testing.M) {
	if missing = emulator.Missing(); missing == "" {
		if _, err := exec.LookPath("tinygo"); err != nil {
			missing = "tinygo is not installed"
		}
	}
	if missing != "" {
		fmt.Fprintf(os.Stderr, "\n*** %s: the programs for the ESP32-C3 were NOT run on the emulator ***\n", missing)
	}
	os.Exit(m.Run())
}

func thisBoard(id string) board.Board {
	b, _ := board.Find(id)
	return b
}

func template(id, name string) func() (images.Image, error) {
	return sync.OnceValues(func() (images.Image, error) { return images.Template(context.Background(), thisBoard(id), name) })
}

// built is a program, or the end of the test.
func built(t testing.TB, name string) images.Image {
	t.Helper()
	if missing != "" {
		t.Skip("SKIPPED: " + missing)
	}
	i, err := programs[name]()
	if err != nil {
		t.Fatal(err)
	}
	return i
}
