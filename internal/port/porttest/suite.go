package porttest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"studioide/internal/port"
)

// Link is an open port together with its far end, for Run.
type Link struct {
	Port   port.Port
	Board  io.ReadWriter                // the far end of the line; sees the bytes as they are on the line
	Unplug func()                       // takes the board away; nil: cannot be done here
	Lines  func() (dtr, rts, seen bool) // what the board last saw of the modem lines; nil: the link has none
}

// Run checks that what open returns is a port.Port in every respect. Each
// check gets a Link of its own; open registers its clean-up with t.
func Run(t *testing.T, open func(t *testing.T) Link) {
	checks := []struct {
		name string
		run  func(*testing.T, Link)
	}{
		{"every byte value passes both ways", everyByte},
		{"a lot passes both ways at once", aLot},
		{"read returns what is there", readSome},
		{"deadline", deadline},
		{"discard", discard},
		{"baud", baud},
		{"lines", lines},
		{"taken over", takenOver},
		{"close", closed},
		{"close wakes a reader", closeWakes},
		{"close wakes a writer", closeWakesWriter},
		{"unplug", unplug},
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

// timeout is how long anything may take on a busy machine.
const timeout = 20 * time.Second

func everyByte(t *testing.T, l Link) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	must(t, "write", write(l.Port, all))
	if got := readN(t, l.Board, 256); !bytes.Equal(got, all) {
		t.Errorf("the board got %x", got)
	}
	must(t, "board's write", write(l.Board, all))
	l.Port.SetReadDeadline(time.Now().Add(timeout))
	if got := readN(t, l.Port, 256); !bytes.Equal(got, all) {
		t.Errorf("the host got %x", got)
	}
}

func aLot(t *testing.T, l Link) {
	const size = 64 << 10
	down, up := noise(size, 1), noise(size, 2)
	l.Port.SetReadDeadline(time.Now().Add(timeout))
	done := make(chan error, 3)
	go func() { done <- write(l.Port, down) }()
	go func() { done <- write(l.Board, up) }()
	go func() {
		got := make([]byte, size)
		if _, err := io.ReadFull(l.Board, got); err != nil {
			done <- err
		} else if !bytes.Equal(got, down) {
			done <- errors.New("the board got other bytes")
		} else {
			done <- nil
		}
	}()
	if got := readN(t, l.Port, size); !bytes.Equal(got, up) {
		t.Error("the host got other bytes")
	}
	for range 3 {
		must(t, "transfer", <-done)
	}
}

func readSome(t *testing.T, l Link) {
	must(t, "board's write", write(l.Board, []byte("ab")))
	l.Port.SetReadDeadline(time.Now().Add(timeout))
	buf := make([]byte, 100)
	n, err := l.Port.Read(buf) // must not wait for 100
	if err != nil || n < 1 {
		t.Fatalf("Read = %d, %v", n, err)
	}
	for n < 2 {
		m, err := l.Port.Read(buf[n:])
		must(t, "read", err)
		n += m
	}
	if string(buf[:n]) != "ab" {
		t.Errorf("got %q", buf[:n])
	}
}

func deadline(t *testing.T, l Link) {
	buf := make([]byte, 10)
	start := time.Now()
	must(t, "SetReadDeadline", l.Port.SetReadDeadline(start.Add(30*time.Millisecond)))
	n, err := l.Port.Read(buf)
	if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("Read = %d, %v", n, err)
	}
	if took := time.Since(start); took < 25*time.Millisecond || took > 2*time.Second {
		t.Errorf("a deadline of 30 ms took %v", took)
	}
	if n, err := l.Port.Read(buf); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("second Read after the deadline = %d, %v", n, err)
	}
	must(t, "no deadline", l.Port.SetReadDeadline(time.Time{}))
	must(t, "board's write", write(l.Board, []byte("x")))
	if n, err := l.Port.Read(buf); n != 1 || err != nil || buf[0] != 'x' {
		t.Errorf("Read without deadline = %d %q, %v", n, buf[:n], err)
	}
}

