// Package rp2040 runs the programs that a Raspberry Pi Pico gets, as they are,
// on an emulated one (board.mjs), and reaches them the way Studio does: over
// the USB cable with the device link.
package rp2040

import (
	"context"
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

var (
	programs = map[string]string{} // name: its UF2
	builds   = map[string]string{} // name: its build id

	builder    *compile.Builder
	projectDir string // of all programs but "bad", the last is "broken"
	badDir     string // of "bad"

	missing string // why there are none
)

func TestMain(m *testing.M) {
	if missing = setUp(); missing != "" {
		fmt.Fprintf(os.Stderr, "\n*** %s: the programs for the Pico were NOT run on the emulator ***\n", missing)
	}
	status := m.Run()
	if missing == "" {
		os.RemoveAll(filepath.Dir(programs["led"]))
	}
	os.Exit(status)
}

// setUp builds the programs and installs the emulator, or says what is missing.
func setUp() string {
	for _, tool := range []string{"tinygo", "node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return tool + " is not installed"
		}
	}
	dir, err := os.MkdirTemp("", "studio-rp2040-test")
	check(err)
	var wait sync.WaitGroup
	wait.Go(func() { check(emulator.Install()) })
	builder, projectDir = compile.New(filepath.Join(dir, "cache")), filepath.Join(dir, "project")
	pico, _ := board.Find("pico")
	badDir = filepath.Join(dir, "bad")
	makeIn := func(project, name string, source []byte) {
		check(os.MkdirAll(project, 0o777))
		check(os.WriteFile(filepath.Join(project, "main.go"), source, 0o666))
		r, err := builder.Build(context.Background(), compile.Request{Dir: project, Program: "Test", Board: pico})
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n%+v\n", name, err, r)
			os.Exit(1)
		}
		programs[name], builds[name] = filepath.Join(dir, name+r.Ext), r.BuildID
		check(os.WriteFile(programs[name], r.File, 0o666))
	}
	make := func(name string, source []byte) { makeIn(projectDir, name, source) } // one for all: only main.go is compiled anew
	for _, name := range []string{"led", "sensor", "drive"} {
		source, err := fs.ReadFile(studio.Templates(), name+"/main.go")
		check(err)
		make(name, source)
	}
	make("big", []byte(big))
	make("keeper", []byte(keeper))
	makeIn(badDir, "bad", []byte(bad))
	make("broken", []byte(broken))
	wait.Wait()
	return ""
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
