//go:build !tinygo

package crash

import (
	"testing"
	"time"
)

// A callback is charged what it waits and what it computes, and nothing for a
// computer that is busy, suspended or halted by a debugger.
func TestChargeable(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		what         string
		waits        bool
		passed, used time.Duration
		want         time.Duration
	}{
		{"sleeps", true, 100 * ms, 0, 100 * ms},
		{"computes", false, 100 * ms, 100 * ms, 100 * ms},
		{"computes on several cores", false, 100 * ms, 400 * ms, 100 * ms},
		{"computes on a busy computer", false, 100 * ms, 5 * ms, 5 * ms},
		{"suspended while it slept", true, time.Hour, 0, 2 * watchStep},
		{"halted while it computed", false, time.Hour, 10 * ms, 10 * ms},
		{"waits for the console", false, 100 * ms, 0, 0},
	} {
		if got := chargeable(c.waits, c.passed, c.used); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

// Where a goroutine waits is seen.
func TestWaits(t *testing.T) {
	before := watch.goroutine
	defer func() { watch.goroutine = before }()
	for name, c := range map[string]struct {
		f     func(started, stop chan struct{})
		waits bool
	}{
		"sleep":   {func(started, stop chan struct{}) { close(started); time.Sleep(time.Minute) }, true},
		"channel": {func(started, stop chan struct{}) { close(started); <-stop }, true},
		"select": {func(started, stop chan struct{}) {
			close(started)
			select {
			case <-stop:
			case <-time.After(time.Minute):
			}
		}, true},
		"loop": {func(started, stop chan struct{}) {
			close(started)
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
			}
		}, false},
	} {
		started, stop := make(chan struct{}), make(chan struct{})
		named := make(chan []byte)
		go func() {
			Watch(func() Callback { return 0 })
			watch.timer.Stop()
			named <- watch.goroutine
			c.f(started, stop)
		}()
		<-named
		<-started
		got := waits()
		for i := 0; i < 1000 && got != c.waits; i++ { // until it gets there
			time.Sleep(time.Millisecond)
			got = waits()
		}
		if got != c.waits {
			t.Errorf("%s: %v", name, got)
		}
		close(stop)
	}
	watch.timer = nil
}
