package port

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/api"
)

func TestWatchTellsChangesOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := api.Port{Name: "a"}, api.Port{Name: "b"}
		lists := [][]api.Port{{}, {}, {a}, {a}, nil, {a, b}, {a, b}, {b}}
		asked := 0
		ctx, cancel := context.WithCancel(context.Background())
		out := Watch(ctx, time.Second, func() ([]api.Port, error) {
			list := lists[min(asked, len(lists)-1)]
			asked++
			if list == nil {
				return nil, errors.New("a moment's failure is no change")
			}
			return list, nil
		})
		start := time.Now()
		for _, want := range []struct {
			at    int // seconds
			ports int
		}{{0, 0}, {2, 1}, {5, 2}} {
			list := <-out
			if at := time.Since(start); len(list) != want.ports || at != time.Duration(want.at)*time.Second {
				t.Errorf("%d ports after %v instead of %d after %d s", len(list), at, want.ports, want.at)
			}
		}
		time.Sleep(10 * time.Second) // one change is waiting
		if list := <-out; len(list) != 1 || list[0] != b {
			t.Errorf("%v", list)
		}
		cancel()
		if _, ok := <-out; ok {
			t.Error("still open after the end")
		}
	})
}

// What is announced is looked at soon, and again a little later, however long the interval is.
func TestWatchHearsNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex // time that is simulated orders nothing for the race detector
		var here []api.Port
		asked := 0
		list := func() ([]api.Port, error) { mu.Lock(); defer mu.Unlock(); asked++; return here, nil }
		times := func() int { mu.Lock(); defer mu.Unlock(); return asked }
		set := func(list ...api.Port) { mu.Lock(); defer mu.Unlock(); here = list }
		news := make(chan struct{}, 1)
		ctx, cancel := context.WithCancel(context.Background())
		out := Watch(ctx, time.Hour, list, nil, news)
		<-out
		time.Sleep(10 * time.Second)
		if asked := times(); asked != 1 {
			t.Errorf("asked %d times at rest", asked)
		}
		begun := time.Now()
		Tell(news)
		Tell(news)
		time.Sleep(400 * time.Millisecond) // the port itself comes only now
		set(api.Port{Name: "a"})
		if list := <-out; len(list) != 1 || time.Since(begun) > 2*time.Second {
			t.Errorf("%v after %v", list, time.Since(begun))
		}
		time.Sleep(10 * time.Minute)
		if asked := times(); asked > 6 {
			t.Errorf("one piece of news was looked after %d times", asked-1)
		}
		for range 1000 { // a burst does not keep the look away for ever
			Tell(news)
			time.Sleep(10 * time.Millisecond)
		}
		set()
		Tell(news)
		if list := <-out; len(list) != 0 {
			t.Errorf("%v", list)
		}
		cancel()
		for range out {
		}
	})
}
