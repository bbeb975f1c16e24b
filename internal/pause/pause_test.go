package pause

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(1500*time.Millisecond, func() { cancel(why) })
		for _, c := range []struct {
			d, took time.Duration
			err     error
		}{{0, 0, nil}, {-time.Hour, 0, nil}, {time.Second, time.Second, nil}, {time.Hour, 500 * time.Millisecond, why}, {time.Hour, 0, why}, {0, 0, why}} {
			begun := time.Now()
			if err := For(ctx, c.d); !errors.Is(err, c.err) || time.Since(begun) != c.took {
				t.Errorf("%v took %v: %v", c.d, time.Since(begun), err)
			}
		}
	})
}
