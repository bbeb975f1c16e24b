//go:build linux

// Command c3port gives a board with an emulated ESP32-C3 to other programs: its
// port as a serial port of the system.
//
//	go run ./test/esp32c3/c3port DIR HOME
//
// DIR/esp32c3 is the port. HOME is the STUDIO_HOME of the Studio that builds for
// the board: the emulator finds the programs' names there. The board is new: it
// waits in its bootloader. What happens is told in lines of JSON: ready {port},
// boot {cause}, pin {pin, level}. It ends with its input.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"studioide/internal/virtual"
	"studioide/test/esp32c3/emulator"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "c3port DIR HOME")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "c3port:", err)
		os.Exit(1)
	}
}

func run(dir, home string) error {
	if why := emulator.Missing(); why != "" {
		return fmt.Errorf("%s", why)
	}
	var telling sync.Mutex
	tell := func(what map[string]any) {
		telling.Lock()
		defer telling.Unlock()
		json.NewEncoder(os.Stdout).Encode(what)
	}
	b, err := emulator.Start(emulator.Config{Wait: true, ELF: filepath.Join(home, "cache", "build", "*", ".studio", "program.elf"),
		Booted: func(boot emulator.Boot) { tell(map[string]any{"event": "boot", "cause": boot.Cause}) }})
	if err != nil {
		return err
	}
	defer b.Stop()
	levels := map[int]bool{}
	defer b.Watch(func(e virtual.Event) {
		if e.Kind != virtual.Pins {
			return
		}
		for _, p := range b.Pins() {
			if old, known := levels[p.Pin]; p.Mode == "output" && (!known || old != p.Level) {
				levels[p.Pin] = p.Level
				tell(map[string]any{"event": "pin", "pin": p.Pin, "level": p.Level})
			}
		}
	})()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	name, err := b.PTY(ctx)
	if err != nil {
		return err
	}
	link := filepath.Join(dir, "esp32c3")
	os.Remove(link)
	if err := os.Symlink(name, link); err != nil {
		return err
	}
	defer os.Remove(link)
	tell(map[string]any{"event": "ready", "port": link})
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
