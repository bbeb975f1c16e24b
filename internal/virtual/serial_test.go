package virtual

import (
	"context"
	"testing"
	"time"

	"studioide/internal/port/porttest"
)

// far is the chip's end of the line, in the hands of a test.
type far struct{ b *Board }

func (f far) Read(p []byte) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stopped, release := f.b.toChip.until(ctx)
	defer release()
	got, err := f.b.toChip.receive(len(p), stopped)
	return copy(p, got), err
}

func (f far) Write(p []byte) (int, error) {
	f.b.fromChip(append([]byte(nil), p...))
	return len(p), nil
}

func (f far) SetBaud(rate int) error {
	f.b.toHost.left(0, context.Background().Err)
	f.b.mu.Lock()
	f.b.chipRate = rate
	f.b.mu.Unlock()
	return nil
}

// brainless puts a boot cycle without a ROM into the board, so that both ends of the line are free.
func brainless(b *Board) {
	b.mu.Lock()
	b.haltLocked(StateReset)
	last := b.lastCycle
	b.mu.Unlock()
	<-last.done
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	close(done)
	b.mu.Lock()
	b.cycle = &bootCycle{b: b, ctx: ctx, cancel: cancel, done: done}
	b.lastCycle = b.cycle
	b.mu.Unlock()
}

func TestPortConformance(t *testing.T) {
	for _, timing := range []bool{false, true} {
		t.Run(map[bool]string{false: "no timing", true: "timing"}[timing], func(t *testing.T) {
			t.Parallel()
			porttest.Run(t, func(t *testing.T) porttest.Link {
				b := start(t, Config{Timing: timing})
				p, err := b.Open()
				if err != nil {
					t.Fatal(err)
				}
				brainless(b)
				f := far{b}
				p.SetBaud(921600)
				f.SetBaud(921600)
				return porttest.Link{
					Port: p, Board: f, Unplug: b.Unplug,
					Lines: func() (dtr, rts, seen bool) {
						b.mu.Lock()
						defer b.mu.Unlock()
						return b.dtr, b.rts, true
					},
				}
			})
		})
	}
}

func TestOneHolderAtATime(t *testing.T) {
	b := start(t, Config{})
	p, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open(); code(err) != "port.busy" {
		t.Errorf("second Open: %v", err)
	}
	p.Close()
	if _, err = b.Open(); err != nil {
		t.Fatal(err)
	}
	b.Unplug()
	if _, err := b.Open(); code(err) != "port.not-found" {
		t.Errorf("Open while unplugged: %v", err)
	}
	b.Plug()
	if _, err := b.Open(); err != nil {
		t.Error(err)
	}
	b.Close()
	if _, err := b.Open(); code(err) != "port.gone" {
		t.Errorf("Open after Close: %v", err)
	}
}

// The line takes ten bit times a byte, in both directions, and a slow host reads garbage from a fast chip.
func TestLineRate(t *testing.T) {
	b := start(t, Config{Timing: true})
	p, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	brainless(b)
	f := far{b}
	begin := time.Now()
	f.Write(make([]byte, 1152)) // 100 ms at 115200
	p.SetReadDeadline(time.Now().Add(patience))
	for n := 0; n < 1152; {
		m, err := p.Read(make([]byte, 2000))
		if err != nil {
			t.Fatal(err)
		}
		n += m
	}
	if d := time.Since(begin); d < 99*time.Millisecond || d > patience {
		t.Errorf("1152 bytes to the host took %v", d)
	}
	begin = time.Now()
	p.Write(make([]byte, 1152))
	if err := p.SetBaud(460800); err != nil { // returns when they have left
		t.Fatal(err)
	}
	if d := time.Since(begin); d < 99*time.Millisecond || d > patience {
		t.Errorf("1152 bytes to the chip took %v", d)
	}
	f.Write([]byte("hello"))
	got := make([]byte, 5)
	if n, err := p.Read(got); err != nil || n == 5 && string(got) == "hello" {
		t.Errorf("at the wrong rate came %q, %v", got[:n], err)
	}
}
