// Package pause waits for a while, and no longer than anybody wants to.
package pause

import (
	"context"
	"time"
)

// For waits for d, or until ctx ends: then it returns why, also when there is nothing to wait for.
func For(ctx context.Context, d time.Duration) error {
	if d > 0 && ctx.Err() == nil {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}