func discard(t *testing.T, l Link) {
	must(t, "board's write", write(l.Board, []byte("old")))
	l.Port.SetReadDeadline(time.Now().Add(timeout))
	if _, err := l.Port.Read(make([]byte, 1)); err != nil { // they have come
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // and the rest of them, on a timed line
	must(t, "discard", l.Port.Discard())
	must(t, "board's write", write(l.Board, []byte("new")))
	if got := readN(t, l.Port, 3); string(got) != "new" {
		t.Errorf("after Discard came %q", got)
	}
}

func baud(t *testing.T, l Link) {
	for _, rate := range []int{921600, 460800, 115200} {
		must(t, "SetBaud", l.Port.SetBaud(rate))
		if e, ok := l.Board.(interface{ SetBaud(int) error }); ok {
			must(t, "board's SetBaud", e.SetBaud(rate))
		}
		must(t, "write", write(l.Port, []byte("hello")))
		if got := readN(t, l.Board, 5); string(got) != "hello" {
			t.Errorf("at %d the board got %q", rate, got)
		}
	}
}

func lines(t *testing.T, l Link) {
	if l.Lines == nil {
		if err := l.Port.SetLines(true, false); !errors.Is(err, port.ErrNoLines) {
			t.Errorf("SetLines on a link without lines: %v", err)
		}
		return
	}
	for _, want := range [][2]bool{{true, false}, {false, true}, {true, true}, {false, false}} {
		must(t, "SetLines", l.Port.SetLines(want[0], want[1]))
		if dtr, rts, seen := l.Lines(); !seen || dtr != want[0] || rts != want[1] {
			t.Errorf("SetLines(%v, %v): the board saw %v, %v (%v)", want[0], want[1], dtr, rts, seen)
		}
	}
}

// takenOver leaves the port as a careless user does and has Take make it the next one's.
func takenOver(t *testing.T, l Link) {
	must(t, "board's write", write(l.Board, []byte("an answer")))
	must(t, "deadline", l.Port.SetReadDeadline(time.Now().Add(timeout)))
	readN(t, l.Port, len("an answer")) // what is left of one is for discard
	must(t, "SetBaud", l.Port.SetBaud(460800))
	if err := l.Port.SetLines(false, false); err != nil && !errors.Is(err, port.ErrNoLines) {
		t.Fatal(err)
	}
	must(t, "deadline", l.Port.SetReadDeadline(time.Now().Add(-time.Second)))

	must(t, "Take", port.Take(l.Port, port.Terms{Fresh: true}))
	if e, ok := l.Board.(interface{ SetBaud(int) error }); ok {
		must(t, "board's SetBaud", e.SetBaud(port.DefaultBaud))
	}
	if l.Lines != nil {
		if dtr, rts, seen := l.Lines(); !seen || !dtr || !rts {
			t.Errorf("after Take the lines are %v, %v", dtr, rts)
		}
	}
	type result struct {
		n   int
		err error
	}
	buf := make([]byte, 1)
	read := make(chan result, 1)
	go func() {
		n, err := l.Port.Read(buf)
		read <- result{n, err}
	}()
	select {
	case r := <-read:
		t.Fatalf("after Take a Read with nothing to read gave %q, %v", buf[:r.n], r.err)
	case <-time.After(250 * time.Millisecond): // a deadline that is still in effect would have ended it
	}
	must(t, "board's write", write(l.Board, []byte("x")))
	if r := <-read; r.err != nil || r.n != 1 || buf[0] != 'x' {
		t.Errorf("after Take came %q, %v", buf[:r.n], r.err)
	}
}

func closed(t *testing.T, l Link) {
	must(t, "Close", l.Port.Close())
	must(t, "second Close", l.Port.Close())
	if _, err := l.Port.Read(make([]byte, 1)); !errors.Is(err, port.ErrGone) {
		t.Errorf("Read: %v", err)
	}
	if _, err := l.Port.Write([]byte("x")); !errors.Is(err, port.ErrGone) {
		t.Errorf("Write: %v", err)
	}
	if err := l.Port.SetBaud(9600); !errors.Is(err, port.ErrGone) {
		t.Errorf("SetBaud: %v", err)
	}
	if err := l.Port.SetLines(true, true); !errors.Is(err, port.ErrGone) {
		t.Errorf("SetLines: %v", err)
	}
	if err := l.Port.Discard(); !errors.Is(err, port.ErrGone) {
		t.Errorf("Discard: %v", err)
	}
	if err := l.Port.SetReadDeadline(time.Now()); !errors.Is(err, port.ErrGone) {
		t.Errorf("SetReadDeadline: %v", err)
	}
}

func closeWakes(t *testing.T, l Link) {
	l.Port.SetReadDeadline(time.Time{})
	if err := within(t, func() { l.Port.Close() }, func() error {
		_, err := l.Port.Read(make([]byte, 1))
		return err
	}); !errors.Is(err, port.ErrGone) {
		t.Errorf("Read: %v", err)
	}
}

func closeWakesWriter(t *testing.T, l Link) {
	err := within(t, func() { l.Port.Close() }, func() error {
		for { // nobody reads at the far end: this blocks sooner or later, or goes on until Close
			if _, err := l.Port.Write(make([]byte, 1<<16)); err != nil {
				return err
			}
		}
	})
	if !errors.Is(err, port.ErrGone) {
		t.Errorf("Write: %v", err)
	}
}

func unplug(t *testing.T, l Link) {
	if l.Unplug == nil {
		t.Skip("cannot be unplugged in a test")
	}
	l.Port.SetReadDeadline(time.Time{})
	if err := within(t, l.Unplug, func() error {
		_, err := l.Port.Read(make([]byte, 1))
		return err
	}); !errors.Is(err, port.ErrGone) {
		t.Errorf("Read: %v", err)
	}
	if _, err := l.Port.Write([]byte("x")); !errors.Is(err, port.ErrGone) {
		t.Errorf("Write: %v", err)
	}
	must(t, "Close of what is gone", l.Port.Close())
}

// within runs work in a goroutine, does act a moment later, and returns work's result.
func within(t *testing.T, act func(), work func() error) error {
	t.Helper()
	done := make(chan error, 1)
	started := make(chan struct{})
	go func() { close(started); done <- work() }()
	<-started
	time.Sleep(20 * time.Millisecond) // usually enough for work to block; right either way
	act()
	select {
	case err := <-done:
		return err
	case <-time.After(timeout):
		t.Fatal("still blocked")
		return nil
	}
}

func readN(t *testing.T, r io.Reader, n int) []byte {
	t.Helper()
	buf := make([]byte, n)
	if m, err := io.ReadFull(r, buf); err != nil {
		t.Fatalf("got %d of %d bytes: %v", m, n, err)
	}
	return buf
}

func write(w io.Writer, p []byte) error {
	n, err := w.Write(p)
	if err == nil && n != len(p) {
		return io.ErrShortWrite
	}
	return err
}

func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func noise(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}
