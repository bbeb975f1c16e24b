//go:build linux

// Command picoport gives an emulated Raspberry Pi Pico to other programs: its
// USB port as a serial port of the system, and its bootloader as a drive.
//
//	go run ./test/rp2040/picoport DIR [PROGRAM.uf2]
//
// DIR/pico is the port while there is one; a Studio that is started with
// STUDIO_VOLUMES=DIR/volumes finds the drive. Without a program the board waits
// in its bootloader, as a new one does. What happens is told in lines of JSON:
// ready, drive, port, gone {why}, pin {pin, level}. It ends with its input.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"studioide/internal/flasher/flashertest"
	"studioide/internal/port"
	"studioide/test/rp2040/emulator"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "picoport DIR [PROGRAM.uf2]")
		os.Exit(2)
	}
	program := ""
	if len(os.Args) > 2 {
		program = os.Args[2]
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	if err := run(ctx, os.Args[1], program); err != nil {
		fmt.Fprintln(os.Stderr, "picoport:", err)
		os.Exit(1)
	}
}

// board is the emulated one with what hangs on it.
type board struct {
	*emulator.Pico
	name    string // of the port
	volumes string

	telling sync.Mutex
}

func run(ctx context.Context, dir, program string) error {
	if err := emulator.Install(); err != nil {
		return err
	}
	p, err := emulator.Start(program, "")
	if err != nil {
		return err
	}
	defer p.Stop()
	b := &board{Pico: p, name: filepath.Join(dir, "pico"), volumes: filepath.Join(dir, "volumes")}
	if err := os.MkdirAll(b.volumes, 0o755); err != nil {
		return err
	}
	os.Remove(b.name)
	b.tell(map[string]any{"event": "ready", "port": b.name, "volumes": b.volumes})
	defer context.AfterFunc(ctx, func() { p.Change(func() {}) })()
	go b.tellPins(ctx)
	waits := program == ""
	for ctx.Err() == nil && err == nil {
		if waits {
			waits, err = false, b.bootloader(ctx)
		} else {
			waits, err = b.onBus(ctx)
		}
	}
	return err
}

func (b *board) tell(what map[string]any) {
	b.telling.Lock()
	defer b.telling.Unlock()
	json.NewEncoder(os.Stdout).Encode(what)
}

func (b *board) tellPins(ctx context.Context) {
	known := map[int]bool{}
	for ctx.Err() == nil {
		var news []map[string]any
		b.Await(time.Hour, func() bool {
			for pin, level := range b.Pins {
				if old, ok := known[pin]; !ok || old != level {
					known[pin] = level
					news = append(news, map[string]any{"event": "pin", "pin": pin, "level": level})
				}
			}
			return news != nil || ctx.Err() != nil
		})
		for _, n := range news {
			b.tell(n)
		}
	}
}

// bootloader shows the drive until a program has come, and starts it.
func (b *board) bootloader(ctx context.Context) error {
	var failed error
	ask := func(what string, more map[string]any) {
		if _, err := b.Ask(what, more); err != nil {
			failed = err
		}
	}
	drive := flashertest.Drive{Dir: filepath.Join(b.volumes, "RPI-RP2"), Board: "RPI-RP2", Family: 0xe48bff56,
		Erase: func(off int64) { ask("erase", map[string]any{"at": off}) },
		Program: func(off int64, page []byte) {
			ask("program", map[string]any{"at": off, "page": base64.StdEncoding.EncodeToString(page)})
		},
	}
	b.tell(map[string]any{"event": "drive"})
	if got, err := drive.Wait(ctx); err != nil || !got {
		return err
	}
	ask("on", nil)
	return failed
}

// onBus is the board's port until the board leaves; waits says that it did so
// for its bootloader.
func (b *board) onBus(ctx context.Context) (waits bool, err error) {
	if !b.Await(time.Minute, func() bool { return b.Attached > b.Gone || ctx.Err() != nil }) {
		return false, errors.New("the board does not come onto the bus")
	}
	if ctx.Err() != nil {
		return false, nil
	}
	line, err := b.Open()
	if err != nil {
		return false, err
	}
	if err := b.bridge(ctx, line); err != nil || ctx.Err() != nil {
		return false, err
	}
	why := ""
	b.Change(func() { why = b.Why })
	b.tell(map[string]any{"event": "gone", "why": why})
	return why == "bootloader", nil
}

// bridge carries bytes between the board and a serial port of the system until
// the board has left. Whoever opens the port asserts DTR, as with USB; a pty
// does not tell its far end, so there is no way but to look.
func (b *board) bridge(ctx context.Context, line port.Port) error {
	master, slave, err := pty.Open()
	if err != nil {
		return err
	}
	defer master.Close()
	if _, err = term.MakeRaw(int(slave.Fd())); err != nil {
		return err
	}
	name := slave.Name()
	slave.Close() // from now on the master knows whether somebody has it open
	fd := int(master.Fd())
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	if err := os.Symlink(name, b.name); err != nil {
		return err
	}
	defer os.Remove(b.name)
	b.tell(map[string]any{"event": "port"})

	var opened atomic.Bool
	left := make(chan struct{})
	go func() {
		defer close(left)
		buf := make([]byte, 4096)
		for {
			n, err := line.Read(buf)
			if err != nil {
				return
			}
			for out := buf[:n]; len(out) > 0 && opened.Load(); { // what nobody waits for is lost
				n, err := unix.Write(fd, out)
				if err != nil {
					time.Sleep(time.Millisecond) // its reader is slow, or about to leave
					continue
				}
				out = out[n:]
			}
		}
	}()
	defer func() {
		line.Close()
		opened.Store(false)
		<-left
	}()

	rate := uint32(0)
	buf := make([]byte, 4096)
	for {
		select {
		case <-left:
			return nil
		case <-ctx.Done():
			return nil
		default:
		}
		look := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if _, err := unix.Poll(look, 5); err != nil && err != unix.EINTR {
			return err
		}
		// Before what comes now: who sets the rate and closes means both in this order.
		if t, err := unix.IoctlGetTermios(fd, unix.TCGETS2); err == nil && t.Ospeed != 0 && t.Ospeed != rate {
			rate = t.Ospeed
			line.SetBaud(int(rate))
		}
		now := look[0].Revents&unix.POLLHUP == 0
		if opened.Swap(now) != now {
			line.SetLines(now, now)
		}
		if n, err := unix.Read(fd, buf); err == nil && n > 0 {
			line.Write(buf[:n])
		} else if !now {
			time.Sleep(5 * time.Millisecond) // poll does not wait while nobody has the port open
		}
	}
}
