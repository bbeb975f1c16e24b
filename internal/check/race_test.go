//go:build race

package check

import "time"

// The race detector is slow.
const (
	limit = 5 * time.Second
	size  = 20 << 10
)
