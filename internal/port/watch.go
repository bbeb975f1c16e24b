package port

import (
	"context"
	"reflect"
	"time"

	"studioide/internal/api"
)

// afterNews are when Watch looks again after an announcement: the right to use
// a device, its USB ids or a drive's files may come a moment after its name.
var afterNews = []time.Duration{50 * time.Millisecond, 250 * time.Millisecond, time.Second, 3 * time.Second}

// Watch sends a list of ports at once and again whenever it has changed. It
// makes the list every interval, and soon after each of news. A receiver that is
// slow gets the newest list only. The channel is closed when ctx ends.
func Watch(ctx context.Context, interval time.Duration, list func() ([]api.Port, error), news ...<-chan struct{}) <-chan []api.Port {
	out := make(chan []api.Port, 1)
	go func() {
		defer close(out)
		heard := merge(ctx, news)
		timer := time.NewTimer(interval)
		defer timer.Stop()
		var last []api.Port
		first, later := true, len(afterNews) // later is the next of afterNews; its end: there is no news
		for {
			if now, err := list(); err == nil && (first || !reflect.DeepEqual(now, last)) {
				first, last = false, now
				select {
				case <-out: // nobody took the one before: it is old
				default:
				}
				out <- now
			}
			wait := interval
			if later < len(afterNews) {
				wait = min(wait, afterNews[later])
				later++
			}
			timer.Reset(wait)
			for waiting := true; waiting; {
				select {
				case <-ctx.Done():
					return
				case <-timer.C:
					waiting = false
				case <-heard:
					if later != 1 { // more of the same burst does not put the look off
						later = 1
						timer.Reset(afterNews[0])
					}
				}
			}
		}
	}()
	return out
}

// merge makes one channel of several.
func merge(ctx context.Context, news []<-chan struct{}) <-chan struct{} {
	if len(news) == 0 {
		return nil
	}
	all := make(chan struct{}, 1)
	for _, c := range news {
		if c == nil {
			continue
		}
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-c:
					Tell(all)
				}
			}
		}()
	}
	return all
}

// Tell puts a word into a channel of one, which may have one already.
func Tell(news chan<- struct{}) {
	select {
	case news <- struct{}{}:
	default:
	}
}
