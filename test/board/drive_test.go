package board

import (
	"context"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"studioide/internal/devlink"
)

// stopGoal is how long the motors may go on after the driver was last heard.
// This computer may be busy with other things, so the best of some rounds has
// to reach it here, but for what a timer of the test's own was late by meanwhile;
// test/cable holds boards to it in the boards' own time.
const (
	stopGoal = 300 * time.Millisecond
	rounds   = 5
)

// lateness watches how much too late this computer wakes up who sleeps. The
// function gives the worst of it since the last call.
func lateness(t *testing.T) func() time.Duration {
	var worst atomic.Int64
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	go func() {
		const nap = 5 * time.Millisecond
		for {
			began := time.Now()
			select {
			case <-stop:
				return
			case <-time.After(nap):
			}
			if late := int64(time.Since(began) - nap); late > worst.Load() {
				worst.Store(late)
			}
		}
	}()
	return func() time.Duration { return time.Duration(worst.Swap(0)) }
}

// wheels watches the motors' pins.
func wheels(t *testing.T, p *program) (wait func(pin, percent int)) {
	t.Helper()
	changed := make(chan devlink.Pin, 1000)
	stop, err := p.conn.WatchPins(context.Background(), func(pin devlink.Pin) { changed <- pin })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	now := map[int]int{}
	return func(pin, percent int) {
		t.Helper()
		for late := time.After(time.Minute); ; {
			if is, ok := now[pin]; ok && is == percent {
				return
			}
			select {
			case c := <-changed:
				now[c.Pin] = c.Duty
			case <-late:
				t.Fatalf("pin %d is not at %d %%: %v", pin, percent, now)
			}
		}
	}
}

func say(t *testing.T, c *websocket.Conn, text string) {
	t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// hear reads until this text comes.
func hear(t *testing.T, c *websocket.Conn, want string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	for {
		_, text, err := c.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for %q: %v", want, err)
		}
		if string(text) == want {
			return
		}
	}
}

// The connection is there, but nothing comes any more.
func TestDriveStopsInSilence(t *testing.T) {
	p := start(t, "drive", false)
	wheel := wheels(t, p)
	c := dial(t, p, "/ws")
	late := lateness(t)
	best := time.Hour
	for range rounds {
		late()
		say(t, c, "drive 40 -20")
		wheel(3, 40)
		wheel(6, 20)
		hear(t, c, "driver 1")
		found := p.find(t, regexp.MustCompile(`Stopped: nothing heard for (\d+) ms`))
		ms, _ := strconv.Atoi(found[1])
		best = min(best, time.Duration(ms)*time.Millisecond-late())
		wheel(3, 0)
		wheel(6, 0)
		hear(t, c, "driver 0")
	}
	t.Logf("stopped after %v of silence", best)
	if best > stopGoal {
		t.Errorf("want at most %v", stopGoal)
	}
}

// The connection breaks while the page drives.
func TestDriveStopsWhenCut(t *testing.T) {
	p := start(t, "drive", false)
	wheel := wheels(t, p)
	late := lateness(t)
	best := time.Hour
	for range rounds {
		c := dial(t, p, "/ws")
		say(t, c, "drive -30 100")
		wheel(4, 30)
		wheel(5, 100)
		late()
		began := time.Now()
		c.NetConn().Close()
		wheel(4, 0)
		wheel(5, 0)
		best = min(best, time.Since(began)-late())
	}
	t.Logf("stopped %v after the cut", best)
	if best > stopGoal {
		t.Errorf("want at most %v", stopGoal)
	}
}

func TestDriveOneAtATime(t *testing.T) {
	p := start(t, "drive", false)
	wheel := wheels(t, p)
	a, b := dial(t, p, "/ws"), dial(t, p, "/ws")
	hear(t, a, "driver 0")
	hear(t, b, "driver 0")
	// A computer that is busy for long makes a silent driver of a, so there is more than one try.
	refused := false
	for range rounds {
		say(t, a, "drive 10 10")
		hear(t, b, "driver 1")
		say(t, b, "drive 50 50")
		b.SetReadDeadline(time.Now().Add(time.Minute))
		if _, text, err := b.ReadMessage(); err != nil {
			t.Fatal(err)
		} else if refused = string(text) == "driver 1"; refused {
			break
		}
		wheel(3, 0)
		hear(t, b, "driver 0")
	}
	if !refused {
		t.Fatal("the other one was let drive")
	}
	// Once nobody drives, the other one may.
	wheel(3, 0)
	hear(t, b, "driver 0")
	say(t, b, "drive 50 50")
	hear(t, a, "driver 2")
	wheel(3, 50)
	// Standing still ends it at once.
	say(t, b, "drive 0 0")
	hear(t, a, "driver 0")
	wheel(3, 0)
}
