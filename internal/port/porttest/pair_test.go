package porttest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/port"
)

func TestPairIsAPort(t *testing.T) {
	for _, timing := range []bool{false, true} {
		name := "untimed"
		if timing {
			name = "timed"
		}
		t.Run(name, func(t *testing.T) {
			Run(t, func(t *testing.T) Link {
				var mu sync.Mutex
				var dtr, rts, seen bool
				o := Options{Timing: timing, Baud: 3_000_000, AnyBaud: true, OnLines: func(d, r bool) {
					mu.Lock()
					defer mu.Unlock()
					dtr, rts, seen = d, r, true
				}}
				host, board := Pair(o)
				t.Cleanup(func() { host.Close(); board.Close() })
				return Link{Port: host, Board: board, Unplug: board.Unplug, Lines: func() (bool, bool, bool) {
					mu.Lock()
					defer mu.Unlock()
					return dtr, rts, seen
				}}
			})
		})
	}
}

func TestPairWithoutLines(t *testing.T) {
	host, board := Pair(Options{NoLines: true})
	if err := host.SetLines(true, true); !errors.Is(err, port.ErrNoLines) {
		t.Error(err)
	}
	if err := board.SetLines(true, true); !errors.Is(err, port.ErrNoLines) {
		t.Error(err)
	}
}

func TestTimingIsExact(t *testing.T) {
	for _, rate := range []int{9600, 115200, 921600} {
		for _, delay := range []time.Duration{0, 2 * time.Millisecond, 16 * time.Millisecond} {
			synctest.Test(t, func(t *testing.T) {
				const size = 20_000
				host, board := Pair(Options{Timing: true, Baud: rate, ToHost: Direction{Delay: delay}})
				start := time.Now()
				go board.Write(make([]byte, size))
				if _, err := io.ReadFull(host, make([]byte, size)); err != nil {
					t.Fatal(err)
				}
				want := time.Duration(float64(size)*10/float64(rate)*float64(time.Second)) + delay
				if got := time.Since(start); got < want || got > want+want/1000 {
					t.Errorf("%d baud, delay %v: %v instead of %v", rate, delay, got, want)
				}
			})
		}
	}
}

func TestWriteBlocksWhileTheLineIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, _ := Pair(Options{Timing: true, Baud: 115200})
		start := time.Now()
		host.Write(make([]byte, 4096))
		if took := time.Since(start); took != 0 {
			t.Errorf("4096 bytes fit in the buffer but took %v", took)
		}
		host.Write(make([]byte, 11520))
		if took := time.Since(start); took < 999*time.Millisecond || took > 1002*time.Millisecond {
			t.Errorf("11520 more took %v instead of 1 s", took)
		}
		host.SetBaud(9600)
		if took := time.Since(start); took < 1355*time.Millisecond || took > 1357*time.Millisecond {
			t.Errorf("SetBaud returned after %v instead of 1.356 s", took)
		}
	})
}

func TestDeadlineInSimulatedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, board := Pair(Options{Timing: true, Baud: 1000}) // 10 ms a byte
		board.Write([]byte("abcdefgh"))
		start := time.Now()
		host.SetReadDeadline(start.Add(35 * time.Millisecond))
		buf := make([]byte, 10)
		n, err := host.Read(buf)
		if string(buf[:n]) != "abc" || err != nil {
			t.Errorf("by the deadline %q, %v", buf[:n], err)
		}
		if n, err := host.Read(buf); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestFaultsAreRepeatable(t *testing.T) {
	run := func(seed int64) ([]byte, int64) {
		host, board := Pair(Options{Seed: seed, ToBoard: Direction{Loss: 0.01, Flip: 0.01}})
		host.Write(make([]byte, 100_000))
		board.SetReadDeadline(time.Now())
		buf := make([]byte, 100_000)
		n, _ := board.Read(buf)
		return buf[:n], host.Lost()
	}
	a, lost := run(1)
	b, _ := run(1)
	c, _ := run(2)
	if !bytes.Equal(a, b) || bytes.Equal(a, c) {
		t.Error("the seed does not decide")
	}
	flipped := len(a) - bytes.Count(a, []byte{0})
	if lost < 800 || lost > 1200 || flipped < 800 || flipped > 1200 || len(a)+int(lost) != 100_000 {
		t.Errorf("of 100000 bytes %d lost, %d flipped, %d came", lost, flipped, len(a))
	}
}

func TestOverrunLosesWhatDoesNotFit(t *testing.T) {
	host, board := Pair(Options{BoardBuffer: 512, Overrun: true})
	host.Write(make([]byte, 600))
	buf := make([]byte, 1000)
	if n, _ := board.Read(buf); n != 512 || host.Lost() != 88 {
		t.Errorf("%d bytes came, %d lost", n, host.Lost())
	}
}

func TestDifferentRatesReadGarbage(t *testing.T) {
	host, board := Pair(Options{})
	host.SetBaud(921600)
	board.Write([]byte("hello"))
	buf := make([]byte, 5)
	io.ReadFull(host, buf)
	if string(buf) == "hello" {
		t.Error("understood at the wrong rate")
	}
}

func TestTapChangesTheLine(t *testing.T) {
	host, board := Pair(Options{ToBoard: Direction{Tap: bytes.ToUpper}})
	host.Write([]byte("abc"))
	buf := make([]byte, 3)
	io.ReadFull(board, buf)
	if string(buf) != "ABC" {
		t.Errorf("%q", buf)
	}
}
