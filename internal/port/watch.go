package port

import (
	"context"
	"reflect"
	"time"

	"studioide/internal/message"
)

// Watch sends a list of ports at once and again whenever it has changed,
// making it every interval. A receiver that is slow gets the newest list only.
// The channel is closed when ctx ends.
func Watch(ctx context.Context, interval time.Duration, list func() ([]message.Port, error)) <-chan []message.Port {
	out := make(chan []message.Port, 1)
	go func() {
		defer close(out)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		var last []message.Port
		first := true
		for {
			if now, err := list(); err == nil && (first || !reflect.DeepEqual(now, last)) {
				first, last = false, now
				select {
				case <-out: // nobody took the one before: it is old
				default:
				}
				out <- now
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}()
	return out
}
