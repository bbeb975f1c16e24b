package netfault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// dialled gives a connection in n and its far end, a board.
func dialled(t *testing.T, n *Network) (c, board net.Conn) {
	t.Helper()
	near, board := net.Pipe()
	c, err := n.Dial(t.Context(), func(context.Context) (net.Conn, error) { return near, nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); board.Close() })
	return c, board
}

// arrives says after what time n bytes have come out of r, and which.
func arrives(t *testing.T, r io.Reader, n int) (string, time.Duration) {
	t.Helper()
	began := time.Now()
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatalf("%v after %v", err, time.Since(began))
	}
	return string(b), time.Since(began)
}

// Both directions, of connections that were there before and that come up then.
func TestFaults(t *testing.T) {
	long := strings.Repeat("0123456789", 100)
	for _, test := range []struct {
		kind    Kind
		send    string
		takes   time.Duration
		resends int // packets that are lost
	}{
		{"", long, 0, 0},
		{Restart, long, 0, 0},
		{Delay, long, DelayTime, 0},
		{Loss, "x", 0, 0},
		{Loss, "x", ResendAfter, 1},
		{Loss, "x", 3 * ResendAfter, 2},
		{Slow, long, 5 * time.Second, 0},
	} {
		for _, before := range []bool{true, false} {
			for _, up := range []bool{true, false} {
				synctest.Test(t, func(t *testing.T) {
					left := 0
					n := Network{Random: func(int) bool { left--; return left >= 0 }}
					var c, board net.Conn
					if !before {
						n.Set(test.kind)
					}
					c, board = dialled(t, &n)
					from, to := c, board
					if !up {
						from, to = board, c
					}
					if before {
						go from.Write([]byte("now"))
						if got, took := arrives(t, to, 3); got != "now" || took != 0 {
							t.Errorf("%s: without a fault %q arrives after %v", test.kind, got, took)
						}
						n.Set(test.kind)
					}
					left = test.resends
					go from.Write([]byte(test.send))
					if got, took := arrives(t, to, len(test.send)); got != test.send || took != test.takes {
						t.Errorf("%s, before %v, up %v: %d bytes after %v, want %v", test.kind, before, up, len(got), took, test.takes)
					}
					n.Set("")
					go from.Write([]byte("end"))
					if got, took := arrives(t, to, 3); got != "end" || took != 0 {
						t.Errorf("%s: when it is over %q arrives after %v", test.kind, got, took)
					}
				})
			}
		}
	}
}

// A delay is one of time, not of speed: what is sent one after the other arrives so.
func TestDelayKeepsDistances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n Network
		n.Set(Delay)
		c, board := dialled(t, &n)
		go func() {
			for range 10 {
				c.Write([]byte("x"))
				time.Sleep(100 * time.Millisecond)
			}
		}()
		if _, took := arrives(t, board, 10); took != DelayTime+900*time.Millisecond {
			t.Errorf("ten of them take %v", took)
		}
	})
}

// Nothing arrives and nobody is told, not even of the end; deadlines hold. When
// it is over all arrives that TCP would send again.
func TestHalfOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n Network
		c, board := dialled(t, &n)
		n.Set(HalfOpen)
		if _, err := c.Write([]byte("up")); err != nil {
			t.Error(err)
		}
		go func() {
			board.Write([]byte("down"))
			board.Close()
		}()
		c.SetReadDeadline(time.Now().Add(time.Hour))
		began := time.Now()
		if got, err := c.Read(make([]byte, 10)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != time.Hour {
			t.Errorf("%d %v after %v", got, err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := n.Dial(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("dialled: %v", err)
		}
		n.Set("")
		c.SetReadDeadline(time.Time{})
		if all, err := io.ReadAll(c); string(all) != "down" || err != nil {
			t.Errorf("%q %v", all, err)
		}
	})
}

// Who sends to somebody slow has to wait, and may stop waiting.
func TestSlowHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n Network
		n.Set(Slow)
		c, board := dialled(t, &n)
		go io.Copy(io.Discard, board)
		began := time.Now()
		if _, err := c.Write(bytes.Repeat([]byte("x"), 10*SlowRate)); err != nil || time.Since(began) < 7*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		c.SetWriteDeadline(time.Now().Add(time.Second))
		if _, err := c.Write(bytes.Repeat([]byte("x"), 10*SlowRate)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

func TestCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n Network
		c, board := dialled(t, &n)
		queued, _ := dialled(t, &n)
		n.Set(Delay)
		queued.Write([]byte("on its way"))
		n.Set("")
		failed := make(chan error, 1)
		go func() {
			_, err := c.Read(make([]byte, 1))
			failed <- err
		}()
		synctest.Wait()
		n.Set(Cut)
		if err := <-failed; !errors.Is(err, ErrCut) {
			t.Errorf("reading: %v", err)
		}
		if _, err := queued.Write([]byte("x")); !errors.Is(err, ErrCut) {
			t.Errorf("writing: %v", err)
		}
		if _, err := board.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the board: %v", err)
		}
		if _, err := n.Dial(t.Context(), nil); !errors.Is(err, ErrCut) {
			t.Errorf("dialling: %v", err)
		}
		n.Set("")
		c, board = dialled(t, &n)
		go c.Write([]byte("again"))
		if got, _ := arrives(t, board, 5); got != "again" {
			t.Errorf("%q", got)
		}
		if len(n.conns) != 1 {
			t.Errorf("%d connections are kept", len(n.conns))
		}
	})
}
