// Package rp2040 runs the programs that a Raspberry Pi Pico gets, as they are,
// on an emulated one (board.mjs), and reaches them the way Studio does: over
// the USB cable with the device link.
package rp2040

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"studioide/internal/board"
	"studioide/test/images"
	"studioide/test/rp2040/emulator"
)

// big is a program that takes more flash than the templates, so that everything
// behind it in flash would move, and that can be sent into a loop.
const big = `package main

import "studio/board"

var ballast = [40_000]byte{1, 2, 3} // not zero: it lies in flash

func main() {
	board.OnText(func(from *board.Client, msg string) {
		if msg == "loop" {
			println("for ever")
			for n := 0; ; n++ {
				ballast[n%len(ballast)]++
			}
		}
		from.SendText("Big: " + msg)
	})
	board.Serve()
}
`

// bad is a program that goes wrong when it is asked to.
const bad = `package main

import "studio/board"

var list []int

func main() {
	board.OnText(func(from *board.Client, msg string) {
		switch msg {
		case "index":
			list[len(msg)] = 1
		case "panic":
			panic("out of tea")
		case "goroutine":
			go func() { list[0] = 1 }()
			return
		case "say":
			println("panic: not really")
		}
		from.SendText("Bad: " + msg)
	})
	board.Serve()
}
`

// broken is a program that goes wrong before it serves.
const broken = `package main

import "studio/board"

var counts map[string]int

func main() {
	counts["starts"]++
	board.Serve()
}
`

// programs are built when they are first asked for.
var programs = map[string]func() (images.Image, error){
	"led": template("led"), "sensor": template("sensor"), "drive": template("drive"),
	"big": program("big", big), "keeper": program("keeper", keeper), "bad": program("bad", bad), "broken": program("broken", broken),
}

var (
	missing string // why there are none
	binDir  string // of commands
)

func TestMain(m *testing.M) {
	if missing = setUp(); missing != "" {
		fmt.Fprintf(os.Stderr, "\n*** %s: the programs for the Pico were NOT run on the emulator ***\n", missing)
	}
	status := m.Run()
	os.RemoveAll(binDir)
	os.Exit(status)
}

// setUp installs the emulator, or says what is missing.
func setUp() string {
	for _, tool := range []string{"tinygo", "node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return tool + " is not installed"
		}
	}
	var err error
	if binDir, err = os.MkdirTemp("", "studio-rp2040-test"); err != nil {
		panic(err)
	}
	if err := emulator.Install(); err != nil {
		panic(err)
	}
	return ""
}

func thisBoard() board.Board {
	b, _ := board.Find("pico")
	return b
}

func template(name string) func() (images.Image, error) {
	return sync.OnceValues(func() (images.Image, error) { return images.Template(context.Background(), thisBoard(), name) })
}

func program(title, source string) func() (images.Image, error) {
	return sync.OnceValues(func() (images.Image, error) { return images.Program(context.Background(), thisBoard(), title, source) })
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
