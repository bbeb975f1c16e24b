package port

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"studioide/internal/message"
)

func TestWatchTellsChangesOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := message.Port{Name: "a"}, message.Port{Name: "b"}
		lists := [][]message.Port{{}, {}, {a}, {a}, nil, {a, b}, {a, b}, {b}}
		asked := 0
		ctx, cancel := context.WithCancel(context.Background())
		out := Watch(ctx, time.Second, func() ([]message.Port, error) {
			list := lists[min(asked, len(lists)-1)]
			asked++
			if list == nil {
				return nil, errors.New("a moment's failure is no change")
			}
			return list, nil
		})
		start := time.Now()
		for _, want := range []struct {
			at    time.Duration
			ports int
		}{{0, 0}, {2, 1}, {5, 2}} {
			list := <-out
			if at := time.Since(start); len(list) != want.ports || at != want.at*time.Second {
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
