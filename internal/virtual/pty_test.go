//go:build linux || darwin

package virtual

import (
	"context"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"studioide/internal/port"
)

// open opens a serial port of the system as Studio itself does.
func open(t *testing.T, name string) *tool {
	t.Helper()
	p, err := port.Open(name, port.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return &tool{t: t, p: p}
}

func TestPTY(t *testing.T) {
	b, h := running(t, Config{})
	h.p.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	name, err := b.PTY(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.PTY(ctx); code(err) != "port.busy" {
		t.Errorf("second PTY: %v", err)
	}
	p := open(t, name)
	if got := p.line("echo through", "through"); got != "" {
		t.Error(got)
	}
	p.p.Close() // tools come and go
	p = open(t, name)
	p.line("echo again", "again")

	e := watch(t, b)
	if err := p.p.SetBaud(touchRate); err != nil {
		t.Fatal(err)
	}
	e.wait(t, Bootloader)
	p.p.SetBaud(115200)
	p.expect("waiting for download\r\n")
	p.sync()
	p.attach()
	p.do(opFlashBegin, words(0, 0, 0x400, 0))
	p.do(opFlashEnd, words(0))
	p.expect("hello")
	p.expect("\n")

	// a tool that only knows SYNC
	p.send(opSync, 0, syncData)
	p.expect("waiting for download\r\n")
	p.sync()
	e = watch(t, b)
	p.p.SetBaud(runRate)
	e.wait(t, Started)
	p.p.SetBaud(115200)
	p.expect("hello")
	p.p.Close()

	cancel()
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		if again, err := b.Open(); err == nil {
			again.Close()
			break
		}
		if time.Since(begin) > patience {
			t.Fatal("the port is not given back")
		}
	}
}

func TestPTYEndsWithTheBoard(t *testing.T) {
	b := start(t, Config{})
	name, err := b.PTY(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		f, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
		if err != nil {
			return
		}
		f.Close()
		if time.Since(begin) > patience {
			t.Fatal("the pty is still there")
		}
	}
}
