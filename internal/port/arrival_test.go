//go:build linux || darwin

package port

import (
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.bug.st/serial"
)

// counted counts how often a port is looked at.
type counted struct {
	serial.Port
	looks atomic.Int32
}

func (c *counted) Read(p []byte) (int, error) {
	c.looks.Add(1)
	return c.Port.Read(p)
}

// A reader sleeps until something comes, a deadline is set, or the port is closed: nothing wakes it in between.
func TestReadSleeps(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pty here: ", err)
	}
	defer master.Close()
	name := slave.Name()
	slave.Close()
	p, err := Open(name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := p.(*wired)
	c := &counted{Port: w.serial}
	w.serial = c
	type result struct {
		text string
		err  error
	}
	read := make(chan result)
	next := func() {
		go func() {
			b := make([]byte, 10)
			n, err := w.Read(b)
			read <- result{string(b[:n]), err}
		}()
	}
	next()
	time.Sleep(5 * slice)
	if n := c.looks.Load(); n > 0 {
		t.Errorf("a port from which nothing comes was looked at %d times", n)
	}
	master.Write([]byte("x"))
	if got := <-read; got.text != "x" || got.err != nil || c.looks.Load() != 1 {
		t.Errorf("%+v after %d looks", got, c.looks.Load())
	}
	next()
	time.Sleep(slice)
	w.SetReadDeadline(time.Now().Add(-time.Second))
	if got := <-read; !errors.Is(got.err, os.ErrDeadlineExceeded) {
		t.Errorf("a deadline that is over: %+v", got)
	}
	for range 1000 { // more than anybody waits for
		w.SetReadDeadline(time.Time{})
	}
	next()
	time.Sleep(slice)
	w.Close()
	if got := <-read; !errors.Is(got.err, ErrGone) {
		t.Errorf("closed: %+v", got)
	}
	if err := w.SetReadDeadline(time.Time{}); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}
