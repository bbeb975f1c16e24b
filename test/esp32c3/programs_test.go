// Package esp32c3 runs the images that boards with an ESP32-C3 get, as they
// are, on an emulated chip (machine/), and reaches them the way Studio does:
// flashed through the bootloader, over the cable with the device link.
package esp32c3

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"studio"
	"studioide/internal/board"
	"studioide/internal/compile"
	"studioide/internal/flasher"
	"studioide/test/esp32c3/emulator"
)

// bad is a program that goes wrong when it is asked to, or right at its start
// when a wire pulls GPIO2 low. It takes more flash than the templates, so that
// everything behind it in flash would move.
const bad = `package main

import (
	"machine"

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
		}
		from.SendText("Bad: " + msg)
	})
	board.Serve()
}
`

// program is a program for a board, built by Studio's builder.
type program struct {
	builder *compile.Builder
	dir     string // of the project
	board   board.Board
	parts   []flasher.Part
	id      string // of the build
}

const (
	kind     = "xiaoesp32c3" // the board of most tests: its cable leads to the chip
	kindUART = "esp32c3uart" // its cable leads to a serial chip
)

// programs are built when they are first asked for, and all of them from the
// beginning on when all tests run.
var programs = map[string]func() (program, error){
	"blink": building("blink", kind, template("blink")), "echo": building("echo", kind, template("echo")),
	"sensor": building("sensor", kind, template("sensor")), "drive": building("drive", kind, template("drive")),
	"led": building("led", kind, template("led")), "uart": building("uart", kindUART, template("led")),
	"bad": building("bad", kind, []byte(bad)),
}

var (
	builds  string                   // the folder of all builds
	turns   = make(chan struct{}, 2) // linking such a program takes one core for 10 s
	missing string                   // why there are none
)

// elfs is a pattern of the programs' ELF files, which builders keep.
func elfs() string { return filepath.Join(builds, "*", "build", "*", ".studio", "program.elf") }

// TestMain: ESP32C3_BUILDS names a folder that keeps the builds for the next run.
func TestMain(m *testing.M) {
	flag.Parse()
	if missing = emulator.Missing(); missing == "" {
		if _, err := exec.LookPath("tinygo"); err != nil {
			missing = "tinygo is not installed"
		}
	}
	builds = os.Getenv("ESP32C3_BUILDS")
	own := builds == ""
	if own {
		var err error
		if builds, err = os.MkdirTemp("", "studio-esp32c3-test"); err != nil {
			panic(err)
		}
	}
	if missing != "" {
		fmt.Fprintf(os.Stderr, "\n*** %s: the programs for the ESP32-C3 were NOT run on the emulator ***\n", missing)
	} else if flag.Lookup("test.run").Value.String() == "" {
		for _, build := range programs {
			go build()
		}
	}
	status := m.Run()
	if own {
		os.RemoveAll(builds)
	}
	os.Exit(status)
}

func template(name string) []byte {
	source, err := fs.ReadFile(studio.Templates(), name+"/main.go")
	if err != nil {
		panic(err)
	}
	return source
}

// building builds a program for a board, once.
func building(name, id string, source []byte) func() (program, error) {
	return sync.OnceValues(func() (program, error) {
		turns <- struct{}{}
		defer func() { <-turns }()
		dir := filepath.Join(builds, name)
		p := program{builder: compile.New(dir), dir: filepath.Join(dir, "project")}
		p.board, _ = board.Find(id)
		if err := os.MkdirAll(p.dir, 0o777); err != nil {
			return p, err
		}
		if err := os.WriteFile(filepath.Join(p.dir, "main.go"), source, 0o666); err != nil {
			return p, err
		}
		r, err := p.builder.Build(context.Background(), compile.Request{Dir: p.dir, Program: "Test", Board: p.board})
		if err != nil {
			return p, fmt.Errorf("%s: %w %+v", name, err, r)
		}
		p.parts, p.id = r.Parts, r.BuildID
		return p, nil
	})
}

// built is a program, or the end of the test.
func built(t testing.TB, name string) program {
	t.Helper()
	if missing != "" {
		t.Skip("SKIPPED: " + missing)
	}
	p, err := programs[name]()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
